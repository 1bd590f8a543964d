"""What a client is shown when it opens a room, and catches up with it after an absence."""

from typing import Any

from cachetools import TTLCache

from chat import wire
from chat.db.unit_of_work import Database, Reader
from chat.jobs.live_replies import LiveReplies
from chat.realtime.presence import Presence
from chat.services import history, rooms
from chat.services.access import require_room
from chat.services.history import CatchUp
from chat.services.message_views import get_read_marks

CACHED = 32
CACHE_SECONDS = 5.0  # for how long a changed display name may be missing


class Opening:
    """After a restart everybody comes back at once and has missed the same: that is read and built once for all.

    What was missed depends on nothing but the room's last change, its reading marks and what the client knows.
    """

    def __init__(self, db: Database, presence: Presence, live: LiveReplies) -> None:
        self._db, self._presence, self._live = db, presence, live
        self._missed: TTLCache[object, CatchUp] = TTLCache(CACHED, CACHE_SECONDS)

    def show(self, user_id: str, room_id: str, ask: wire.JoinRoom) -> wire.JoinAnswer:
        """Raises `NotFound` or `NotAllowed` for whoever may not read it."""
        with self._db.read() as read:
            room = require_room(read, user_id, room_id, "read")
            missed = self._get_missed(read, room, ask)
            return wire.JoinAnswer(
                room=rooms.get_room_view(read, user_id, room_id),
                members=rooms.list_members(read, room_id, self._presence.of, limit=rooms.MEMBERS_SHOWN),
                member_count=rooms.count_members(read, room_id),
                seq=room.last_seq,
                rev=room.last_rev,
                messages=missed.messages,
                has_gap=missed.has_gap,
                active_replies=self._live.in_room(room_id),
            )

    def _get_missed(self, read: Reader, room: Any, ask: wire.JoinRoom) -> CatchUp:
        key = room.id, room.last_rev, get_read_marks(read, room.id), ask.after, ask.after_rev
        missed = self._missed.get(key)
        if missed is None:
            missed = self._missed[key] = history.list_missed(read, room, ask.after, ask.after_rev)
        return missed
