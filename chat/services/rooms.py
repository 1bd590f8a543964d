"""Rooms: creating, listing, joining, leaving, inviting."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, delete, func, insert, or_, select

from chat import wire
from chat.db.ids import new_id
from chat.db.prepared import Prepared
from chat.db.tables import members, mentions, messages, rooms, users
from chat.db.unit_of_work import Database, Reader, UnitOfWork
from chat.domain.text import clean_line, parse_line, slug_of
from chat.errors import InvalidInput, NotFound
from chat.events import MemberJoined, MemberLeft, RoomCreated
from chat.services.access import require_room
from chat.services.people import get_person

GENERAL = "general"
EVERYBODY = 1_000_000
MEMBERS_SHOWN = 100  # to whoever opens a room; a page that lists all of them asks for that

_ROOM_IDS = Prepared(select(members.c.room_id).where(members.c.user_id == bindparam("user")))
_MEMBER_COUNT = Prepared(select(func.count().label("count")).where(members.c.room_id == bindparam("room")))
_furthest = (  # chosen before their names are looked up, or a large room would cost a look-up for everybody
    select(members.c.user_id, members.c.role, members.c.last_read_seq)
    .where(members.c.room_id == bindparam("room"))
    .order_by(members.c.last_read_seq.desc())
    .limit(bindparam("limit"))
    .subquery()
)
_MEMBERS = Prepared(
    select(users.c.id, users.c.username, users.c.display_name, _furthest.c.role, _furthest.c.last_read_seq)
    .join(_furthest, _furthest.c.user_id == users.c.id)
    .order_by(_furthest.c.last_read_seq.desc())
)


def _visible() -> Select[Any]:
    """The rooms that `user` may see, as they see them.

    Nothing of one's own lies above one's own mark (posting moves it), so all there is unread but what is deleted.
    """
    deleted = (
        select(func.count())
        .where(
            messages.c.room_id == rooms.c.id,
            messages.c.seq > members.c.last_read_seq,
            messages.c.deleted_at.is_not(None),
        )
        .correlate(rooms, members)
        .scalar_subquery()
    )
    unread_mentions = (
        select(func.count())
        .where(
            mentions.c.room_id == rooms.c.id,
            mentions.c.user_id == bindparam("user"),
            mentions.c.seq > members.c.last_read_seq,
        )
        .correlate(rooms, members)
        .scalar_subquery()
    )
    unread = rooms.c.last_seq - members.c.last_read_seq - deleted
    seen = (members.c.role, members.c.last_read_seq, unread.label("unread"), unread_mentions.label("mentions"))
    return (
        select(rooms, *seen)
        .outerjoin(members, and_(members.c.room_id == rooms.c.id, members.c.user_id == bindparam("user")))
        .where(or_(rooms.c.kind == "public", members.c.user_id.is_not(None)))
    )


_VISIBLE = Prepared(_visible().order_by(rooms.c.name, rooms.c.id))
_ONE_VISIBLE = Prepared(_visible().where(rooms.c.id == bindparam("room")))


def ensure_general(db: Database) -> None:
    """The room that everybody is in exists from the start."""
    with db.write() as uow:
        if uow.first(select(rooms.c.id).where(rooms.c.slug == GENERAL)) is None:
            _insert_room(uow, GENERAL, wire.CreateRoom(name=GENERAL, topic="Everything and everybody"))


def _insert_room(uow: UnitOfWork, slug: str, request: wire.CreateRoom) -> str:
    room_id = new_id()
    uow.execute(
        insert(rooms).values(
            id=room_id,
            slug=slug,
            name=parse_line(request.name, field="name"),
            topic=clean_line(request.topic),
            kind=request.kind,
            models=[],
            reply_policy=request.reply_policy,
            created_at=uow.now,
        )
    )
    return room_id


def create_room(db: Database, user: wire.User, request: wire.CreateRoom) -> wire.Room:
    """A new room with its maker as owner. A direct room has exactly one other member and exists once per pair."""
    with db.write() as uow:
        others = [get_person(uow, ref) for ref in dict.fromkeys(request.members)]
        others = [other for other in others if other.id != user.id]
        slug = _free_slug(uow, slug_of(request.name))
        if request.kind == "direct":
            if len(others) != 1:
                raise InvalidInput("A direct room has exactly one other member.", field="members")
            slug = "direct-" + "-".join(sorted((user.id, others[0].id))).lower()
            existing = uow.first(select(rooms.c.id).where(rooms.c.slug == slug))
            if existing:
                return get_room_view(uow, user.id, existing.id)
        room_id = _insert_room(uow, slug, request)
        uow.record(RoomCreated(get_outside_view(uow, room_id)))
        add_member(uow, room_id, user, "owner")
        for other in others:
            add_member(uow, room_id, other, "member")
        return get_room_view(uow, user.id, room_id)


def _free_slug(uow: UnitOfWork, wanted: str) -> str:
    taken = {row.slug for row in uow.all(select(rooms.c.slug).where(rooms.c.slug.startswith(wanted, autoescape=True)))}
    return next(s for s in (wanted, *(f"{wanted}-{n}" for n in range(2, len(taken) + 3))) if s not in taken)


def add_member(uow: UnitOfWork, room_id: str, user: wire.User, role: wire.MemberRole) -> None:
    """Puts somebody into a room, with everything said so far counted as read. Does nothing if already there."""
    inside = and_(members.c.room_id == room_id, members.c.user_id == user.id)
    if uow.first(select(members.c.role).where(inside)):
        return
    last_seq = select(rooms.c.last_seq).where(rooms.c.id == room_id).scalar_subquery()
    new = insert(members).values(room_id=room_id, user_id=user.id, role=role, last_read_seq=last_seq, joined_at=uow.now)
    joined = uow.execute(new.returning(members.c.role, members.c.last_read_seq)).one()
    uow.record(MemberJoined(room_id, _member_view(user, joined)))


def _member_view(user: wire.User, row: Row[Any]) -> wire.Member:
    """`row` has the role and the reading mark."""
    names = {"id": user.id, "username": user.username, "display_name": user.display_name}
    return wire.Member(**names, role=row.role, last_read_seq=row.last_read_seq)


def join_room(db: Database, user: wire.User, ref: str) -> wire.Room:
    """Becomes a member of a public room; for a member nothing changes."""
    with db.read() as read:
        room = require_room(read, user.id, ref, "join")
        if room.role is not None:
            return get_room_view(read, user.id, room.id)
    with db.write() as uow:
        room = require_room(uow, user.id, ref, "join")
        add_member(uow, room.id, user, "member")
        return get_room_view(uow, user.id, room.id)


def leave_room(db: Database, user: wire.User, ref: str) -> wire.Room:
    with db.write() as uow:
        room = require_room(uow, user.id, ref, "leave")
        uow.execute(delete(members).where(members.c.room_id == room.id, members.c.user_id == user.id))
        left = get_outside_view(uow, room.id)
        uow.record(MemberLeft(left, user.id))
        return left


def invite(db: Database, user: wire.User, ref: str, invited: str) -> wire.Room:
    """Puts another person (id or user name) into a room that one is in."""
    with db.write() as uow:
        room = require_room(uow, user.id, ref, "invite")
        add_member(uow, room.id, get_person(uow, invited), "member")
        return get_room_view(uow, user.id, room.id)


def list_members(
    tx: Reader, room_id: str, presence_of: Callable[[str], wire.PresenceStatus], limit: int = EVERYBODY
) -> list[wire.Member]:
    """Those who have read furthest first. Asks nobody whether they may be shown."""
    return [
        wire.Member(
            id=row.id,
            username=row.username,
            display_name=row.display_name,
            role=row.role,
            presence=presence_of(row.id),
            last_read_seq=row.last_read_seq,
        )
        for row in tx.run(_MEMBERS, {"room": room_id, "limit": limit})
    ]


def count_members(tx: Reader, room_id: str) -> int:
    (row,) = tx.run(_MEMBER_COUNT, {"room": room_id})
    return int(row.count)


def list_rooms(tx: Reader, user_id: str) -> list[wire.Room]:
    """The rooms one is in and the public ones, by name, with exact counts of unread messages and mentions."""
    return [_view(tx, user_id, row) for row in tx.run(_VISIBLE, {"user": user_id})]


def room_ids_of(tx: Reader, user_id: str) -> list[str]:
    return [row.room_id for row in tx.run(_ROOM_IDS, {"user": user_id})]


def get_room_view(tx: Reader, user_id: str, room_id: str) -> wire.Room:
    """The room as that person sees it. Raises `NotFound` if they may not."""
    found = tx.run(_ONE_VISIBLE, {"user": user_id, "room": room_id})
    if not found:
        raise NotFound("There is no such room, or you are not in it.", field="room")
    return _view(tx, user_id, found[0])


def get_outside_view(tx: Reader, room_id: str) -> wire.Room:
    """The room as somebody sees it who is not in it."""
    row = tx.first(select(rooms).where(rooms.c.id == room_id))
    if row is None:
        raise NotFound("There is no such room.", field="room")
    return wire.Room(**_room_fields(row), is_member=False)


def _room_fields(row: Row[Any]) -> dict[str, Any]:
    names = ("id", "slug", "name", "topic", "kind", "last_seq", "models", "reply_policy")
    return {name: getattr(row, name) for name in names}


def _view(tx: Reader, user_id: str, row: Row[Any]) -> wire.Room:
    room = wire.Room(**_room_fields(row), is_member=row.role is not None)
    if row.role is not None:
        room.last_read_seq = row.last_read_seq
        room.unread = row.unread
        room.mentions = row.mentions
    if row.kind == "direct":
        room.name = _other_names(tx, user_id, row.id) or room.name
    return room


def _other_names(tx: Reader, user_id: str, room_id: str) -> str:
    query = (
        select(users.c.display_name)
        .join(members, members.c.user_id == users.c.id)
        .where(members.c.room_id == room_id, users.c.id != user_id)
    )
    return ", ".join(row.display_name for row in tx.all(query))
