"""Reactions: an emoji of a person under a message, once each."""

from typing import Any

from sqlalchemy import Row, and_, delete, insert, select

from chat import wire
from chat.db.tables import reactions
from chat.db.unit_of_work import Database, Reader
from chat.domain.emoji import parse_emoji
from chat.errors import Conflict
from chat.events import ReactionChanged
from chat.services.access import require_message
from chat.services.message_views import reactions_of
from chat.services.room_log import change_message

MAX_EMOJI = 20  # different ones under one message


def react(db: Database, user_id: str, request: wire.React) -> None:
    """Puts a person's emoji under a message or takes it away; what is so already is left alone.

    Raises `Conflict` for a message that was deleted, and for one emoji too many.
    """
    emoji = parse_emoji(request.emoji)
    with db.write() as uow:
        message, _ = require_message(uow, user_id, request.message, "react")
        key = {"message_id": message.id, "user_id": user_id, "emoji": emoji}
        mine = and_(*(reactions.c[name] == value for name, value in key.items()))
        is_there = uow.first(select(reactions.c.rev).where(mine)) is not None
        if is_there == request.is_on:
            return
        if request.is_on:
            _require_place(uow, message, emoji)
        rev = change_message(uow, message, {})
        added = insert(reactions).values(**key, room_id=message.room_id, rev=rev, created_at=uow.now)
        uow.execute(added if request.is_on else delete(reactions).where(mine))
        now = reactions_of(uow, [message.id]).get(message.id, [])
        fields = {"room": message.room_id, "id": message.id, "rev": rev, "user": user_id, "emoji": emoji}
        uow.record(ReactionChanged(wire.ReactionEvent(**fields, is_on=request.is_on, reactions=now)))


def _require_place(tx: Reader, message: Row[Any], emoji: str) -> None:
    if message.deleted_at is not None:
        raise Conflict("This message was deleted.", field="message")
    used = {reaction.emoji for reaction in reactions_of(tx, [message.id]).get(message.id, [])}
    if emoji not in used and len(used) >= MAX_EMOJI:
        raise Conflict(f"There are {MAX_EMOJI} different reactions to this message; choose one of them.", field="emoji")
