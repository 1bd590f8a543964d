"""What becomes of replies whose work has ended without a word: what waited runs, what was cut off keeps its text."""

import logging
from collections.abc import Iterable

from chat.db.ids import now_ms
from chat.db.unit_of_work import Database
from chat.jobs.reply_job import ReplyJobs
from chat.services import job_rows, replies

log = logging.getLogger(__name__)
BEAT_EVERY = 5.0  # seconds
LEASE_SECONDS = 30.0  # without a heartbeat until a job counts as dead


def recover(db: Database, jobs: ReplyJobs) -> None:
    """Called once, before the first client is served: whatever runs in the database has died with the last process."""
    with db.read() as read:
        running, waiting = job_rows.list_running(read), job_rows.list_waiting(read)
    _interrupt(db, running)
    jobs.take_up(waiting)
    if running or waiting:
        log.warning("after the restart: %d replies interrupted, %d waiting taken up", len(running), len(waiting))


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
