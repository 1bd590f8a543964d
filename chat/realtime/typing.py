"""Who is typing where, as the people who have the room open see it. Never stored: a sign is gone after five seconds."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from chat import events, wire
from chat.realtime.connections import Connection

RELAY_EVERY = 2.0  # seconds between two signs of one person in one room
EXPIRE_AFTER = 5.0  # seconds; clients take the sign away by themselves then


@dataclass(slots=True)
class _Sign:
    """What was relayed last and when (in seconds of the clock), and the socket that types."""

    user: wire.User
    sid: str
    relayed_at: float
    is_shown: bool = True


class Typing:
    """Remembers a sign until it expires, so it holds no more of them than there are people typing right now."""

    def __init__(self, tell: Callable[[events.Event], None], clock: Callable[[], float] = time.monotonic) -> None:
        """`tell` publishes an event."""
        self._tell, self._clock = tell, clock
        self._signs: dict[tuple[str, str], _Sign] = {}  # by room and person, the oldest first

    def begin(self, connection: Connection, room_id: str) -> None:
        """Shows that somebody types, unless that was relayed just now."""
        sign = self._find(room_id, connection.user.id)
        if sign is not None and self._clock() - sign.relayed_at < RELAY_EVERY:
            sign.sid = connection.sid
            return
        key = (room_id, connection.user.id)
        self._signs.pop(key, None)
        self._signs[key] = _Sign(connection.user, connection.sid, self._clock())
        self._relay(room_id, connection.user, is_typing=True, skip=connection.sid)

    def end(self, connection: Connection, room_id: str) -> None:
        """The socket types no longer or has closed the room. Another socket of the same person may still type."""
        sign = self._find(room_id, connection.user.id)
        if sign is not None and sign.sid == connection.sid:
            self._take_away(room_id, sign)

    def end_all(self, connection: Connection) -> None:
        """The socket has closed."""
        for room_id, user_id in list(self._signs):
            if user_id == connection.user.id:
                self.end(connection, room_id)

    def on_event(self, event: events.Event) -> None:
        match event:
            case events.MessagePosted(message):
                sign = self._signs.get((message.room, message.author.id))
                if sign is not None:
                    sign.is_shown = False  # clients take it away when they hear the message
            case events.MemberLeft(room, user_id):
                sign = self._find(room.id, user_id)
                if sign is not None:
                    self._take_away(room.id, sign)

    def __len__(self) -> int:
        return len(self._signs)

    def _find(self, room_id: str, user_id: str) -> _Sign | None:
        """Forgets what has expired first."""
        for key, sign in list(self._signs.items()):
            if self._clock() - sign.relayed_at < EXPIRE_AFTER:
                break
            self._signs.pop(key, None)
        return self._signs.get((room_id, user_id))

    def _take_away(self, room_id: str, sign: _Sign) -> None:
        if sign.is_shown:
            sign.is_shown = False
            self._relay(room_id, sign.user, is_typing=False, skip=sign.sid)

    def _relay(self, room_id: str, user: wire.User, *, is_typing: bool, skip: str) -> None:
        sign = wire.TypingEvent(room=room_id, user=user, is_typing=is_typing)
        self._tell(events.Typed(sign, skip))
