"""Who goes, who is taken out, and who owns a room: it is never left without an owner."""

from typing import Any

from sqlalchemy import Row, and_, delete, func, select, update

from chat import wire
from chat.db.prepared import Record
from chat.db.tables import members
from chat.db.unit_of_work import Database, Reader, UnitOfWork
from chat.domain.permissions import GENERAL
from chat.errors import Conflict, InvalidInput, NotFound
from chat.events import MemberChanged, MemberLeft
from chat.services.access import require_room
from chat.services.audit import note
from chat.services.people import get_person
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
        return _take_out(uow, room.id, user.id, None)


def remove_member(db: Database, user: wire.User, ref: str, removed: str) -> None:
    """Takes another person (id or user name) out of the room. Raises `NotFound` if they are not in it."""
    with db.write() as uow:
        room = require_room(uow, user.id, ref, "remove")
        person = get_person(uow, removed, with_deactivated=True)
        if person.id == user.id:
            raise InvalidInput("To go yourself, leave the room.", field="user")
        _require_member(uow, room.id, person)
        _take_out(uow, room.id, person.id, user)
        note(uow, "member_removed", person.id, person.username, f"from {room.name}")


def change_role(db: Database, user: wire.User, ref: str, changed: str, role: wire.MemberRole) -> None:
    """Makes a member (id or user name) an owner, or an owner a member again; what is so already is left alone.

    Raises `NotFound` if they are not in the room, `Conflict` for the only owner.
    """
    with db.write() as uow:
        room = require_room(uow, user.id, ref, "appoint")
        person = get_person(uow, changed)
        if _require_member(uow, room.id, person).role == role:
            return
        if role == "member":
            _require_another_owner(
                uow, room, person.id, "A room needs an owner. Make somebody else one first, then this can be changed."
            )
        inside = and_(members.c.room_id == room.id, members.c.user_id == person.id)
        given = update(members).where(inside).values(role=role)
        row = uow.execute(given.returning(members.c.role, members.c.furthest_read_seq)).one()
        note(uow, "owner_made" if role == "owner" else "owner_unmade", person.id, person.username, f"of {room.name}")
        uow.record(MemberChanged(room.id, member_view(person, row)))


def _take_out(uow: UnitOfWork, room_id: str, user_id: str, removed_by: wire.User | None) -> wire.Room:
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
    """The room of everybody is looked after by the server's admins."""
    others = and_(members.c.room_id == room.id, members.c.role == "owner", members.c.user_id != user_id)
    if room.slug != GENERAL and not tx.scalar(select(func.count()).where(others)):
        raise Conflict(otherwise, field="room")
