"""Pins: messages that a room keeps at hand."""

from typing import Any

from sqlalchemy import Row, desc, func, select

from chat import wire
from chat.db.tables import messages
from chat.db.unit_of_work import Database, Reader
from chat.domain.reply_states import OPEN_PHASES
from chat.errors import Conflict
from chat.services.access import require_message, require_room
from chat.services.message_views import messages_of, messages_query
from chat.services.room_log import announce_change, change_message

MAX_PINS = 100  # in one room


def pin_message(db: Database, user_id: str, request: wire.PinMessage) -> None:
    """Pins a message or takes the pin off; what is so already is left alone.

    Raises `Conflict` for a message that was deleted or is still being written, and for one pin too many.
    """
    with db.write() as uow:
        message, _ = require_message(uow, user_id, request.message, "pin")
        if (message.pinned_at is not None) == request.is_pinned:
            return
        if message.reply_phase in OPEN_PHASES:
            raise Conflict("This reply is still being written; wait for its end.", field="message")
        if request.is_pinned:
            _require_place(uow, message)
        pin = (uow.now, user_id) if request.is_pinned else (None, None)
        change_message(uow, message, dict(zip(("pinned_at", "pinned_by"), pin, strict=True)))
        announce_change(uow, message.id)


def _require_place(tx: Reader, message: Row[Any]) -> None:
    if message.deleted_at is not None:
        raise Conflict("This message was deleted.", field="message")
    pinned = select(func.count()).where(messages.c.room_id == message.room_id, messages.c.pinned_at.is_not(None))
    if tx.scalar(pinned) >= MAX_PINS:
        raise Conflict(f"{MAX_PINS} messages are pinned here, which is the most; take a pin off first.")


def list_pins(tx: Reader, user_id: str, ref: str) -> list[wire.Message]:
    """The pinned messages of a room, the one that was pinned last first."""
    room = require_room(tx, user_id, ref, "read")
    pinned = messages_query().where(messages.c.room_id == room.id, messages.c.pinned_at.is_not(None))
    return messages_of(tx, tx.all(pinned.order_by(desc(messages.c.pinned_at), desc(messages.c.seq))))
