"""What becomes of messages after they were sent. Every change takes the room's next rev, so that it is caught up."""

from typing import Any

from sqlalchemy import Row, delete

from chat import wire
from chat.db.ids import iso
from chat.db.tables import reactions
from chat.db.unit_of_work import Database, UnitOfWork
from chat.domain.reply_states import OPEN_PHASES
from chat.domain.text import parse_text
from chat.errors import Conflict
from chat.events import MessageDeleted
from chat.services.access import require_change
from chat.services.mentions import announce_counts, forget_mentions, note_mentions
from chat.services.message_views import get_message
from chat.services.readings import forget_readings
from chat.services.room_log import announce_change, change_message
from chat.services.room_memory import forget_in_note
from chat.services.run_steps import forget_steps
from chat.services.templates import rendered


def edit_message(db: Database, user_id: str, message_id: str, content: str, *, max_chars: int) -> wire.Message:
    """Gives a message another text; the same one changes nothing.

    Raises `Conflict` for one that was deleted, `TooLarge` for what its template would make too long a text of.

    Whoever is named now and was not before has one more mention, unless they have read past it; no model is asked.
    """
    text = parse_text(content, max_chars)
    with db.write() as uow:
        message, _ = require_change(uow, user_id, message_id, "edit")
        if message.deleted_at is not None:
            raise Conflict("This message was deleted.", field="message")
        if message.content == text:
            return get_message(uow, message_id)
        if message.template:
            rendered(uow, wire.TemplateUse(**message.template), text)  # a model could not read the room any more
        change_message(uow, message, {"content": text, "edited_at": uow.now})
        forget_in_note(uow, message.room_id, message.seq)
        edited = announce_change(uow, message_id)
        before = forget_mentions(uow, message_id)
        announce_counts(uow, message.room_id, message.seq, before ^ note_mentions(uow, edited))
        return edited


def delete_message(db: Database, user_id: str, message_id: str) -> None:
    """Takes the text, the reactions, the pin and the mentions away; an empty message keeps the place.

    Deleting again changes nothing. Raises `Conflict` for a reply that is still being written.
    """
    with db.write() as uow:
        message, _ = require_change(uow, user_id, message_id, "delete")
        if message.deleted_at is not None:
            return
        if message.reply_phase in OPEN_PHASES:
            raise Conflict("This reply is still being written; stop it first.", field="message")
        empty_message(uow, message)


def empty_message(uow: UnitOfWork, message: Row[Any]) -> None:
    """Takes away all that a message is but its place. Asks nobody whether that may be."""
    emptied = {"content": "", "template": None, "deleted_at": uow.now, "pinned_at": None, "pinned_by": None}
    rev = change_message(uow, message, emptied)
    uow.execute(delete(reactions).where(reactions.c.message_id == message.id))
    forget_readings(uow, message.id)
    forget_steps(uow, message.id)
    forget_in_note(uow, message.room_id, message.seq)
    place = {"room": message.room_id, "id": message.id, "seq": message.seq}
    uow.record(MessageDeleted(wire.MessageDeleted(**place, rev=rev, deleted_at=iso(uow.now))))
    named = forget_mentions(uow, message.id)
    announce_counts(uow, message.room_id, message.seq, named | {message.author_id or ""})
