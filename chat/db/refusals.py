"""What SQLite says when it cannot write, in words for whoever wanted to, and for the log once in a while."""

import logging
import sqlite3
import time

from chat.errors import NotStored

LOG_EVERY = 10.0  # seconds: on a full disk everybody who writes meets the same
RETRY_SECONDS = 5.0
AGAIN = "Nothing was stored. Try again in a while."
_WORDS = {
    sqlite3.SQLITE_FULL: f"The server's disk is full: its admin has to make room. {AGAIN}",
    sqlite3.SQLITE_IOERR: f"The server's disk does not take anything: its admin has to look after it. {AGAIN}",
    sqlite3.SQLITE_READONLY: f"The server may not write to its database: its admin has to look after it. {AGAIN}",
    sqlite3.SQLITE_BUSY: f"Another program holds the server's database. {AGAIN}",
}
log = logging.getLogger(__name__)


class Refusals:
    """Tells a database that cannot write now from a mistake of ours."""

    def __init__(self) -> None:
        self._logged_at = -LOG_EVERY

    def explain(self, problem: BaseException) -> NotStored | None:
        """What to raise instead of an error of the driver or of SQLAlchemy; `None` for all others."""
        words = self.words_for(problem)
        if words is None:
            return None
        if time.monotonic() - self._logged_at >= LOG_EVERY:
            self._logged_at = time.monotonic()
            log.error("%s (%s)", words, getattr(problem, "orig", problem))
        return NotStored(words, retry_after=RETRY_SECONDS)

    def words_for(self, problem: BaseException) -> str | None:
        code = getattr(getattr(problem, "orig", problem), "sqlite_errorcode", None)
        return _WORDS.get(code & 0xFF) if isinstance(code, int) else None  # the rest of the code has details
