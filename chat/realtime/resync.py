"""Makes right what sockets hear after something that other processes told was missed: whatever it was, the database
knows how it is now."""

import threading
import time
from dataclasses import dataclass, field

from chat.background import Background
from chat.domain.permissions import may_browse
from chat.errors import NotStored
from chat.realtime.connections import Connection
from chat.realtime.elsewhere import Elsewhere
from chat.realtime.gateway import Gateway
from chat.realtime.outlet import BROWSERS, open_channel, room_channel
from chat.realtime.room_order import RoomOrder
from chat.services import rooms
from chat.services.people import get_account, user_of

GATHER_SECONDS = 0.5  # what is missed in between is made right together
PAUSE_SECONDS = 5.0  # between two times
CUT_SECONDS = 10.0  # while nothing is told: how long somebody who was taken out may go on hearing


@dataclass
class Resync:
    gateway: Gateway
    order: RoomOrder
    elsewhere: Elsewhere
    background: Background
    _is_due: bool = False
    _done_at: float = -PAUSE_SECONDS
    _working: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> None:
        """Returns at once."""
        if not self._is_due:
            self._is_due = True
            self.background.spawn(self._run)

    def _run(self) -> None:
        self.background.sleep(GATHER_SECONDS)
        with self._working:
            self.background.sleep(max(0.0, self._done_at + PAUSE_SECONDS - time.monotonic()))
            self._is_due = False  # what is missed from now on may not be in what is read now
            try:
                self._make_right()
            except NotStored:  # the database is away as well: when it is back, what we know is still not right
                self.begin()
            self._done_at = time.monotonic()

    def _make_right(self) -> None:
        self.elsewhere.ask()
        self.order.look()
        for connection in self.gateway.connections.all():
            if self._cut(connection):
                self.gateway.greet(connection)
            self.background.sleep(0)  # a thousand of them in a row would stop everybody

    def cut_all(self) -> None:
        """Ends what has no sign-in any more, and lets nobody hear a room that they are not in."""
        for connection in self.gateway.connections.all():
            self._cut(connection)
            self.background.sleep(0)

    def _cut(self, connection: Connection) -> bool:
        """False if the socket was ended."""
        if not self.gateway.sign_ins.is_valid(connection.principal):
            self.gateway.outlet.disconnect(connection.sid)
            return False
        self._correct_channels(connection)
        return True

    def _correct_channels(self, connection: Connection) -> None:
        outlet = self.gateway.outlet
        with self.gateway.db.read() as read:
            room_ids = set(rooms.room_ids_of(read, connection.user.id))
            user = user_of(get_account(read, connection.user.id))
        self.gateway.connections.rename(user)
        (outlet.enter if may_browse(user.role) else outlet.leave)(connection.sid, BROWSERS)
        heard, may_hear = set(outlet.channels_of(connection.sid)), {room_channel(room_id) for room_id in room_ids}
        for channel in may_hear - heard:
            outlet.enter(connection.sid, channel)
        for channel in heard - may_hear:
            if channel.startswith(room_channel("")):
                outlet.leave(connection.sid, channel)
        for room_id in connection.open_rooms - room_ids:
            connection.open_rooms.discard(room_id)
            outlet.leave(connection.sid, open_channel(room_id))
