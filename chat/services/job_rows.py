"""The rows of jobs: claimed once, alive for as long as somebody says so, and written by their newest attempt alone."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, case, func, select, update

from chat.db.ids import now_ms
from chat.db.tables import jobs
from chat.db.unit_of_work import Database, Reader, UnitOfWork
from chat.domain.reply_states import OPEN_PHASES, RUNNING_PHASES, RunningPhase
from chat.wire import ReplyPhase

LEASE_SECONDS = 30.0  # without a heartbeat until a job counts as in nobody's hands
_HEARD_AT = func.coalesce(jobs.c.heartbeat_at, jobs.c.created_at)


def claim(uow: UnitOfWork, job_id: str, phase: RunningPhase) -> int | None:
    """Takes up a waiting job; gives the number of the attempt, or None if it is not waiting any more."""
    waiting = update(jobs).where(jobs.c.id == job_id, jobs.c.state == "queued")
    number = case((jobs.c.attempt == 0, 1), else_=jobs.c.attempt)  # `wait_again` has counted any later one
    begun = {"state": phase, "attempt": number, "started_at": uow.now, "heartbeat_at": uow.now}
    attempt: int | None = uow.execute(waiting.values(begun).returning(jobs.c.attempt)).scalar()
    return attempt


def wait_again(uow: UnitOfWork, job_id: str, attempt: int) -> bool:
    """Puts a job back in line for the next attempt: this one writes nothing any more. False if it has ended."""
    mine = update(jobs).where(is_mine(job_id, attempt, OPEN_PHASES))
    return uow.execute(mine.values(state="queued", attempt=attempt + 1)).rowcount == 1


def is_mine(job_id: str, attempt: int, states: Collection[ReplyPhase]) -> ColumnElement[bool]:
    """The row of the job, if it is in one of the states and nobody has tried again since."""
    return (jobs.c.id == job_id) & (jobs.c.attempt == attempt) & jobs.c.state.in_(states)


def mark(uow: UnitOfWork, job_id: str, attempt: int, phase: RunningPhase) -> bool:
    """How far a running job is; False if it, or this attempt at it, has ended."""
    mine = update(jobs).where(is_mine(job_id, attempt, RUNNING_PHASES))
    return uow.execute(mine.values(state=phase, heartbeat_at=uow.now)).rowcount == 1


def beat(db: Database, job_ids: Sequence[str]) -> set[str]:
    """These jobs are in somebody's hands; gives those that are still open."""
    with db.write() as uow:
        mine = jobs.c.id.in_(job_ids) & jobs.c.state.in_(OPEN_PHASES)
        return set(uow.execute(update(jobs).where(mine).values(heartbeat_at=uow.now).returning(jobs.c.id)).scalars())


def is_open(tx: Reader, job_id: str) -> bool:
    """Whether it waits or is being worked on, as far as its row says."""
    return tx.first(select(jobs.c.id).where(jobs.c.id == job_id, jobs.c.state.in_(OPEN_PHASES))) is not None


def open_job_of(message: ColumnElement[str]) -> ColumnElement[bool]:
    """The condition that a reply has a job that waits or is being worked on."""
    return select(jobs.c.id).where(jobs.c.message_id == message, jobs.c.state.in_(OPEN_PHASES)).exists()


def list_waiting(tx: Reader, user_id: str | None = None) -> list[str]:
    """Ids of the jobs that wait, or of those of one person, in the order in which they were asked for."""
    waiting = select(jobs.c.id).where(jobs.c.state == "queued").order_by(jobs.c.id)
    return [row.id for row in tx.all(waiting if user_id is None else waiting.where(jobs.c.user_id == user_id))]


def list_running(tx: Reader, *, is_lost: bool = False) -> list[str]:
    """Ids of the jobs that are being worked on; or of those that were, and are in nobody's hands any more."""
    running = select(jobs.c.id).where(jobs.c.state.in_(RUNNING_PHASES)).order_by(jobs.c.id)
    return [row.id for row in tx.all(running.where(jobs.c.heartbeat_at < lease_began()) if is_lost else running)]


def lease_began() -> int:
    """Whatever was last heard of before (ms since 1970) is in nobody's hands any more."""
    return now_ms() - round(LEASE_SECONDS * 1000)


def is_held(tx: Reader, job_id: str) -> bool:
    """Whether some process has this open job in its hands."""
    held = (jobs.c.id == job_id) & jobs.c.state.in_(OPEN_PHASES) & (lease_began() <= _HEARD_AT)
    return tx.first(select(jobs.c.id).where(held)) is not None


def list_left(tx: Reader, untaken_seconds: float = LEASE_SECONDS) -> list[str]:
    """Ids of the jobs that wait in nobody's hands, in the order in which they were asked for.

    Those that nobody has taken yet count when they are `untaken_seconds` old: before, somebody is just about to.
    """
    untaken = jobs.c.heartbeat_at.is_(None) & (jobs.c.created_at < now_ms() - round(untaken_seconds * 1000))
    left = select(jobs.c.id).where(jobs.c.state == "queued", untaken | _has_lapsed())
    return [row.id for row in tx.all(left.order_by(jobs.c.id))]


def take_over(db: Database, job_id: str) -> bool:
    """Takes a job that waits; False if another process has it, or if it waits no more."""
    with db.write() as uow:
        waiting = update(jobs).where(jobs.c.id == job_id, jobs.c.state == "queued")
        free = waiting.where(jobs.c.heartbeat_at.is_(None) | _has_lapsed())
        return uow.execute(free.values(heartbeat_at=uow.now)).rowcount == 1


def let_go(db: Database, job_id: str) -> None:
    """Whoever comes first may take a job that waits."""
    with db.write() as uow:
        uow.execute(update(jobs).where(jobs.c.id == job_id, jobs.c.state == "queued").values(heartbeat_at=0))


def _has_lapsed() -> ColumnElement[bool]:
    return jobs.c.heartbeat_at < lease_began()
