"""The rows of jobs: claimed once, alive for as long as somebody says so, and written by their newest attempt alone."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, select, update

from chat.db.tables import jobs
from chat.db.unit_of_work import Database, Reader, UnitOfWork
from chat.domain.reply_states import OPEN_PHASES, RUNNING_PHASES, RunningPhase
from chat.wire import ReplyPhase


def claim(uow: UnitOfWork, job_id: str, phase: RunningPhase) -> int | None:
    """Takes up a waiting job; gives the number of the attempt, or None if it is not waiting any more."""
    waiting = update(jobs).where(jobs.c.id == job_id, jobs.c.state == "queued")
    begun = {"state": phase, "attempt": jobs.c.attempt + 1, "started_at": uow.now, "heartbeat_at": uow.now}
    attempt: int | None = uow.execute(waiting.values(begun).returning(jobs.c.attempt)).scalar()
    return attempt


def is_mine(job_id: str, attempt: int, states: Collection[ReplyPhase]) -> ColumnElement[bool]:
    """The row of the job, if it is in one of the states and nobody has tried again since."""
    return (jobs.c.id == job_id) & (jobs.c.attempt == attempt) & jobs.c.state.in_(states)


def mark(uow: UnitOfWork, job_id: str, attempt: int, phase: RunningPhase) -> bool:
    """How far a running job is; False if it, or this attempt at it, has ended."""
    mine = update(jobs).where(is_mine(job_id, attempt, RUNNING_PHASES))
    return uow.execute(mine.values(state=phase, heartbeat_at=uow.now)).rowcount == 1


def beat(db: Database, job_ids: Sequence[str]) -> None:
    """These jobs are being worked on."""
    with db.write() as uow:
        mine = jobs.c.id.in_(job_ids) & jobs.c.state.in_(RUNNING_PHASES)
        uow.execute(update(jobs).where(mine).values(heartbeat_at=uow.now))


def is_open(tx: Reader, job_id: str) -> bool:
    """Whether it waits or is being worked on, as far as its row says."""
    return tx.first(select(jobs.c.id).where(jobs.c.id == job_id, jobs.c.state.in_(OPEN_PHASES))) is not None


def list_waiting(tx: Reader) -> list[str]:
    """Ids of the jobs that wait, in the order in which they were asked for."""
    return [row.id for row in tx.all(select(jobs.c.id).where(jobs.c.state == "queued").order_by(jobs.c.id))]


def list_running(tx: Reader, silent_since: int | None = None) -> list[str]:
    """Ids of the jobs that are being worked on; or of those of which nobody has said so since (ms since 1970)."""
    running = select(jobs.c.id).where(jobs.c.state.in_(RUNNING_PHASES)).order_by(jobs.c.id)
    return [
        row.id for row in tx.all(running if silent_since is None else running.where(jobs.c.heartbeat_at < silent_since))
    ]
