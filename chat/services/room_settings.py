"""What the owners of a room decide: its name and topic, who can see it, when which model answers, who may stop it."""

from sqlalchemy import update

from chat import wire
from chat.db.tables import rooms
from chat.db.unit_of_work import Database
from chat.domain.permissions import GENERAL
from chat.domain.text import clean_line, parse_line
from chat.errors import InvalidInput
from chat.events import RoomChanged
from chat.services.access import require_room
from chat.services.audit import note
from chat.services.room_views import get_room_view


def change_room(db: Database, user: wire.User, ref: str, wanted: wire.ChangeRoom) -> wire.Room:
    """Changes what is named in `wanted` and is not so already. The slug stays, and with it the room's address."""
    changes = wanted.model_dump(exclude_none=True)
    if "name" in changes:
        changes["name"] = parse_line(changes["name"], field="name")
    if "topic" in changes:
        changes["topic"] = clean_line(changes["topic"])
    with db.write() as uow:
        room = require_room(uow, user.id, ref, "change")
        changes = {name: value for name, value in changes.items() if value != getattr(room, name)}
        is_hidden = room.kind == "public" and changes.get("kind") == "private"
        if is_hidden and room.slug == GENERAL:
            raise InvalidInput("Everybody is in this room, so it stays public.", field="kind")
        if changes:
            uow.execute(update(rooms).where(rooms.c.id == room.id).values(changes))
            note(uow, "room_changed", room.id, room.name, ", ".join(changes))
            uow.record(RoomChanged(room.id, hidden_by=user if is_hidden else None))
        return get_room_view(uow, user.id, room.id)
