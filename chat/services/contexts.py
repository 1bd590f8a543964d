"""What a model was given to read for a reply, or would be given now, as it is shown to members of the room."""

from typing import Any

from sqlalchemy import Row, desc, func, select

from chat import wire
from chat.db.ids import iso, now_ms
from chat.db.tables import messages
from chat.db.unit_of_work import Reader
from chat.domain.conversation import CHARS_PER_TOKEN, DEFAULT_CONTEXT, MAX_MESSAGES, joined_system
from chat.domain.text import begin_of
from chat.errors import InvalidInput
from chat.services.access import require_message, require_room
from chat.services.message_views import messages_of, messages_query, readable_by_models
from chat.services.prompts import Given, build_reading, text_asked
from chat.services.readings import find_reading
from chat.services.recalling import messages_at, seen_note

MOST_COUNTED = 1000  # messages that were left out: beyond that nobody needs to know how many


def get_context(tx: Reader, user_id: str, message_id: str) -> wire.ReplyContext | None:
    """The account of what the model read for a reply, for whoever may read it; None if no model has read anything yet.

    Raises `InvalidInput` for a person's message.
    """
    reply, _ = require_message(tx, user_id, message_id, "read")
    if reply.model is None:
        raise InvalidInput("This message was not written by a model.", field="message")
    found = None if reply.deleted_at else find_reading(tx, message_id)
    return _context_of(tx, reply.room_id, *found, reply) if found else None


def get_room_context(
    tx: Reader, user_id: str, ref: str, model: str, context_tokens: int | None
) -> wire.ReplyContext | None:
    """The account of what this model would read if the room's newest message were the question; None if none is."""
    room = require_room(tx, user_id, ref, "read")
    newest = messages_query().where(readable_by_models(room.id)).order_by(desc(messages.c.seq)).limit(MAX_MESSAGES)
    shown = messages_of(tx, tx.all(newest))[::-1]
    if not shown:
        return None
    account = build_reading(tx, room, shown, Given(model, context_tokens, shown[-1].id)).account
    return _context_of(tx, room.id, account, now_ms())


def _context_of(
    tx: Reader, room_id: str, account: dict[str, Any], at: int, reply: Row[Any] | None = None
) -> wire.ReplyContext:
    sizes, passages = dict(account["messages"]), dict(account.get("passages", ()))
    shown = messages_at(tx, room_id, sizes)
    question = next((m for m in shown if m.id == reply.reply_to), None) if reply else shown[-1]
    asked = text_asked(tx, question).system if question and not question.deleted_at else ""
    recalled, told = account.get("recalled", 0), account.get("told", 0)
    note, before = seen_note(tx, room_id, account.get("note")), min(sizes) - 1
    chars = account["system_chars"] + recalled + sum(sizes.values()) + account["begun"] + told
    return wire.ReplyContext(
        message=reply.id if reply else None,
        at=iso(at),
        system=joined_system(account["system"], asked),
        system_chars=account["system_chars"],
        note=note,
        passages=[_seen(message, passages[message.seq], at) for message in messages_at(tx, room_id, passages)],
        recalled_chars=recalled,
        messages=[_seen(message, sizes[message.seq], at) for message in shown],
        begun_chars=account["begun"],
        told_chars=told,
        left_out=_count_between(tx, room_id, 1, before),
        noted=_count_between(tx, room_id, note.from_seq, min(note.up_to_seq, before)) if note else 0,
        left_out_because="too many" if len(sizes) >= MAX_MESSAGES else "too long",
        chars=chars,
        budget_chars=account["budget"],
        context_tokens=account["context"] or DEFAULT_CONTEXT,
        is_context_assumed=account["context"] is None,
        estimated_tokens=round(chars / CHARS_PER_TOKEN),
        options=wire.GenerationOptions(**account["options"]).model_dump(exclude_none=True),
    )


def _seen(message: wire.Message, chars: int, at: int) -> wire.SeenMessage:
    return wire.SeenMessage(
        id=message.id,
        seq=message.seq,
        author=message.author,
        content=begin_of(message.content),
        chars=chars,
        deleted=message.deleted_at is not None,
        changed=message.edited_at is not None and message.edited_at > iso(at),
    )


def _count_between(tx: Reader, room_id: str, first: int, last: int) -> int:
    """How many messages there are that a model may read, up to MOST_COUNTED."""
    between = (readable_by_models(room_id), messages.c.seq >= first, messages.c.seq <= last)
    some = select(messages.c.id).where(*between).limit(MOST_COUNTED).subquery()
    return int(tx.scalar(select(func.count()).select_from(some)))
