"""The fast way out to many WebSockets, on eventlet. `REALTIME_FAST_PATH=off` leaves everything to the libraries.

Socket.IO and Engine.IO put every packet for every client into that client's queue, from which a green thread of its own
encodes and writes it: two switches and one encoding for each delivery. Here

1. a broadcast is encoded to the bytes of its WebSocket frame once, whoever hears it;
2. nothing is written during a turn of the event loop: frames are gathered for each client, and at the end of the turn
   go out by one `send` each, so that messages which were committed together cost one system call per client;
3. the socket is non-blocking, and what it does not take at once is held, within bounds, for a green thread that exists
   only as long as there is something to hold;
4. one task pings everybody, instead of a green thread per client; and frames are read by `frames`.

Everything else (sign-in, rooms, acks, polling, upgrades from polling) is the libraries' as before.
"""

import logging
import time
from collections import deque
from contextlib import suppress
from typing import Any

from engineio.exceptions import UnknownPacketError
from engineio.packet import MESSAGE, Packet
from eventlet import sleep, spawn_n
from eventlet.hubs import get_hub
from flask_socketio import SocketIO
from socketio import Manager
from socketio.packet import EVENT

from chat.realtime.frames import (
    CLOSE,
    NORMAL,
    NOT_TEXT,
    NOT_UTF8,
    PING,
    PONG,
    TEXT,
    BadFrame,
    FrameReader,
    build_frame,
    close_frame,
)
from chat.realtime.packets import is_frame
from chat.realtime.runtime import input_waits
from chat.realtime.sockets import MAX_BYTES, MAX_PACKETS, BoundedSocket, outgoing

READ_BYTES = 16_384
PIECE = 16  # clients to whom is written before looking whether somebody waits, and in a large room
PIECES = 16  # at most: so many turns of the loop may pass until everybody has heard
TURNS = 20  # messages of one client in a row, before the others have a turn
PING_SWEEP_SECONDS = 1.0
GOODBYE_SECONDS = 5.0  # for the last packets of a connection that the server ends
_PING = build_frame(b"2")
_NOTHING: deque[bytes] = deque()  # shared: an own one would cost every connection 600 bytes
log = logging.getLogger(__name__)


