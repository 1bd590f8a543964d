"""Older messages of a room that may belong to a question, found by meaning where there is a model for that."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from chat.db.message_search import TookTooLong
from chat.db.tables import messages
from chat.db.unit_of_work import Database
from chat.errors import ModelError
from chat.services.meanings import Reading, passages_by_meaning
from chat.services.replies import ReplyJob
from chat.services.room_memory import find_note

MOST = 8
NEAR_CHARS = 2_000  # of the question


class Passages:
    """`run_blocking(f)` runs f in a native thread and returns its result."""

    def __init__(self, db: Database, reading: Reading, run_blocking: Callable[[Callable[[], Any]], Any]) -> None:
        self._db, self._reading, self._run_blocking = db, reading, run_blocking

    def near(self, job: ReplyJob) -> list[str]:
        """Ids, the nearest first; none in a room that has not outgrown its prompts, or that wants no memory.

        None either while the model for it does not answer soon: an answer does not wait for what it can do without.
        """
        if not self._reading.is_on:
            return []
        with self._db.read() as read:
            note = find_note(read, job.room_id)
            question = read.first(select(messages.c.seq, messages.c.content).where(messages.c.id == job.question))
        if question is None or not note.is_on or note.up_to_seq == 0:
            return []
        try:
            vector = self._reading.vector_of(question.content[:NEAR_CHARS], job.user_id)
            found: list[str] = self._run_blocking(lambda: self._find(job, vector, question.seq))
        except (ModelError, TookTooLong):
            return []
        return found

    def _find(self, job: ReplyJob, vector: Any, before: int) -> list[str]:
        with self._db.read() as read:
            near = passages_by_meaning(read, job.user_id, job.room_id, vector, MOST, before_seq=before)
            return [passage.message_id for passage in near]
