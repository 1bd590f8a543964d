"""What the owners of a room decide: its name and topic, when which model answers, and who is no longer in it."""

from collections.abc import Iterable

from sqlalchemy import and_, delete, select, update

from chat import wire
from chat.db.tables import members, rooms
from chat.db.unit_of_work import Database, Reader
from chat.domain.text import clean_line, parse_line
from chat.errors import InvalidInput, NotFound
from chat.events import MemberLeft, RoomChanged
from chat.services.access import require_room
from chat.services.people import get_person
from chat.services.rooms import get_outside_view, get_room_view


def change_room(db: Database, user_id: str, ref: str, wanted: wire.ChangeRoom) -> wire.Room:
    """Changes what is named in `wanted`. The slug stays, and with it the room's address."""
    changes = wanted.model_dump(exclude_none=True)
    if "name" in changes:
        changes["name"] = parse_line(changes["name"], field="name")
    if "topic" in changes:
        changes["topic"] = clean_line(changes["topic"])
    with db.write() as uow:
        room = require_room(uow, user_id, ref, "change")
        if changes:
            uow.execute(update(rooms).where(rooms.c.id == room.id).values(changes))
            uow.record(RoomChanged(room.id))
        return get_room_view(uow, user_id, room.id)


def remove_member(db: Database, user_id: str, ref: str, removed: str) -> None:
    """Takes another person (id or user name) out of the room. Raises `NotFound` if they are not in it."""
    with db.write() as uow:
        room = require_room(uow, user_id, ref, "remove")
        person = get_person(uow, removed)
        if person.id == user_id:
            raise InvalidInput("To go yourself, leave the room.", field="user")
        inside = and_(members.c.room_id == room.id, members.c.user_id == person.id)
        if uow.first(select(members.c.role).where(inside)) is None:
            raise NotFound(f"{person.display_name} is not in this room.", field="user")
        uow.execute(delete(members).where(inside))
        uow.record(MemberLeft(get_outside_view(uow, room.id), person.id))


def views_of(tx: Reader, room_id: str, user_ids: Iterable[str]) -> dict[str, wire.Room]:
    """The room as each of these people sees it, without those who may not see it."""
    views = {}
    for user_id in user_ids:
        try:
            views[user_id] = get_room_view(tx, user_id, room_id)
        except NotFound:
            continue
    return views
