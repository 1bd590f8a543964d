"""Who is here. Somebody who reconnects within a few seconds was never away."""

from chat import wire
from chat.background import Background
from chat.db.unit_of_work import Database
from chat.realtime.connections import Connections
from chat.realtime.outlet import Outlet, room_channel
from chat.services import rooms

GRACE_SECONDS = 10.0


class Presence:
    """Counts sockets, not pages: a person with five tabs is online once."""

    def __init__(
        self,
        connections: Connections,
        outlet: Outlet,
        db: Database,
        background: Background,
    ) -> None:
        self._connections, self._outlet, self._db = connections, outlet, db
        self._background = background
        self._online: set[str] = set()

    def came(self, user: wire.User) -> None:
        if user.id not in self._online:
            self._online.add(user.id)
            self._tell(user, "online")

    def went(self, user: wire.User) -> None:
        """Called when a socket closes."""
        if not self._connections.is_online(user.id):
            self._background.spawn(lambda: self._leave_later(user))

    def _leave_later(self, user: wire.User) -> None:
        self._background.sleep(GRACE_SECONDS)
        if not self._connections.is_online(user.id) and user.id in self._online:
            self._online.discard(user.id)
            self._tell(user, "offline")

    def add_to(self, members: list[wire.Member]) -> list[wire.Member]:
        for member in members:
            member.presence = "online" if member.id in self._online else "offline"
        return members

    def _tell(self, user: wire.User, status: wire.PresenceStatus) -> None:
        with self._db.read() as read:
            channels = [room_channel(room_id) for room_id in rooms.room_ids_of(read, user.id)]
        if channels:
            self._outlet.send(wire.PresenceEvent(user=user, status=status), to=channels)
