"""What PostgreSQL says when it stores nothing now, in words for whoever wanted to."""

from sqlalchemy.exc import OperationalError, TimeoutError

from chat.db.refusals import AGAIN, Refusals

# By the beginning of its SQLSTATE (PostgreSQL's manual, appendix A), the longer ones first.
_WORDS = {
    "53100": f"The disk of the server's database is full: its admin has to make room. {AGAIN}",
    "25006": f"The server may not write to its database: its admin has to look after it. {AGAIN}",
    "55P03": f"Others are changing the same just now. {AGAIN}",
    "40001": f"Somebody changed the same at this moment. {AGAIN}",
    "40P01": f"Somebody changed the same at this moment. {AGAIN}",
    "23505": f"Somebody did the same at this moment. {AGAIN}",
    "23503": f"What this belongs to has just been deleted. {AGAIN}",
    "53": f"The server's database has more to do than it can. {AGAIN}",
}
_AWAY = f"The server's database does not answer: its admin has to look after it. {AGAIN}"
_ALL_BUSY = f"The server's database has more to do than it can. {AGAIN}"
_AWAY_STATES = ("08", "57P")  # connections that fail, a server that stops or starts


class PostgresRefusals(Refusals):
    def words_for(self, problem: BaseException) -> str | None:
        if isinstance(problem, TimeoutError):
            return _ALL_BUSY
        if is_away(problem):
            return _AWAY
        state = _state(problem)
        return next((words for beginning, words in _WORDS.items() if state and state.startswith(beginning)), None)


def is_away(problem: BaseException) -> bool:
    """Whether the server, or the way to it, has gone. The driver itself gives no state then."""
    state = _state(problem)
    if state is not None:
        return state.startswith(_AWAY_STATES)
    return isinstance(problem, OperationalError)


def _state(problem: BaseException) -> str | None:
    found: str | None = getattr(getattr(problem, "orig", problem), "sqlstate", None)
    return found
