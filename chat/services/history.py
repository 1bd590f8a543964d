"""Reading a room: by page, and everything that a client has missed."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, desc

from chat import wire
from chat.db.prepared import Prepared, Record
from chat.db.tables import messages
from chat.db.unit_of_work import Reader
from chat.errors import NotAllowed, NotFound
from chat.services.access import require_message, require_room
from chat.services.message_views import get_message, messages_of, messages_query

PAGE = 100
HISTORY_MAX = 200

_HERE = messages_query().where(messages.c.room_id == bindparam("room"))
_AFTER_SEQ = Prepared(_HERE.where(messages.c.seq > bindparam("known")).order_by(messages.c.seq).limit(PAGE + 1))
_AFTER_REV = Prepared(_HERE.where(messages.c.rev > bindparam("known")).order_by(messages.c.rev).limit(PAGE + 1))
_NEWEST = Prepared(_HERE.order_by(desc(messages.c.seq)).limit(PAGE))


def get_history(
    tx: Reader,
    user_id: str,
    ref: str,
    *,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
    limit: int = PAGE,
) -> wire.History:
    """A page of a room, ascending by seq: the newest, those before or after a seq, or those on both sides of one."""
    room = require_room(tx, user_id, ref, "read")
    here = messages_query().where(messages.c.room_id == room.id)
    if around is not None:
        return _around(tx, here, around, limit)
    if after is not None:
        rows = tx.all(here.where(messages.c.seq > after).order_by(messages.c.seq).limit(limit + 1))
        page = messages_of(tx, rows[:limit])
        return wire.History(messages=page, has_more_before=after > 0, has_more_after=len(rows) > limit)
    if before is not None:
        here = here.where(messages.c.seq < before)
    rows = tx.all(here.order_by(desc(messages.c.seq)).limit(limit + 1))
    page = messages_of(tx, rows[:limit][::-1])
    more_after = before is not None and before <= room.last_seq
    return wire.History(messages=page, has_more_before=len(rows) > limit, has_more_after=more_after)


def _around(tx: Reader, here: Select[Any], seq: int, limit: int) -> wire.History:
    """`limit` messages at most: the one with this seq, half of the others before it and half after it."""
    older, newer = (limit - 1) // 2, limit - (limit - 1) // 2
    above = tx.all(here.where(messages.c.seq < seq).order_by(desc(messages.c.seq)).limit(older + 1))
    below = tx.all(here.where(messages.c.seq >= seq).order_by(messages.c.seq).limit(newer + 1))
    page = messages_of(tx, [*above[:older][::-1], *below[:newer]])
    return wire.History(messages=page, has_more_before=len(above) > older, has_more_after=len(below) > newer)


def get_one(tx: Reader, user_id: str, message_id: str) -> wire.Message:
    """A message as a member of its room sees it. Raises like `require_message`."""
    require_message(tx, user_id, message_id, "read")
    return get_message(tx, message_id)


def find_room_slug(tx: Reader, user_id: str, message_id: str) -> str | None:
    """Of a message's room; None for whoever may not read it, as if there were no such message."""
    try:
        _, room = require_message(tx, user_id, message_id, "read")
    except (NotAllowed, NotFound):
        return None
    return str(room.slug)


@dataclass(frozen=True, slots=True)
class CatchUp:
    """What a client has missed. With `has_gap` it was more than a page: `messages` is then the newest page."""

    messages: list[wire.Message]
    has_gap: bool


def list_missed(tx: Reader, room: Record, after: int | None, after_rev: int | None) -> CatchUp:
    """Everything after `after`, and with `after_rev` every older message that has changed since, ascending by seq."""
    if after is None and after_rev is None:
        return _newest_page(tx, room, has_gap=False)
    statement, known = (_AFTER_REV, after_rev) if after_rev is not None else (_AFTER_SEQ, after)
    rows = tx.run(statement, {"room": room.id, "known": known})
    if len(rows) > PAGE:
        return _newest_page(tx, room, has_gap=True)
    return CatchUp(sorted(messages_of(tx, rows), key=lambda m: m.seq), has_gap=False)


def list_changes(tx: Reader, room_id: str, after_rev: int) -> list[wire.Message]:
    """All messages that were posted or changed since, by rev. Asks nobody whether they may be shown."""
    changed: list[wire.Message] = []
    while page := tx.run(_AFTER_REV, {"room": room_id, "known": changed[-1].rev if changed else after_rev}):
        changed += messages_of(tx, page)
    return changed


def _newest_page(tx: Reader, room: Record, *, has_gap: bool) -> CatchUp:
    rows = tx.run(_NEWEST, {"room": room.id})
    return CatchUp(messages_of(tx, rows[::-1]), has_gap)