class _Turn:
    """The clients for whom something was gathered in this turn of the event loop."""

    def __init__(self) -> None:
        self._due: deque[FastSocket] = deque()
        self._first: list[FastSocket] = []
        self._is_scheduled = False

    def hurry(self, socket: "FastSocket") -> None:
        """Flushes it before the others: whoever waits for an ack goes on while the room is being told."""
        self._first.append(socket)

    def due(self) -> "deque[FastSocket]":
        """Whoever is put into it now is flushed at the end of the turn."""
        if not self._is_scheduled:
            self._schedule()
        return self._due

    def _schedule(self) -> None:
        self._is_scheduled = True
        get_hub().schedule_call_global(0, self._flush)

    def _flush(self) -> None:
        """Stops as soon as somebody else waits, and goes on after him: whoever is left then hears both in one send."""
        self._is_scheduled = False
        first, self._first = self._first, []
        for socket in first:
            socket.flush()
        piece = max(PIECE, len(self._due) // PIECES)
        while self._due:
            for _ in range(min(len(self._due), piece)):
                self._due.popleft().flush()
            if self._due and input_waits():
                self._schedule()
                return


_turn = _Turn()


class _NoQueue:
    """In the place of Engine.IO's queue, where only its own writing thread would look."""

    def put(self, _packet: object) -> None:
        return


class FastSocket(BoundedSocket):
    """One WebSocket. Until its handshake is over it queues like any other."""

    is_open = False  # from the handshake to the end

    def _websocket_handler(self, ws: Any) -> list[bytes]:
        self._open(ws)
        try:
            self._read_all(FrameReader(self.server.max_http_buffer_size))
        except BadFrame as bad:
            log.info("connection %s is closed with code %d", self.sid, bad.code)
            self.push(close_frame(bad.code))
        except OSError as problem:
            log.debug("connection %s is gone: %s", self.sid, problem)
        self.flush()
        self.close(abort=True, reason=self.server.reason.TRANSPORT_CLOSE)
        self.is_open = False
        ws.websocket_closed = True  # so that eventlet does not send a close frame of its own
        return []

    def _open(self, ws: Any) -> None:
        self.websocket, self.connected, self.upgraded = ws, True, True
        self.gathered: list[bytes] = []
        self._held = _NOTHING
        self._held_bytes = 0
        self._send = ws.socket.fd.send  # the real socket under the green one, non-blocking
        ws.socket.settimeout(None)  # who is silent for too long is found by `ping`
        self._heard_at, self._is_pinged = time.monotonic(), False
        earlier = self.__dict__["queue"]
        self.queue = _NoQueue()
        self.is_open = True
        while not earlier.empty():
            self.send(earlier.get(block=False))

    def _read_all(self, reader: FrameReader) -> None:
        receive, taken = self.websocket.socket.recv, 0
        while not self.closed and (data := receive(READ_BYTES)):
            for opcode, payload in reader.feed(data):
                self._take(opcode, payload)
                taken += 1
                if taken % TURNS == 0:
                    self.server.sleep(0)

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == TEXT:
            self._take_text(payload)
        elif opcode == PING:
            self.push(build_frame(payload, PONG))
        elif opcode == CLOSE:
            raise BadFrame(NORMAL)  # not bad at all, but the end
        elif opcode != PONG:
            raise BadFrame(NOT_TEXT)

    def _take_text(self, payload: bytes) -> None:
        try:
            text = payload.decode()
        except UnicodeDecodeError:
            raise BadFrame(NOT_UTF8) from None
        if not is_frame(text):
            raise BadFrame(NOT_TEXT)
        with suppress(UnknownPacketError):  # a server's packet from a client, which means nothing
            self.receive(Packet(encoded_packet=text))

    def send(self, pkt: Packet) -> None:
        if self.websocket is None:
            super().send(pkt)
        else:
            self.push(build_frame(pkt.encode().encode()))
            _turn.hurry(self)

    def push(self, frame: bytes) -> None:
        """Sends a whole frame at the end of this turn; after the end of the connection, nothing."""
        if not self.gathered:
            _turn.due().append(self)
        self.gathered.append(frame)

    def flush(self) -> None:
        frames, self.gathered = self.gathered, []
        if not frames or not self.is_open:
            return
        outgoing.packets += len(frames)
        if self._held:
            self._hold(frames)
            return
        data = frames[0] if len(frames) == 1 else b"".join(frames)
        try:
            sent = self._send(data)
        except BlockingIOError:
            sent = 0
        except OSError:  # the reader hears of it, too, and ends the connection
            return
        if sent < len(data):
            self._hold([data[sent:]])

    def _hold(self, frames: list[bytes]) -> None:
        """Keeps what the client's system does not take now. All that is held is shared with others where it can be."""
        if self._held and (self._held_bytes > MAX_BYTES or len(self._held) > MAX_PACKETS):
            self.is_open = False
            spawn_n(self.drop)
            return
        if not self._held:
            self._held = deque()
            spawn_n(self._send_held)
        self._held.extend(frames)
        self._held_bytes += sum(map(len, frames))

    def _send_held(self) -> None:
        try:
            while self._held and self.is_open:
                self.websocket.socket.sendall(self._held[0])
                self._held_bytes -= len(self._held.popleft())
        except OSError:
            self.drop()

    def close(self, wait: bool = True, abort: bool = False, reason: Any = None) -> None:
        """Unless it is to `abort`, the client is sent what was said before, and the connection ends then."""
        is_first = not self.closed
        super().close(wait=False, abort=abort, reason=reason)
        if is_first and not abort and self.is_open:
            spawn_n(self._part)

    def _part(self) -> None:
        self.push(close_frame(NORMAL))
        self.flush()
        give_up = time.monotonic() + GOODBYE_SECONDS
        while self._held and time.monotonic() < give_up:
            sleep(0.05)
        self.hang_up()

    def schedule_ping(self) -> None:
        """Called by Engine.IO when a connection begins and at every pong."""
        self.last_ping = None  # or the library would look after it, too
        self._heard_at, self._is_pinged = time.monotonic(), False

    def ping(self, now: float) -> None:
        """Asks whether the client is still there; ends the connection if it did not answer the last time."""
        silent = now - self._heard_at
        if silent > self.server.ping_interval + self.server.ping_timeout:
            self.close(abort=True, reason=self.server.reason.PING_TIMEOUT)
        elif silent > self.server.ping_interval and not self._is_pinged:
            self._is_pinged = True
            self.push(_PING)


class FastManager(Manager):  # type: ignore[misc]  # the library has no types
    """Who is in which channel, as before; only how a broadcast goes out to them is different."""

    def emit(self, event: str, data: Any, namespace: str, room: Any = None, **options: Any) -> None:
        """As the library's, for one argument and without a callback, which nobody uses here."""
        packet = self.server.packet_class(EVENT, namespace=namespace, data=[event, data]).encode()
        frame, queued = build_frame(b"4" + packet.encode()), Packet(MESSAGE, packet)
        find, skipped, due = self.server.eio.sockets.get, options.get("skip_sid"), _turn.due()
        for sid, eio_sid in self.get_participants(namespace, options.get("to") or room):
            socket = find(eio_sid)
            if sid == skipped or socket is None:
                continue
            if type(socket) is FastSocket:  # as `push` does it, without the calls
                if not socket.gathered:
                    due.append(socket)
                socket.gathered.append(frame)
            else:
                socket.send(queued)


def ping_all(socketio: SocketIO) -> None:
    """To be called every `PING_SWEEP_SECONDS`."""
    now = time.monotonic()
    for socket in list(socketio.server.eio.sockets.values()):
        if isinstance(socket, FastSocket) and socket.is_open:
            socket.ping(now)
