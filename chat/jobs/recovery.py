"""What becomes of replies whose work has ended without a word: what waited runs, what was cut off keeps its text."""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from chat.background import Background
from chat.db.ids import now_ms
from chat.db.unit_of_work import Database, Reader
from chat.jobs.reply_job import ReplyJobs
from chat.services import job_rows, replies

log = logging.getLogger(__name__)
BEAT_EVERY = 5.0  # seconds
LEASE_SECONDS = 30.0  # without a heartbeat until a job counts as dead
PATIENCE_SECONDS = 60.0  # with backends: where the whole machine was started, they are not there before us
LOOK_SECONDS = 0.5  # between two looks whether they are


@dataclass(frozen=True)
class Recovery:
    """`is_awaited(model)` says whether only a backend that is away may have it; that is waited for a while."""

    db: Database
    jobs: ReplyJobs
    background: Background
    is_awaited: Callable[[str], bool]
    patience: float = PATIENCE_SECONDS

    def begin(self) -> None:
        """Called once, before the first client is served: whatever runs in the database died with the last process.

        What has no backend yet waits, and so does a run of agents that has not begun to write its answer.
        """
        with self.db.read() as read:
            running = [replies.get_job(read, job_id) for job_id in job_rows.list_running(read)]
        ended = [job.id for job in running if not (job.run and replies.wait_again(self.db, job))]
        _interrupt(self.db, ended)
        with self.db.read() as read:
            waiting = job_rows.list_waiting(read)
        left = self._take_up(waiting)
        if left:
            self.background.spawn(lambda: self._await(left))
        if ended or waiting:
            log.warning("after the restart: %d replies interrupted, %d waiting", len(ended), len(waiting))

    def _await(self, left: list[str]) -> None:
        give_up = time.monotonic() + self.patience
        while left and time.monotonic() < give_up:
            self.background.sleep(LOOK_SECONDS)
            left = self._take_up(left)
        with self.db.read() as read:
            waiting = _waiting(read, left)
        self.jobs.take_up(waiting)

    def _take_up(self, job_ids: Sequence[str]) -> list[str]:
        """Runs those that can be asked now, in their order; gives the others."""
        with self.db.read() as read:
            waiting = _waiting(read, job_ids)
            models = {job_id: replies.get_job(read, job_id).model.id for job_id in waiting}
        left = [job_id for job_id in waiting if self.is_awaited(models[job_id])]
        self.jobs.take_up([job_id for job_id in waiting if job_id not in left])
        return left


def _waiting(tx: Reader, job_ids: Sequence[str]) -> list[str]:
    """Those that nobody has stopped meanwhile."""
    waiting = set(job_rows.list_waiting(tx))
    return [job_id for job_id in job_ids if job_id in waiting]


def keep_alive(db: Database, jobs: ReplyJobs) -> None:
    """Called every BEAT_EVERY: ours are alive; those of which nobody says so are closed."""
    jobs.beat()
    with db.read() as read:
        lost = job_rows.list_running(read, silent_since=now_ms() - round(LEASE_SECONDS * 1000))
    if lost:
        log.warning("nobody works on %d replies any more; interrupted", len(lost))
        _interrupt(db, lost)


def _interrupt(db: Database, job_ids: Iterable[str]) -> None:
    for job_id in job_ids:
        with db.read() as read:
            job = replies.get_job(read, job_id)
        replies.close_reply(db, job, "interrupted", None, {"finish": "interrupted"})
