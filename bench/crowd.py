"""Many members on one thread: raw WebSockets that cost little, so that the server is what is measured."""

import selectors
import socket
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from bench.frames import bounds, event_frame, text_frame, upgrade_request
from bench.servers import Served

MESSAGE = b'42["message",'
PONG = text_frame(b"3")
SIGN_IN = text_frame(b"40")
BUFFER = memoryview(bytearray(262_144))  # one for all: to allocate so much for every read would cost more than the read
PATIENCE = 120.0  # seconds for anything that has to happen
PATIENT_EVERY = 0.005  # seconds
AT_ONCE = 50  # connections on their way at the same time

Listener = Callable[[bytes], None]


class Refused(Exception):
    """A server did something else than what is measured; the text is what it said."""


class Loop:
    """Waits for all sockets of all crowds, so that the members of a server that is not being measured answer pings.

    Sockets in `prompt` are read at once, those in `patient` every few milliseconds. On a network, too, a write does not
    wake the client on the server's own machine: where nobody waits, both sending and reading cost less.
    """

    def __init__(self) -> None:
        self.prompt, self.patient = selectors.DefaultSelector(), selectors.DefaultSelector()
        self._read_patient_at = 0.0

    def turn(self, timeout: float) -> None:
        """Reads what has come, after waiting up to `timeout` seconds, or `PATIENT_EVERY`, for something prompt."""
        for key, _ in self.prompt.select(min(timeout, PATIENT_EVERY)):
            key.data()
        if time.perf_counter() >= self._read_patient_at:
            for key, _ in self.patient.select(0):
                key.data()
            self._read_patient_at = time.perf_counter() + PATIENT_EVERY

    def until(self, done: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Turns until `done()`. Raises `Refused` after `seconds`."""
        give_up = time.perf_counter() + seconds
        while not done():
            if time.perf_counter() > give_up:
                raise Refused(f"nothing came of it within {seconds:g} s")
            self.turn(0.1)


class Member:
    """One WebSocket. `messages` counts; `listener` gets every event's payload, messages included."""

    def __init__(self, address: tuple[str, int], request: bytes, loop: Loop) -> None:
        self.messages = 0
        self.is_ready = False
        self.on_ready: Callable[[], None] | None = None
        self.listener: Listener | None = None
        self._request: bytes | None = request
        self._rest = b""
        self._acks: dict[int, Listener] = {}
        self._last_number = 0
        self._loop, self._selector = loop, loop.prompt
        self._socket = socket.socket()
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.connect_ex(address)
        self._selector.register(self._socket, selectors.EVENT_WRITE, self._connected)

    def call(self, event: str, data: dict[str, Any], then: Listener) -> None:
        """Sends an event; `then` gets its ack."""
        self._last_number += 1
        self._acks[self._last_number] = then
        self._send(event_frame(self._last_number, event, data))

    @property
    def is_idle(self) -> bool:
        """Whether it is signed in and nothing that it asked is still unanswered."""
        return self.is_ready and not self._acks

    def set_prompt(self, is_prompt: bool) -> None:
        """Whether it is read at once; a new member is, until told otherwise."""
        wanted = self._loop.prompt if is_prompt else self._loop.patient
        if wanted is not self._selector:
            self._selector.unregister(self._socket)
            self._selector = wanted
            self._selector.register(self._socket, selectors.EVENT_READ, self._read)

    def close(self) -> None:
        self._selector.unregister(self._socket)
        self._socket.close()

    def _send(self, frame: bytes) -> None:
        if self._socket.send(frame) != len(frame):
            raise Refused("the server does not read")

    def _connected(self) -> None:
        assert self._request
        self._send(self._request)
        self._selector.modify(self._socket, selectors.EVENT_READ, self._read)

    def _read(self) -> None:
        size = self._socket.recv_into(BUFFER)
        if not size:
            raise Refused("the server has closed a connection")
        data = self._rest + BUFFER[:size]
        if self._request:
            head, end, rest = data.partition(b"\r\n\r\n")
            if not end:
                self._rest = data
                return
            self._upgraded(head)
            data = rest
        read = 0
        for start, read in bounds(data):
            if data.startswith(MESSAGE, start):
                self.messages += 1
                if self.listener:
                    self.listener(data[start:read])
            else:
                self._heard(data[start:read])
        self._rest = data[read:]

    def _upgraded(self, head: bytes) -> None:
        if not head.startswith(b"HTTP/1.1 101") or b"sec-websocket-extensions" in head.lower():
            raise Refused(head.decode(errors="replace"))
        self._request = None

    def _heard(self, payload: bytes) -> None:
        if payload == b"2":
            self._send(PONG)
        elif payload.startswith(b"43"):
            number, _, answer = payload[2:].partition(b"[")
            if b'"ok":true' not in answer:
                raise Refused(answer.decode())
            self._acks.pop(int(number))(answer)
        elif payload.startswith(b"42"):
            if self.listener:
                self.listener(payload)
        elif payload.startswith(b"0{"):
            self._send(SIGN_IN)
        elif payload.startswith(b"40"):
            self.is_ready = True
            if self.on_ready:
                self.on_ready()
        else:
            raise Refused(payload.decode(errors="replace"))


class Crowd:
    """The members on one server, all in one room; a context manager that hangs up at the end."""

    def __init__(self, loop: Loop, server: Served) -> None:
        self.loop, self.server = loop, server
        self.members: list[Member] = []
        parts = urlsplit(server.url)
        self._address = (parts.hostname or "", parts.port or 80)
        self._host = parts.netloc

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.close()

    def begin(self, offers_deflate: bool = False) -> Member:
        """One more member, whose connection is on its way."""
        self.members.append(self.open(len(self.members), offers_deflate))
        return self.members[-1]

    def open(self, person: int, offers_deflate: bool = False) -> Member:
        """A socket of the person with that number; whoever asks for it keeps it."""
        cookies = self.server.cookies
        cookie = cookies[person] if cookies else ""
        return Member(self._address, upgrade_request(self._host, cookie, offers_deflate), self.loop)

    def connect(self, count: int, offers_deflate: bool = False) -> list[Member]:
        """So many more members, signed in; they are in no room yet."""
        new: list[Member] = []
        while len(new) < count:
            new.append(self.begin(offers_deflate))
            self.loop.until(lambda: sum(not member.is_ready for member in new[-AT_ONCE:]) < AT_ONCE)
        self.loop.until(lambda: all(member.is_ready for member in new))
        return new

    def join(self, members: Sequence[Member], **known: int) -> None:
        """Opens the room on each of them; `known` is what they have seen of it (`after`, `after_rev`)."""
        answered: list[bytes] = []
        for sent, member in enumerate(members):
            self.loop.until(lambda sent=sent: sent - len(answered) < AT_ONCE)  # type: ignore[misc]  # a default argument
            member.call("join_room", {"room": self.server.room, **known}, answered.append)
        self.loop.until(lambda: len(answered) == len(members))

    def grow_to(self, count: int, offers_deflate: bool = False) -> None:
        """Connects and joins until there are so many members in the room."""
        self.join(self.connect(count - len(self.members), offers_deflate))

    def deliveries(self) -> int:
        """Messages heard so far, by all members together."""
        return sum(member.messages for member in self.members)

    def close(self) -> None:
        for member in self.members:
            member.close()
        self.members.clear()


class ScatteredCrowd(Crowd):
    """The members of one room that several processes serve; one after the other they come to each in turn."""

    def __init__(self, loop: Loop, servers: Sequence[Served]) -> None:
        """The first process stands for all where one is asked for."""
        super().__init__(loop, servers[0])
        self._places = [Crowd(loop, server) for server in servers]

    def open(self, person: int, offers_deflate: bool = False) -> Member:
        return self._places[person % len(self._places)].open(person, offers_deflate)
