"""Questions to a model over HTTP as an SDK asks them, on connections that stay open; many on one thread."""

import json
import selectors
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from bench.crowd import Loop, Refused

PATH = "/v1/chat/completions"
_BUFFER = memoryview(bytearray(1_048_576))
_LAST_CHUNK = b"\r\n0\r\n\r\n"
_EMPTY = (b'"content":""', b'"content":null')  # how streams begin


@dataclass(frozen=True)
class Reply:
    """One answer. Moments are seconds; `first_at` is when the first text was there."""

    sent_at: float
    first_at: float
    ended_at: float
    data: bytes
    is_stream: bool

    @property
    def seconds(self) -> float:
        return self.ended_at - self.sent_at

    def value(self) -> Any:
        """Of an answer in one piece."""
        return json.loads(self.data)

    def events(self) -> Iterator[dict[str, Any]]:
        """Of a stream."""
        for line in self.data.split(b"\n"):
            if line.startswith(b"data: {"):
                yield json.loads(line[6:])

    def texts(self) -> list[str]:
        """The pieces of text, in the order in which they came."""
        if not self.is_stream:
            return [self.value()["choices"][0]["message"]["content"]]
        said = (choice["delta"].get("content") for event in self.events() for choice in event.get("choices", ()))
        return [text for text in said if text]


class Line:
    """One connection, on which one question is asked at a time."""

    def __init__(self, url: str, key: str, loop: Loop) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "", parts.port or 80)
        self._head = f"POST {PATH} HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {key}\r\n"
        self.loop, self.is_busy = loop, False
        self._socket = socket.create_connection(self._address)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._then: Callable[[Reply], None] = lambda _: None
        loop.prompt.register(self._socket, selectors.EVENT_READ, self._read)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.loop.prompt.unregister(self._socket)
        self._socket.close()

    def ask(self, question: dict[str, Any], then: Callable[[Reply], None]) -> None:
        """Sends; `then` gets the answer, as soon as it is complete."""
        body = json.dumps(question).encode()
        request = f"{self._head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        self._then, self._came, self._first_at, self.is_busy = then, bytearray(), 0.0, True
        self._sent_at = time.perf_counter()
        self._socket.sendall(request)

    def answer(self, question: dict[str, Any]) -> Reply:
        """Asks and waits."""
        replies: list[Reply] = []
        self.ask(question, replies.append)
        self.loop.until(lambda: bool(replies))
        return replies[0]

    def _read(self) -> None:
        size = self._socket.recv_into(_BUFFER)
        if not size:
            raise Refused("the server has closed a connection")
        now = time.perf_counter()
        self._came += _BUFFER[:size]
        if not self._first_at and has_text(self._came):
            self._first_at = now
        head_end = self._came.find(b"\r\n\r\n") + 4
        if head_end > 3 and is_complete(self._came, head_end):
            self.is_busy = False
            self._then(self._reply(head_end, now))

    def _reply(self, head_end: int, now: float) -> Reply:
        head, body = bytes(self._came[:head_end]), bytes(self._came[head_end:])
        if not head.startswith(b"HTTP/1.1 200"):
            raise Refused((head + body).decode(errors="replace"))
        is_stream = b"event-stream" in head.lower()
        data = without_chunks(body) if _is_chunked(head) else body
        return Reply(self._sent_at, self._first_at or now, now, data, is_stream)


def has_text(came: bytearray) -> bool:
    """Whether a stream has said anything yet. Only the beginning is searched."""
    at = came.find(b'"content":')
    while at >= 0:
        if not came.startswith(_EMPTY, at):
            return True
        at = came.find(b'"content":', at + 1)
    return False


def is_complete(came: bytearray, head_end: int) -> bool:
    head = bytes(came[:head_end])
    if _is_chunked(head):
        return came.endswith(_LAST_CHUNK)
    _, _, after = head.lower().partition(b"\r\ncontent-length:")
    return len(came) - head_end >= int(after.split(b"\r\n", 1)[0])


def _is_chunked(head: bytes) -> bool:
    return b"\r\ntransfer-encoding: chunked" in head.lower()


def without_chunks(body: bytes) -> bytes:
    """The body of an answer that was sent in HTTP chunks."""
    found: list[bytes] = []
    at = 0
    while True:
        line_end = body.index(b"\r\n", at)
        size = int(body[at:line_end], 16)
        if not size:
            return b"".join(found)
        found.append(body[line_end + 2 : line_end + 2 + size])
        at = line_end + 4 + size
