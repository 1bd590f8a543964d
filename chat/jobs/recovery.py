"""What becomes of replies whose work has ended without a word: what waited runs, what was cut off keeps its text."""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from chat.background import Background
from chat.db.unit_of_work import Database, Reader
from chat.jobs.reply_job import ReplyJobs
from chat.services import job_rows, replies

log = logging.getLogger(__name__)
BEAT_EVERY = 5.0  # seconds
PATIENCE_SECONDS = 60.0  # with backends: where the whole machine was started, they are not there before us
LOOK_SECONDS = 0.5  # between two looks whether they are


@dataclass(frozen=True)
class Recovery:
    """`is_awaited(model)` says whether only a backend that is away may have it; that is waited for a while.

    `is_alone`: there is no other process that could work on what the database has. `untaken_seconds` is after how long
    a question that nobody has taken yet is taken from the database.
    """

    db: Database
    jobs: ReplyJobs
    background: Background
    is_awaited: Callable[[str], bool]
    patience: float = PATIENCE_SECONDS
    is_alone: bool = True
    untaken_seconds: float = job_rows.LEASE_SECONDS

    def begin(self) -> None:
        """Called once, before the first client is served: whatever runs in the database died with the last process.

        What has no backend yet waits, and so does a run of agents that has not begun to write its answer. Where there
        may be other processes, only what nobody has any more counts.
        """
        with self.db.read() as read:
            running = job_rows.list_running(read, is_lost=not self.is_alone)
        ended = self._end(running, may_wait=True)
        waiting = self._list_waiting()
        self._await_all(waiting)
        if ended or waiting:
            log.warning("after the restart: %d replies interrupted, %d waiting", ended, len(waiting))

    def keep_alive(self) -> None:
        """Called every BEAT_EVERY: ours are alive; those of which nobody says so are ended, or done by us."""
        self.jobs.beat()
        self.end_lost()
        if not self.is_alone and (waiting := self._list_waiting()):
            log.warning("nobody had %d waiting questions any more; they wait here now", len(waiting))
            self._await_all(waiting)

    def end_lost(self) -> None:
        """Ends the replies that nobody works on any more. A run that can go on waits for whoever takes it."""
        with self.db.read() as read:
            lost = job_rows.list_running(read, is_lost=True)
        if lost:
            log.warning("nobody works on %d replies any more", len(lost))
            self._end(lost, may_wait=not self.is_alone)

    def _end(self, job_ids: Iterable[str], *, may_wait: bool) -> int:
        """Closes those that cannot wait for another attempt; gives how many that were."""
        with self.db.read() as read:
            running = [replies.get_job(read, job_id) for job_id in job_ids]
        ended = [job for job in running if not (may_wait and job.run and self._waits_again(job))]
        return _interrupt(self.db, ended)

    def _waits_again(self, job: replies.ReplyJob) -> bool:
        waits = replies.wait_again(self.db, job)
        if waits and not self.is_alone:
            job_rows.let_go(self.db, job.id)
        return waits

    def _list_waiting(self) -> list[str]:
        """Those that are ours to do. Among several processes each is taken over by one, but for those that stop."""
        if not self.jobs.is_accepting:
            return []
        with self.db.read() as read:
            if self.is_alone:
                return job_rows.list_waiting(read)
            left = job_rows.list_left(read, self.untaken_seconds)
        return [job_id for job_id in left if job_rows.take_over(self.db, job_id)]

    def _await_all(self, job_ids: list[str]) -> None:
        if left := self._take_up(job_ids):
            self.background.spawn(lambda: self._await(left))

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


def close_lost(db: Database) -> int:
    """Ends what no process works on any more, without doing it anew; gives how many replies that were."""
    with db.read() as read:
        lost = [replies.get_job(read, job_id) for job_id in job_rows.list_running(read, is_lost=True)]
    return _interrupt(db, lost)


def _interrupt(db: Database, jobs: Sequence[replies.ReplyJob]) -> int:
    for job in jobs:
        replies.close_reply(db, job, "interrupted", None, {"finish": "interrupted"})
    return len(jobs)


def _waiting(tx: Reader, job_ids: Sequence[str]) -> list[str]:
    """Those that nobody has stopped meanwhile."""
    waiting = set(job_rows.list_waiting(tx))
    return [job_id for job_id in job_ids if job_id in waiting]
