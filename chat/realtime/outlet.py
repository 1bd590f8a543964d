"""The one way out to sockets. Sends wire values under their event names, from the event loop only."""

from flask_socketio import SocketIO

from chat.realtime.runtime import Runtime
from chat.wire import Out


def room_channel(room_id: str) -> str:
    """All sockets of a room's members: messages, statuses, unread counts."""
    return f"room:{room_id}"


def open_channel(room_id: str) -> str:
    """The sockets that show the room now: growing text, typing."""
    return f"open:{room_id}"


BROWSERS = "browsers"  # the sockets of all who see public rooms that they are not in: of everybody but guests


def user_channel(user_id: str) -> str:
    """All sockets of one person."""
    return f"user:{user_id}"


class Outlet:
    def __init__(self, socketio: SocketIO, runtime: Runtime) -> None:
        self._server = socketio.server
        self._runtime = runtime

    def send(self, payload: Out, to: str | list[str] | None, skip: str | None = None) -> None:
        """To a channel, a socket id, several channels (each socket once), or with None to everybody."""
        self._runtime.require_loop()
        if to is not None and not self._is_anybody_in(to):  # so it is with most of what other processes tell
            return
        data = payload.model_dump()
        self._server.emit(data["type"], data, to=to, skip_sid=skip)

    def _is_anybody_in(self, channels: str | list[str]) -> bool:
        used = self._server.manager.rooms.get("/", {})
        return channels in used if isinstance(channels, str) else any(channel in used for channel in channels)

    def enter(self, sid: str, channel: str) -> None:
        self._server.enter_room(sid, channel)

    def leave(self, sid: str, channel: str) -> None:
        self._server.leave_room(sid, channel)

    def channels_of(self, sid: str) -> list[str]:
        return list(self._server.rooms(sid))

    def close(self, channel: str) -> None:
        """Takes every socket out of a channel."""
        self._server.close_room(channel)

    def disconnect(self, sid: str) -> None:
        self._server.disconnect(sid)
