"""Whose a job is, where several processes work on the jobs of one database: the rows say so."""

import logging
from dataclasses import dataclass
from typing import Any

from chat.background import Background
from chat.db.unit_of_work import Database
from chat.domain.reply_states import ClosedPhase
from chat.errors import NotStored
from chat.events import StopAsked
from chat.publishing import Publisher
from chat.services import job_rows, replies

STOP_HEARD_SECONDS = 4.0  # in which another process closes a reply that it was told to stop
END_AGAIN_AFTER = (0.2, 1.0, 5.0, 15.0, 60.0)  # seconds
FINISH: dict[ClosedPhase, str] = {"stopped": "stopped", "failed": "error", "interrupted": "interrupted"}
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Hands:
    """`is_alone`: what this process does not have in its hands, nobody has."""

    db: Database
    publisher: Publisher
    background: Background
    is_alone: bool

    def others_have(self, job_id: str) -> bool:
        """Whether another process says so of this open job. To be asked about jobs that are not in our own hands."""
        if self.is_alone:
            return False
        with self.db.read() as read:
            return job_rows.is_held(read, job_id)

    def ask_to_stop(self, job_id: str) -> None:
        """Whoever has the job may not hear us, but does not go on when its row is closed."""

        def close_unheard() -> None:
            self.background.sleep(STOP_HEARD_SECONDS)
            self.close(job_id, "stopped")

        self.publisher.publish([StopAsked(job_id)])
        self.background.spawn(close_unheard)

    def close(self, job_id: str, phase: ClosedPhase) -> bool:
        """Closes the reply of a job with the text that is stored; False if it had ended."""
        with self.db.read() as read:
            job = replies.get_job(read, job_id)
        return replies.close_reply(self.db, job, phase, None, {"finish": FINISH[phase]}) is not None

    def end(self, job: replies.ReplyJob, phase: ClosedPhase, text: str, facts: dict[str, Any]) -> bool:
        """Closes the reply of a job of ours; False if somebody else has it, or was first.

        Tries for a while: a disk that is full or a database that is locked may be neither in a minute.
        """
        for wait in END_AGAIN_AFTER:
            try:
                return replies.close_reply(self.db, job, phase, text, facts) is not None
            except Exception as problem:
                told = isinstance(problem, NotStored)  # by the database, once for everybody
                log.error("the end of the job cannot be written yet: %s", problem, exc_info=not told)
                self.background.sleep(wait)
        return replies.close_reply(self.db, job, phase, text, facts) is not None

    def let_go(self, job_id: str) -> None:
        """Of a job that waits: another process need not wait until our lease is over."""
        if not self.is_alone:
            job_rows.let_go(self.db, job_id)
