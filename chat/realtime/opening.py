"""What a client is shown when it opens a room, and catches up with it after an absence."""

from typing import Any

from cachetools import TTLCache

from chat import events, wire
from chat.db.unit_of_work import Database, Reader
from chat.domain.read_marks import ReadMarks
from chat.jobs.live_replies import LiveReplies
from chat.realtime.heard_replies import HeardReplies
from chat.realtime.presence import Presence
from chat.services import history, rooms
from chat.services.access import require_room
from chat.services.agents import list_room_agents
from chat.services.history import CatchUp
from chat.services.message_views import get_read_marks
from chat.services.room_views import get_room_view

CACHED = 32
CACHE_SECONDS = 5.0
MEMBERS_CACHE_SECONDS = 0.5  # for how long a mark below the highest ones may be missing


class Opening:
    """After a restart everybody comes back at once and has missed the same: that is read and built once for all.

    What was missed depends on nothing but the room's last change, its reading marks and what the client knows. Who is
    in a large room is as it was when presence was told the last time: what changed since is going to be told, and the
    newcomer's socket hears the room already.
    """

    def __init__(self, db: Database, presence: Presence, live: LiveReplies, heard: HeardReplies) -> None:
        self._db, self._presence, self._live, self._heard = db, presence, live, heard
        self._missed: TTLCache[object, CatchUp] = TTLCache(CACHED, CACHE_SECONDS)
        self._members: TTLCache[object, list[wire.Member]] = TTLCache(CACHED, MEMBERS_CACHE_SECONDS)

    def show(self, user_id: str, room_id: str, ask: wire.JoinRoom) -> wire.JoinAnswer:
        """Raises `NotFound` or `NotAllowed` for whoever may not read it."""
        with self._db.read() as read:
            room = require_room(read, user_id, room_id, "read")
            marks, member_count = get_read_marks(read, room.id), rooms.count_members(read, room_id)
            missed = self._get_missed(read, room, marks, ask)
            return wire.JoinAnswer(
                room=get_room_view(read, user_id, room_id),
                members=self._get_members(read, room_id, marks, member_count),
                member_count=member_count,
                agents=list_room_agents(read, room_id),
                seq=room.last_seq,
                rev=room.last_rev,
                messages=missed.messages,
                has_gap=missed.has_gap,
                active_replies=[*self._live.in_room(room_id), *self._heard.in_room(read, room_id)],
            )

    def on_event(self, event: events.Event) -> None:
        """One who left and one who came would leave their number the same, and so does another role or name."""
        if isinstance(event, events.MemberLeft | events.MemberChanged | events.PersonChanged):
            self._members.clear()
        if isinstance(event, events.PersonChanged):
            self._missed.clear()

    def _get_members(self, read: Reader, room_id: str, marks: ReadMarks, count: int) -> list[wire.Member]:
        if count <= rooms.MEMBERS_SHOWN:
            return self._list_members(read, room_id)
        key = room_id, count, marks, self._presence.told_times
        members = self._members.get(key)
        if members is None:
            members = self._members[key] = self._list_members(read, room_id)
        return members

    def _list_members(self, read: Reader, room_id: str) -> list[wire.Member]:
        return rooms.list_members(read, room_id, self._presence.of, limit=rooms.MEMBERS_SHOWN)

    def _get_missed(self, read: Reader, room: Any, marks: ReadMarks, ask: wire.JoinRoom) -> CatchUp:
        key = room.id, room.last_rev, marks, ask.after, ask.after_rev
        missed = self._missed.get(key)
        if missed is None:
            missed = self._missed[key] = history.list_missed(read, room, ask.after, ask.after_rev)
        return missed
