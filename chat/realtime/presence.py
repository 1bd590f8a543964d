"""Who is here. Somebody who reconnects within a few seconds was never gone.

What changes is told together a few times a second: when a thousand people come back at once, everybody hears of all of
them, and one by one that would be half a million packets.
"""

from chat import wire
from chat.background import Background
from chat.db.unit_of_work import Database, Reader
from chat.errors import NotStored
from chat.realtime.connections import Connection, Connections
from chat.realtime.elsewhere import Elsewhere
from chat.realtime.outlet import Outlet, room_channel
from chat.services import rooms

GRACE_SECONDS = 10.0
TELL_AFTER_SECONDS = 0.25


class Presence:
    """Counts sockets, not pages: a person is online with any socket that is, away if all are, offline without one."""

    def __init__(
        self,
        connections: Connections,
        outlet: Outlet,
        db: Database,
        background: Background,
        grace_seconds: float = GRACE_SECONDS,
        elsewhere: Elsewhere | None = None,
    ) -> None:
        """`elsewhere` knows whom the other processes of the server see."""
        self._connections, self._outlet, self._db = connections, outlet, db
        self._background, self._grace_seconds = background, grace_seconds
        self._elsewhere = elsewhere
        if elsewhere:
            elsewhere.on_change = self._note
        self.told_times = 0  # whoever saw `of` at an earlier one does not know what was told since
        self._told: dict[str, wire.PresenceStatus] = {}  # whoever is not in it is offline
        self._closings: dict[str, object] = {}  # the last time that a socket of somebody was closed
        self._news: dict[str, tuple[wire.User, wire.PresenceStatus]] = {}  # what is going to be told

    def came(self, user: wire.User) -> None:
        """Called when a socket has connected; it is online until it says otherwise."""
        self._note(user)

    def set_away(self, connection: Connection, is_away: bool) -> None:
        connection.is_away = is_away
        self._note(connection.user)

    def went(self, user: wire.User) -> None:
        """Called when a socket has closed. What that changes is told after the grace; each closing begins it anew."""
        closing = self._closings[user.id] = object()

        def settle() -> None:
            self._background.sleep(self._grace_seconds)
            if self._closings.get(user.id) is closing:
                del self._closings[user.id]
                self._note(user)

        self._background.spawn(settle)

    def of(self, user_id: str) -> wire.PresenceStatus:
        if user_id in self._news:
            return self._news[user_id][1]
        return self._told.get(user_id, "offline")

    def _note(self, user: wire.User) -> None:
        if not self._news:
            self._background.spawn(self._tell_later)
        self._news[user.id] = user, self._status_of(user.id)

    def _tell_later(self) -> None:
        self._background.sleep(TELL_AFTER_SECONDS)
        news, self._news = self._news, {}
        self.told_times += 1
        try:
            with self._db.read() as read:
                for user, status in news.values():
                    self._tell(read, user, status)
        except NotStored:  # whose rooms these are can be read later; so far those who are not told yet are as they were
            for user, _ in news.values():
                self._note(user)
            return
        if self._elsewhere:
            for user, _ in news.values():
                self._elsewhere.note_here(user, self._status_here(user.id))

    def _tell(self, read: Reader, user: wire.User, status: wire.PresenceStatus) -> None:
        if status == self._told.get(user.id, "offline"):
            return
        channels = [room_channel(room_id) for room_id in rooms.room_ids_of(read, user.id)]
        if status == "offline":
            del self._told[user.id]
        else:
            self._told[user.id] = status
        if channels:
            self._outlet.send(wire.PresenceEvent(user=user, status=status), to=channels)

    def _status_of(self, user_id: str) -> wire.PresenceStatus:
        here = self._status_here(user_id)
        return self._elsewhere.best_of(user_id, here) if self._elsewhere else here

    def _status_here(self, user_id: str) -> wire.PresenceStatus:
        sockets = self._connections.of_user(user_id)
        if not sockets:
            return "offline"
        return "away" if all(socket.is_away for socket in sockets) else "online"
