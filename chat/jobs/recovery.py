"""After a restart: what was waiting runs, what was being written is marked as interrupted with its text."""

import logging

from chat.db.unit_of_work import Database
from chat.jobs.reply_job import ReplyJobs
from chat.services import replies

log = logging.getLogger(__name__)


def recover(db: Database, jobs: ReplyJobs) -> None:
    """Called once, before the first client is served."""
    with db.read() as read:
        running, waiting = replies.list_unfinished(read)
        cut_off = [replies.get_job(read, job_id) for job_id in running]
    for job in cut_off:
        replies.close_reply(db, job, "interrupted", None, {"finish": "interrupted"})
    for job_id in waiting:
        jobs.begin(job_id)
    if running or waiting:
        log.warning("after the restart: %d replies interrupted, %d waiting taken up", len(running), len(waiting))
