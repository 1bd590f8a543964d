"""Rooms of which a member does not want to hear, but where they are named."""

from sqlalchemy import update

from chat.db.tables import members
from chat.db.unit_of_work import Database
from chat.events import RoomMuted
from chat.services.access import require_room
from chat.services.room_views import get_room_view


def mute_room(db: Database, user_id: str, ref: str, *, is_muted: bool) -> None:
    """Nobody else learns of it; what is so already is left alone."""
    with db.write() as uow:
        room = require_room(uow, user_id, ref, "read")
        mine = (members.c.room_id == room.id) & (members.c.user_id == user_id) & (members.c.is_muted != is_muted)
        if uow.execute(update(members).where(mine).values(is_muted=is_muted)).rowcount:
            uow.record(RoomMuted(user_id, get_room_view(uow, user_id, room.id)))
