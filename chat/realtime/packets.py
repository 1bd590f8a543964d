"""What may come in below the events: checked before the Socket.IO libraries see it, because they would fail on it.

Clients send text frames only, and in them connect, disconnect and event packets only. An event packet that cannot be
read is answered like any bad input if it asks for an ack; everything else that is wrong ends in one log line.
"""

import io
import logging
from collections.abc import Callable, Iterable
from typing import Any

import orjson
from flask_socketio import SocketIO
from socketio.packet import CONNECT, DISCONNECT, EVENT, Packet

from chat.errors import InvalidInput, RoundtableError, TooLarge

MALFORMED = "malformed packet"  # the event name that stands for an event packet which is none
FRAME_TYPES = frozenset("12345")  # of Engine.IO, as a client may send them: close, ping, pong, message, upgrade
MAX_FRAMES = 16  # in the body of one poll, as Engine.IO has it
_RESERVED = ("connect", "disconnect", "*")  # these are the library's own: from a client they would reach our handlers
log = logging.getLogger(__name__)


class BadPacket(ValueError):
    """A packet that no client of ours sends and that cannot be answered."""


class StrictPacket(Packet):  # type: ignore[misc]  # the library has no types
    """A Socket.IO packet; text only in both directions."""

    uses_binary_events = False

    def decode(self, encoded_packet: str) -> int:
        try:
            super().decode(encoded_packet)
        except (ValueError, TypeError):
            if self.packet_type != EVENT or self.id is None:
                raise BadPacket from None
            self.data = [MALFORMED]
        if self.packet_type not in (CONNECT, DISCONNECT, EVENT):
            raise BadPacket
        if self.packet_type == EVENT and not _is_event(self.data):
            self.data = [MALFORMED]
        return 0  # no binary attachments


def _is_event(data: Any) -> bool:
    return isinstance(data, list) and bool(data) and isinstance(data[0], str) and data[0] not in _RESERVED


def check_packets(socketio: SocketIO) -> None:
    """Puts the check in front of the server's own handling of Socket.IO packets."""
    engine = socketio.server.eio
    handle: Callable[[str, Any], object] = engine.handlers["message"]

    def on_message(eio_sid: str, data: Any) -> None:
        try:
            if not isinstance(data, str) or not data:
                raise BadPacket
            handle(eio_sid, data)
        except BadPacket:
            log.info("a bad packet from %s is ignored", eio_sid)

    engine.handlers["message"] = on_message


def is_frame(frame: Any) -> bool:
    """Whether it is one of Engine.IO's, as a client may send them over a WebSocket."""
    return isinstance(frame, str) and frame[:1] in FRAME_TYPES and frame != ""


def only_good_polls(application: Any, max_bytes: int) -> Any:
    """The application for clients that send packets by HTTP: what Engine.IO cannot read is answered here.

    Engine.IO itself would wait for such a client to fetch its goodbye, for ever.
    """

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "POST" or not environ.get("PATH_INFO", "").startswith("/socket.io"):
            return application(environ, start_response)  # type: ignore[no-any-return]  # a WSGI application has no types
        try:
            body = _poll_body(environ, max_bytes)
        except RoundtableError as refusal:
            answer = orjson.dumps({"error": refusal.body().model_dump()})
            headers = [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))]
            start_response("400 BAD REQUEST", [*headers, ("Connection", "close")])
            return [answer]
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
        return application(environ, start_response)  # type: ignore[no-any-return]  # as above

    return serve


def _poll_body(environ: dict[str, Any], max_bytes: int) -> bytes:
    length = environ.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit()):
        raise InvalidInput("The Content-Length is not a number.")
    if int(length) > max_bytes:
        raise TooLarge(f"The body has {length} bytes; the most is {max_bytes}.")
    body: bytes = environ["wsgi.input"].read(int(length))
    try:
        frames = body.decode().split("\x1e")
    except UnicodeDecodeError:
        raise InvalidInput("The body is not UTF-8 text.") from None
    if len(frames) > MAX_FRAMES or not all(map(is_frame, frames)):
        raise InvalidInput("The body has packets that are none of Engine.IO's.")
    return body
