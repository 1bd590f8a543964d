"""Engine.IO's sockets with bounds: what a client does not fetch must not fill the memory, nor make anybody wait."""

import logging
import socket
import threading
from contextlib import suppress
from typing import Any

from engineio.packet import Packet
from engineio.socket import Socket
from flask_socketio import SocketIO

from chat.realtime.packets import is_frame

MAX_PACKETS = 2_000  # that wait for one client: more than a minute of a streaming reply
MAX_BYTES = 4_000_000
log = logging.getLogger(__name__)


class _Sent:
    """By this process since its start; the numbers of `meters.Traffic`."""

    packets = 0
    dropped = 0


outgoing = _Sent()


class BoundedSocket(Socket):  # type: ignore[misc]  # the library has no types
    """Closed when more waits for its client than the bounds allow; the client comes back and catches up.

    A single packet may be of any size, or a client could never read a long history.
    """

    waiting_bytes = 0
    websocket: Any = None

    def send(self, pkt: Packet) -> None:
        size = len(pkt.data or "")
        if self.waiting_bytes and (self.waiting_bytes + size > MAX_BYTES or self.queue.qsize() >= MAX_PACKETS):
            self.drop()
            return
        self.waiting_bytes += size
        outgoing.packets += 1
        super().send(pkt)

    def poll(self) -> list[Packet]:
        packets: list[Packet] = super().poll()
        self.waiting_bytes = max(0, self.waiting_bytes - sum(len(packet.data or "") for packet in packets))
        return packets

    def drop(self) -> None:
        """Ends the connection of a client that does not read."""
        if self.closed:
            return
        outgoing.dropped += 1
        log.warning("connection %s is too slow and is closed; it may come back", self.sid)
        self.close(wait=False, abort=True)

    def close(self, wait: bool = True, abort: bool = False, reason: Any = None) -> None:
        """Never waits, whatever the library asks: the client may take its time to read."""
        super().close(wait=False, abort=abort, reason=reason)
        if abort:
            self.hang_up()

    def hang_up(self) -> None:
        """Ends the TCP connection, which also wakes whoever reads from it or writes to it."""
        if self.websocket is not None:
            hang_up(self.websocket)

    def _websocket_handler(self, ws: Any) -> Any:
        self.websocket = ws
        if hasattr(ws, "ws"):  # simple-websocket's
            mend(ws.ws, self.server.max_http_buffer_size)
        return super()._websocket_handler(_CheckedWebSocket(ws))


def mend(websocket: Any, max_bytes: int) -> None:
    """What simple-websocket is not told by Engine.IO, and does not do by itself."""
    websocket.max_message_size = max_bytes  # or it would gather any number of parts
    websocket.sock = _WholeSends(websocket.sock)


class _WholeSends:
    """The socket of one WebSocket: every frame goes out whole and by itself, and the end is the connection's.

    simple-websocket sends once and trusts that all was taken, which on an event loop is as much as fits in the system's
    buffer; it sends from two threads; and it closes its own copy of the socket only, which no client notices.
    """

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._sending = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def send(self, data: bytes) -> None:
        with self._sending:
            self._connection.sendall(data)

    def close(self) -> None:
        with suppress(OSError):  # the client was first
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()


class _CheckedWebSocket:
    """A WebSocket whose connection ends in order at a frame that is none of Engine.IO's."""

    def __init__(self, websocket: Any) -> None:
        self._websocket = websocket

    def __getattr__(self, name: str) -> Any:
        return getattr(self._websocket, name)

    def wait(self) -> str | None:
        """The next frame; None, as when the client has closed, at one that cannot be read."""
        frame = self._websocket.wait()
        if frame is None or is_frame(frame):
            return frame  # type: ignore[no-any-return]  # a str, as `is_frame` has found
        log.info("a frame that is none of Engine.IO's; the connection is closed")
        return None

    def close(self) -> None:
        with suppress(OSError):  # the client was first
            self._websocket.close()


def hang_up(websocket: Any) -> None:
    """`websocket` is eventlet's, with the socket in it, or simple-websocket's, with the socket one deeper."""
    connection = getattr(websocket, "socket", None) or websocket.ws.sock
    with suppress(OSError):  # it is gone already
        connection.shutdown(socket.SHUT_RDWR)


def adopt_sockets(socketio: SocketIO, for_websockets: type[BoundedSocket] = BoundedSocket) -> None:
    """Makes every new connection a `BoundedSocket`, or of the given kind when it begins as a WebSocket.

    Engine.IO has no setting for the class of its sockets, but the first thing it does with a new one is this event.
    """
    engine = socketio.server.eio
    on_connect = engine.handlers["connect"]

    def adopt(eio_sid: str, environ: dict[str, Any]) -> Any:
        is_websocket = environ.get("HTTP_UPGRADE", "").lower() == "websocket"
        engine.sockets[eio_sid].__class__ = for_websockets if is_websocket else BoundedSocket
        return on_connect(eio_sid, environ)

    engine.handlers["connect"] = adopt
