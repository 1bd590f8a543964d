"""How a room looks to one person: the one query that reads rooms, with counts and what they may do there."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, case, func, literal, or_, select

from chat import wire
from chat.db.prepared import Prepared
from chat.db.tables import members, mentions, messages, rooms, users
from chat.db.unit_of_work import Reader
from chat.domain.permissions import acting_role
from chat.errors import NotFound
from chat.services.people import role_in_sql

_viewer, _other, _partner = users.alias("viewer"), members.alias("other"), users.alias("partner")


def _count(*conditions: Any) -> Any:
    return select(func.count()).where(*conditions).correlate(rooms, members, _viewer).scalar_subquery()


def _other_id() -> Any:
    """Who is in a direct room beside the viewer. As a join this would walk through everybody in all other rooms."""
    other = select(_other.c.user_id).where(_other.c.room_id == rooms.c.id, _other.c.user_id != _viewer.c.id)
    return other.limit(1).correlate(rooms, _viewer).scalar_subquery()


def _seen() -> Select[Any]:
    """The rooms that viewers may see, as each of them sees it; the caller says which rooms and viewers.

    All above one's own mark is unread but what is deleted and what is one's own. Posting moves the mark, so nothing of
    one's own lies above it, unless it was moved back since.
    """
    above = (messages.c.room_id == rooms.c.id, messages.c.seq > members.c.last_read_seq)
    own = _count(
        *above,
        messages.c.seq <= members.c.furthest_read_seq,
        messages.c.author_id == _viewer.c.id,
        messages.c.deleted_at.is_(None),
    )
    moved_back = members.c.furthest_read_seq > members.c.last_read_seq
    deleted = _count(*above, messages.c.deleted_at.is_not(None))
    named = _count(
        mentions.c.room_id == rooms.c.id,
        mentions.c.user_id == _viewer.c.id,
        mentions.c.seq > members.c.last_read_seq,
    )
    unread = rooms.c.last_seq - members.c.last_read_seq - deleted - case((moved_back, own), else_=literal(0))
    is_no_guest = role_in_sql(_viewer) != "guest"
    return (
        select(
            rooms,
            _viewer.c.id.label("viewer_id"),
            role_in_sql(_viewer).label("viewer_role"),
            members.c.role,
            members.c.is_muted,
            members.c.last_read_seq,
            unread.label("unread"),
            named.label("mentions"),
            _partner.c.id.label("partner_id"),
            _partner.c.username.label("partner_username"),
            _partner.c.display_name.label("partner_display_name"),
            role_in_sql(_partner).label("partner_role"),
            _partner.c.is_bot.label("partner_is_bot"),
        )
        .select_from(rooms)
        .join(_viewer, literal(True))
        .outerjoin(members, and_(members.c.room_id == rooms.c.id, members.c.user_id == _viewer.c.id))
        .outerjoin(_partner, _partner.c.id == case((rooms.c.kind == "direct", _other_id())))
        .where(or_(and_(rooms.c.kind == "public", is_no_guest), members.c.user_id.is_not(None)))
    )


_VISIBLE = Prepared(_seen().where(_viewer.c.id == bindparam("user")).order_by(rooms.c.name, rooms.c.id))
_ONE_VISIBLE = Prepared(_seen().where(_viewer.c.id == bindparam("user"), rooms.c.id == bindparam("room")))


def list_rooms(tx: Reader, user_id: str) -> list[wire.Room]:
    """The rooms one is in and the public ones, by name, with exact counts of unread messages and mentions."""
    return [_view(row) for row in tx.run(_VISIBLE, {"user": user_id})]


def get_room_view(tx: Reader, user_id: str, room_id: str) -> wire.Room:
    """The room as that person sees it. Raises `NotFound` if they may not."""
    found = tx.run(_ONE_VISIBLE, {"user": user_id, "room": room_id})
    if not found:
        raise NotFound("There is no such room, or you are not in it.", field="room")
    return _view(found[0])


def views_of(tx: Reader, room_id: str, user_ids: Iterable[str]) -> dict[str, wire.Room]:
    """The room as each of these people sees it, without those who may not see it; asked in one go for all of them."""
    here = _seen().where(rooms.c.id == room_id, _viewer.c.id.in_(sorted(user_ids)))
    return {row.viewer_id: _view(row) for row in tx.all(here)}


def get_outside_view(tx: Reader, room_id: str) -> wire.Room:
    """The room as somebody sees it who is not in it."""
    row = tx.first(select(rooms).where(rooms.c.id == room_id))
    if row is None:
        raise NotFound("There is no such room.", field="room")
    return wire.Room(**_room_fields(row), is_member=False)


def _room_fields(row: Row[Any]) -> dict[str, Any]:
    names = ("id", "slug", "name", "topic", "kind", "last_seq", "models", "reply_policy", "stop_policy")
    return {name: getattr(row, name) for name in names} | {"is_archived": row.archived_at is not None}


def _view(row: Row[Any]) -> wire.Room:
    room = wire.Room(**_room_fields(row), is_member=row.role is not None)
    if row.role is not None:
        room.role = acting_role(row.role, row.kind, row.viewer_role)
        room.is_muted = row.is_muted
        room.last_read_seq = row.last_read_seq
        room.unread = row.unread
        room.mentions = row.mentions
    if row.partner_id is not None:
        names = {"id": row.partner_id, "username": row.partner_username, "display_name": row.partner_display_name}
        room.partner = wire.User(**names, role=row.partner_role, is_bot=row.partner_is_bot)
        room.name = row.partner_display_name
    return room
