"""The end of a room: put into the archive and taken out of it, or deleted for good."""

from sqlalchemy import delete, select, update

from chat import wire
from chat.db.tables import agents, jobs, members, messages, room_agents, room_memories, rooms
from chat.db.unit_of_work import Database
from chat.domain.permissions import GENERAL, may_delete_room
from chat.errors import NotAllowed
from chat.events import RoomChanged, RoomDeleted
from chat.services.access import is_admin_now, require_room
from chat.services.audit import note
from chat.services.hook_endings import retire_hooks
from chat.services.room_views import get_outside_view, get_room_view

PIECE = 50  # messages, with all that hangs on them, between which others may write


def archive_room(db: Database, user_id: str, ref: str, *, is_archived: bool) -> wire.Room:
    """Keeps a room as it is, for reading only, or takes it into use again; what is so already is left alone."""
    with db.write() as uow:
        room = require_room(uow, user_id, ref, "archive")
        if room.slug == GENERAL:
            raise NotAllowed("Everybody is in this room, so it stays open.", field="room")
        if is_archived != (room.archived_at is not None):
            at = uow.now if is_archived else None
            uow.execute(update(rooms).where(rooms.c.id == room.id).values(archived_at=at))
            note(uow, "room_archived" if is_archived else "room_reopened", room.id, room.name)
            uow.record(RoomChanged(room.id))
        return get_room_view(uow, user_id, room.id)


def delete_room(db: Database, user: wire.User, ref: str) -> None:
    """Nobody sees the room from here on, and its name is free; `clear_deleted` takes what was said in it away."""
    with db.write() as uow:
        room = require_room(uow, user.id, ref, "see")
        if not may_delete_room(room.kind, room.slug, room.role, is_admin=is_admin_now(uow, user.id)):
            raise NotAllowed("Only an owner of the room or an admin can delete it.", field="room")
        note(uow, "room_deleted", room.id, "" if room.kind == "direct" else room.name, room.kind)
        uow.record(RoomDeleted(get_outside_view(uow, room.id), user))
        retire_hooks(uow, room.id)
        emptied = {"kind": "private", "slug": f"deleted-{room.id}", "deleted_at": uow.now}
        uow.execute(update(rooms).where(rooms.c.id == room.id).values(emptied))
        for table in (members, jobs, room_agents, agents, room_memories):
            uow.execute(delete(table).where(table.c.room_id == room.id))


def clear_deleted(db: Database) -> bool:
    """Takes the next piece of a deleted room out of the database; False once nothing is left of any."""
    with db.write() as uow:
        room_id = uow.scalar(select(rooms.c.id).where(rooms.c.deleted_at.is_not(None)).limit(1))
        if room_id is None:
            return False
        piece = select(messages.c.id).where(messages.c.room_id == room_id).order_by(messages.c.seq).limit(PIECE)
        if not uow.execute(delete(messages).where(messages.c.id.in_(piece))).rowcount:
            uow.execute(delete(rooms).where(rooms.c.id == room_id))
    return True
