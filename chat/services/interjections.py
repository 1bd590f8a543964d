"""What people write while agents work for an answer: read by them at their next step, and told of where none came."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, exists, select

from chat import wire
from chat.db.tables import messages
from chat.db.unit_of_work import Reader
from chat.domain.conversation import MAX_MESSAGES
from chat.services.message_views import messages_of, messages_query, readable_by_models

MANY = 2**53


def written_since(run: str | None, missed: Sequence[str], seq: int, until: int = MANY) -> Any:
    """The condition for messages of people since a run of this id began, and those that an earlier one has `missed`.

    Ids sort by time: where a question is asked again, what was written before that has had its answers.
    """
    is_new = (messages.c.id > (run or "")) | messages.c.id.in_(missed)
    return (messages.c.seq > seq) & (messages.c.seq <= until) & is_new & messages.c.author_id.is_not(None)


def list_interjections(
    tx: Reader, room_id: str, run: str | None, missed: Sequence[str], seq: int, *more: Any
) -> list[wire.Message]:
    """The messages of `written_since`; not so many that the question would not be read any more."""
    later = messages_query().where(readable_by_models(room_id), written_since(run, missed, seq), *more)
    return messages_of(tx, tx.all(later.order_by(messages.c.seq).limit(MAX_MESSAGES // 2)))


def list_missed(tx: Reader, reply: Row[Any]) -> list[wire.Message]:
    """Those that have no answer when a run ends without one. What asked somebody by name has a reply of its own."""
    answers = messages.alias("answers")
    is_asked = exists(select(answers.c.id).where(answers.c.reply_to == messages.c.id, answers.c.model.is_not(None)))
    known = reply.reply.get("missed", [])
    return list_interjections(tx, reply.room_id, reply.reply["run"], known, reply.seq, ~is_asked)
