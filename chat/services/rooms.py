"""Rooms: creating, joining, inviting, and who is in them."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, insert, select

from chat import wire
from chat.db.ids import new_id
from chat.db.lock_order import NEW_ROOM
from chat.db.prepared import Prepared
from chat.db.tables import members, rooms, users
from chat.db.unit_of_work import Database, Reader, UnitOfWork
from chat.domain.permissions import GENERAL, may_create_room
from chat.domain.text import clean_line, parse_line, slug_of
from chat.errors import InvalidInput, NotAllowed
from chat.events import MemberJoined, RoomCreated
from chat.services.access import require_active, require_room
from chat.services.audit import note
from chat.services.people import get_person
from chat.services.room_views import get_outside_view, get_room_view

EVERYBODY = 1_000_000
MEMBERS_SHOWN = 100  # to whoever opens a room; a page that lists all of them asks for that

_ROOM_IDS = Prepared(select(members.c.room_id).where(members.c.user_id == bindparam("user")))
_MEMBER_COUNT = Prepared(select(func.count().label("count")).where(members.c.room_id == bindparam("room")))
_furthest = (  # chosen before their names are looked up, or a large room would cost a look-up for everybody
    select(members.c.user_id, members.c.role, members.c.furthest_read_seq)
    .where(members.c.room_id == bindparam("room"))
    .order_by(members.c.furthest_read_seq.desc())
    .limit(bindparam("limit"))
    .subquery()
)
_MEMBERS = Prepared(
    select(
        users.c.id,
        users.c.username,
        users.c.display_name,
        users.c.deactivated_at,
        users.c.is_bot,
        *_furthest.c["role", "furthest_read_seq"],
    )
    .join(_furthest, _furthest.c.user_id == users.c.id)
    .order_by(_furthest.c.furthest_read_seq.desc())
)


def ensure_general(db: Database) -> None:
    """The room that everybody is in exists from the start."""
    with db.write() as uow:
        uow.alone(NEW_ROOM)
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
        uow.alone(NEW_ROOM)
        others = [get_person(uow, ref) for ref in dict.fromkeys(request.members)]
        others = [other for other in others if other.id != user.id]
        if request.kind == "direct" and len(others) != 1:
            raise InvalidInput("A direct room has exactly one other member.", field="members")
        _require_may_create(uow, user, request.kind, others)
        if request.kind == "direct":
            room_id = open_direct(uow, user, others[0], request)
        else:
            room_id = _open_room(uow, free_slug(uow, slug_of(request.name)), user, others, request)
        return get_room_view(uow, user.id, room_id)


def open_direct(uow: UnitOfWork, user: wire.User, other: wire.User, request: wire.CreateRoom | None = None) -> str:
    """The id of the direct room of two, which is made if there is none. Asks nobody whether they may."""
    uow.alone(NEW_ROOM)
    slug = "direct-" + "-".join(sorted((user.id, other.id))).lower()
    existing = uow.first(select(rooms.c.id).where(rooms.c.slug == slug))
    asked = request or wire.CreateRoom(name="direct", kind="direct")
    return existing.id if existing else _open_room(uow, slug, user, [other], asked)


def _open_room(
    uow: UnitOfWork, slug: str, user: wire.User, others: Sequence[wire.User], request: wire.CreateRoom
) -> str:
    room_id = _insert_room(uow, slug, request)
    note(uow, "room_created", room_id, "" if request.kind == "direct" else clean_line(request.name), request.kind)
    uow.record(RoomCreated(get_outside_view(uow, room_id)))
    add_member(uow, room_id, user, "owner")
    for other in others:
        add_member(uow, room_id, other, "member")
    return room_id


def _require_may_create(uow: UnitOfWork, user: wire.User, kind: wire.RoomKind, others: Sequence[wire.User]) -> None:
    on_server = require_active(uow, user.id)
    shares_room = all(_share_room(uow, user.id, other.id) for other in others)
    if may_create_room(kind, on_server, shares_room=shares_room):
        return
    if kind == "direct":
        raise NotAllowed("Guests can write to people that they share a room with.", field="members")
    raise NotAllowed("Guests cannot make rooms. Ask a member to make one and to invite you.")


def _share_room(tx: Reader, one: str, other: str) -> bool:
    """Whether two people are in a room together, which may be one of the two alone."""
    both = [select(members.c.room_id).where(members.c.user_id == user_id) for user_id in (one, other)]
    return tx.first(both[0].where(members.c.room_id.in_(both[1])).limit(1)) is not None


def free_slug(uow: UnitOfWork, wanted: str) -> str:
    taken = {row.slug for row in uow.all(select(rooms.c.slug).where(rooms.c.slug.startswith(wanted, autoescape=True)))}
    return next(s for s in (wanted, *(f"{wanted}-{n}" for n in range(2, len(taken) + 3))) if s not in taken)


def add_member(uow: UnitOfWork, room_id: str, user: wire.User, role: wire.MemberRole) -> None:
    """Puts somebody into a room, with everything said so far counted as read. Does nothing if already there.

    For the others a bot has read nothing: it is nobody who looks.
    """
    inside = and_(members.c.room_id == room_id, members.c.user_id == user.id)
    if uow.first(select(members.c.role).where(inside)):
        return
    last_seq = select(rooms.c.last_seq).where(rooms.c.id == room_id).scalar_subquery()
    marks = {"last_read_seq": last_seq, "furthest_read_seq": 0 if user.is_bot else last_seq}
    new = insert(members).values(room_id=room_id, user_id=user.id, role=role, joined_at=uow.now, **marks)
    joined = uow.execute(new.returning(members.c.role, members.c.furthest_read_seq)).one()
    uow.record(MemberJoined(room_id, member_view(user, joined)))


def member_view(user: wire.User, row: Row[Any], *, deactivated: bool = False) -> wire.Member:
    """`row` has the role and how far they have read."""
    names = {"id": user.id, "username": user.username, "display_name": user.display_name}
    state = {"deactivated": deactivated, "is_bot": user.is_bot}
    return wire.Member(**names, **state, role=row.role, last_read_seq=row.furthest_read_seq)


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
            last_read_seq=row.furthest_read_seq,
            deactivated=row.deactivated_at is not None,
            is_bot=row.is_bot,
        )
        for row in tx.run(_MEMBERS, {"room": room_id, "limit": limit})
    ]


def count_members(tx: Reader, room_id: str) -> int:
    (row,) = tx.run(_MEMBER_COUNT, {"room": room_id})
    return int(row.count)


def room_ids_of(tx: Reader, user_id: str) -> list[str]:
    return [row.room_id for row in tx.run(_ROOM_IDS, {"user": user_id})]
