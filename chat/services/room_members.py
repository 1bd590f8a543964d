"""Who goes, who is taken out, and who owns a room: it is never left without an owner who can sign in."""

from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, delete, select, update

from chat import wire
from chat.db.prepared import Record
from chat.db.tables import members, rooms, users
from chat.db.unit_of_work import Database, Reader, UnitOfWork
from chat.domain.permissions import GENERAL, may_own
from chat.errors import Conflict, InvalidInput, NotFound
from chat.events import MemberChanged, MemberLeft
from chat.services.access import require_room
from chat.services.audit import note
from chat.services.people import get_account, get_person, role_in_sql, user_of
from chat.services.room_views import get_outside_view
from chat.services.rooms import member_view


def leave_room(db: Database, user: wire.User, ref: str) -> wire.Room:
    """Raises `Conflict` for the only owner."""
    with db.write() as uow:
        room = require_room(uow, user.id, ref, "leave")
        if room.role == "owner":
            _require_another_owner(
                uow, room, user.id, "You are its only owner. Make somebody else an owner first, or delete the room."
            )
        return take_out(uow, room.id, user.id, None)


def remove_member(db: Database, user: wire.User, ref: str, removed: str) -> None:
    """Takes another person (id or user name) out of the room. Raises `NotFound` if they are not in it.

    A moderator may take the only owner out: the room is handed on then.
    """
    with db.write() as uow:
        room = require_room(uow, user.id, ref, "remove")
        person = get_person(uow, removed, with_deactivated=True)
        if person.id == user.id:
            raise InvalidInput("To go yourself, leave the room.", field="user")
        _require_member(uow, room.id, person)
        take_out(uow, room.id, person.id, user)
        note(uow, "member_removed", person.id, person.username, f"from {room.name}")
        _hand_on(uow, rooms.c.id == room.id)


def change_role(db: Database, user: wire.User, ref: str, changed: str, role: wire.MemberRole) -> None:
    """Makes a member (id or user name) an owner, or an owner a member again; what is so already is left alone.

    Raises `NotFound` if they are not in the room, or are deactivated and to be an owner; `Conflict` for the only owner.
    """
    with db.write() as uow:
        room = require_room(uow, user.id, ref, "appoint")
        person = get_person(uow, changed, with_deactivated=role == "member")
        if _require_member(uow, room.id, person).role == role:
            return
        if role == "owner" and not may_own(person.role):
            raise Conflict(f"{person.display_name} is a guest here, and guests own no room.", field="user")
        if role == "member":
            _require_another_owner(
                uow, room, person.id, "A room needs an owner. Make somebody else one first, then this can be changed."
            )
        _give_role(uow, room, person, role)


def hand_on_rooms(uow: UnitOfWork, user_id: str) -> None:
    """Of the rooms that somebody is in: where no owner can sign in, whoever can and came first becomes one."""
    _hand_on(uow, rooms.c.id.in_(select(members.c.room_id).where(members.c.user_id == user_id)))


def _hand_on(uow: UnitOfWork, which: ColumnElement[bool]) -> None:
    owner = _active_in(rooms.c.id).where(members.c.role == "owner").correlate(rooms).exists()
    needing = select(rooms).where(which, rooms.c.kind != "direct", rooms.c.slug != GENERAL, ~owner)
    for room in uow.all(needing):
        first = uow.first(_active_in(room.id).order_by(members.c.joined_at, users.c.id).limit(1))
        if first is not None:
            _give_role(uow, room, user_of(first), "owner")


def step_down(uow: UnitOfWork, person: wire.User) -> None:
    """Out of the room of everybody, and owner of no room any more: somebody has become a guest."""
    mine = members.c.user_id == person.id
    for room in uow.all(select(rooms, members.c.role).join(members).where(mine, rooms.c.kind != "direct")):
        if room.slug == GENERAL:
            take_out(uow, room.id, person.id, None)
        elif room.role == "owner":
            _give_role(uow, room, person, "member")
    hand_on_rooms(uow, person.id)


def _active_in(room_id: str | ColumnElement[str]) -> Select[Any]:
    """Those who can look after it: they can sign in, and are no guests."""
    joined = select(users).join(members, members.c.user_id == users.c.id)
    return joined.where(members.c.room_id == room_id, users.c.deactivated_at.is_(None), role_in_sql() != "guest")


def _give_role(uow: UnitOfWork, room: Record, person: wire.User, role: wire.MemberRole) -> None:
    inside = and_(members.c.room_id == room.id, members.c.user_id == person.id)
    given = update(members).where(inside).values(role=role)
    row = uow.execute(given.returning(members.c.role, members.c.furthest_read_seq)).one()
    note(uow, "owner_made" if role == "owner" else "owner_unmade", person.id, person.username, f"of {room.name}")
    deactivated = get_account(uow, person.id).deactivated_at is not None
    uow.record(MemberChanged(room.id, member_view(person, row, deactivated=deactivated)))


def take_out(uow: UnitOfWork, room_id: str, user_id: str, removed_by: wire.User | None) -> wire.Room:
    """Asks nobody whether they may go; gives the room as they see it then."""
    uow.execute(delete(members).where(members.c.room_id == room_id, members.c.user_id == user_id))
    left = get_outside_view(uow, room_id)
    uow.record(MemberLeft(left, user_id, removed_by))
    return left


def _require_member(tx: Reader, room_id: str, person: wire.User) -> Row[Any]:
    row = tx.first(select(members).where(members.c.room_id == room_id, members.c.user_id == person.id))
    if row is None:
        raise NotFound(f"{person.display_name} is not in this room.", field="user")
    return row


def _require_another_owner(tx: Reader, room: Record, user_id: str, otherwise: str) -> None:
    """The room of everybody is looked after by the server's moderators and admins."""
    others = _active_in(room.id).where(members.c.role == "owner", users.c.id != user_id)
    if room.slug != GENERAL and tx.first(others.limit(1)) is None:
        raise Conflict(otherwise, field="room")
