"""A real HTTP server on loopback for pretended backends: records what it saw, notices a client that goes away."""

import json
import select
import socket
import struct
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NoReturn, Self
from urllib.parse import parse_qsl


class ClientLeft(Exception):
    """The client closed its connection while we were busy for it."""


@dataclass
class Seen:
    """One request: `outcome` is "open", then "answered", "client left" or "broken off" (by us)."""

    method: str
    path: str
    body: Any
    headers: Mapping[str, str]
    outcome: str = "open"


class Exchange:
    """One request and the ways to answer it."""

    def __init__(self, handler: BaseHTTPRequestHandler, seen: Seen) -> None:
        self._handler = handler
        self.is_stream = False
        self.seen = seen

    def json(self, value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        self.whole(json.dumps(value).encode(), "application/json", status, headers)

    def whole(
        self, body: bytes, content_type: str, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        self._head(status, {"Content-Type": content_type, "Content-Length": str(len(body)), **(headers or {})})
        self._write(body)

    def begin_stream(self, content_type: str) -> None:
        self.is_stream = True
        self._head(200, {"Content-Type": content_type, "Transfer-Encoding": "chunked"})

    def line(self, text: str) -> None:
        self.raw(text.encode() + b"\n")

    def last_line(self, text: str) -> None:
        self.line(text)
        self.end_stream()

    def unframed(self, data: bytes) -> None:
        """Bytes as they are: instead of a head, or where a chunk should be."""
        self._write(data)

    def raw(self, data: bytes) -> None:
        self._write(b"%x\r\n%s\r\n" % (len(data), data) if self.is_stream else data)

    def end_stream(self) -> None:
        self._write(b"0\r\n\r\n")

    def pause(self, seconds: float) -> None:
        """Waits; raises ClientLeft the moment the client closes (it sends nothing more, so readable means closed)."""
        readable, _, _ = select.select([self._handler.connection], [], [], seconds)
        if readable:
            raise ClientLeft

    def die(self) -> NoReturn:
        """Cuts the connection as a crash does: with a reset, in the middle of things."""
        self.seen.outcome = "broken off"
        self._handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._handler.close_connection = True
        self._handler.connection.close()
        raise ClientLeft

    def stop_short(self) -> None:
        """Ends the connection in an orderly way, but before the answer is complete."""
        self.seen.outcome = "broken off"
        self._handler.close_connection = True
        raise ClientLeft

    def _head(self, status: int, headers: Mapping[str, str]) -> None:
        self._handler.send_response(status)
        for name, value in headers.items():
            self._handler.send_header(name, value)
        self._handler.end_headers()

    def _write(self, data: bytes) -> None:
        try:
            self._handler.wfile.write(data)
            self._handler.wfile.flush()
        except OSError as error:
            raise ClientLeft from error


class FakeServer(ABC):
    """Base of the fakes; `answer` handles one exchange. A context manager: serves inside, frees the port after.

    `intercept` is asked before; where it says True, the exchange has been answered.
    """

    def __init__(self, port: int = 0) -> None:
        self.intercept: Callable[[Exchange], bool] = lambda _: False
        self.seen: list[Seen] = []
        self._changed = threading.Condition()
        self._open: set[socket.socket] = set()
        self._spare: set[socket.socket] = set()  # of these: answered, and kept by the client for its next request
        self._server = _Server(("127.0.0.1", port), _handler_for(self))
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    @abstractmethod
    def answer(self, exchange: Exchange) -> None:
        """Says what the fake says to one request."""

    def start(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        with self._changed:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.wait_for(lambda: not self._open)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def open_connections(self) -> int:
        """Without those on which the last request was answered to its end."""
        with self._changed:
            return len(self._open - self._spare)

    @property
    def spare_connections(self) -> int:
        with self._changed:
            return len(self._spare)

    def chats(self) -> list[Seen]:
        """The requests for an answer, without those that only ask for models."""
        with self._changed:
            return [seen for seen in self.seen if seen.method == "POST" and seen.path != "/api/show"]

    def wait_for(self, condition: Any, seconds: float = 5.0) -> bool:
        """Waits until `condition()` is true; it is asked again whenever a request begins or ends."""
        with self._changed:
            return bool(self._changed.wait_for(condition, seconds))

    def began(self, seen: Seen, connection: socket.socket) -> None:
        with self._changed:
            self.seen.append(seen)
            self._spare.discard(connection)
            self._changed.notify_all()

    def ended(self, seen: Seen, outcome: str, connection: socket.socket) -> None:
        with self._changed:
            if seen.outcome == "open":
                seen.outcome = outcome
            if seen.outcome == "answered":
                self._spare.add(connection)
            self._changed.notify_all()

    def opened(self, connection: socket.socket) -> None:
        with self._changed:
            self._open.add(connection)
            self._changed.notify_all()

    def closed(self, connection: socket.socket) -> None:
        with self._changed:
            self._open.discard(connection)
            self._spare.discard(connection)
            self._changed.notify_all()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Connections that break are what these servers are for."""


def _handler_for(fake: FakeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            fake.opened(self.connection)

        def finish(self) -> None:
            with suppress(OSError, ValueError):
                super().finish()
            fake.closed(self.connection)

        def do_GET(self) -> None:
            self._handle()

        def do_POST(self) -> None:
            self._handle()

        def do_DELETE(self) -> None:
            self._handle()

        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            is_form = self.headers.get_content_type() == "application/x-www-form-urlencoded"
            read = dict(parse_qsl(body.decode())) if is_form else json.loads(body) if body else None
            seen = Seen(self.command, self.path, read, dict(self.headers))
            fake.began(seen, self.connection)
            try:
                exchange = Exchange(self, seen)
                if not fake.intercept(exchange):
                    fake.answer(exchange)
                fake.ended(seen, "answered", self.connection)
            except ClientLeft:
                self.close_connection = True
                fake.ended(seen, "client left", self.connection)

        def log_message(self, format: str, *args: Any) -> None:
            """The record is `seen`; nothing is printed."""

    return Handler


def pieces_of(text: str | Callable[[str], str], messages: list[dict[str, str]]) -> list[str]:
    """What a model says to a conversation, in pieces of a word."""
    words = (text(messages[-1]["content"]) if callable(text) else text).split(" ")
    return [word if index == 0 else f" {word}" for index, word in enumerate(words)]


def serve_forever(fake: FakeServer) -> None:
    """For `python -m tests.fakes.…`: says where it listens, then serves until it is ended."""
    print(json.dumps({"url": fake.url}), flush=True)
    fake.start()
    threading.Event().wait()
