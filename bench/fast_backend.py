"""A model server that costs hardly anything: llama-server's words, prepared, and sent as fast as the client takes them.

It speaks just enough for our server and for the generator: models, properties, chat completions, whole or as a stream.
`max_tokens` says how many chunks an answer has. One thread, so that nothing of it waits for anything else of it.
"""

import json
import os
import selectors
import socket
from contextlib import suppress
from functools import cache
from typing import Any

MODEL = "fast"
SLOTS = 64
_END = b"0\r\n\r\n"
_HEAD = {"created": 1_700_000_000, "id": "chatcmpl-bench", "model": MODEL, "system_fingerprint": "b1-bench"}
_STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def word(number: int) -> str:
    """What the chunk with that number says, so that a missing or doubled one is found."""
    return f"{number} "


def text(chunks: int) -> str:
    """What an answer of so many chunks says."""
    return "".join(map(word, range(chunks)))


@cache
def stream(chunks: int) -> bytes:
    """The whole answer: each event is an HTTP chunk of its own, as llama-server sends it."""
    events = [_choice({"role": "assistant", "content": None}), *(_choice({"content": word(i)}) for i in range(chunks))]
    usage = {"completion_tokens": chunks, "prompt_tokens": 1, "total_tokens": chunks + 1}
    events += [_choice({}, "stop"), {"choices": [], **_HEAD, "object": "chat.completion.chunk", "usage": usage}]
    lines = [b"data: " + _json(event) for event in events]
    return _STREAM + b"".join(map(_http_chunk, [*lines, b"data: [DONE]"])) + _END


@cache
def whole(chunks: int) -> bytes:
    message = {"role": "assistant", "content": text(chunks)}
    usage = {"completion_tokens": chunks, "prompt_tokens": 1, "total_tokens": chunks + 1}
    choice = {"finish_reason": "stop", "index": 0, "message": message}
    return _answer({"choices": [choice], **_HEAD, "object": "chat.completion", "usage": usage})


def _choice(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    choice = {"finish_reason": finish, "index": 0, "delta": delta}
    return {"choices": [choice], **_HEAD, "object": "chat.completion.chunk"}


def _http_chunk(line: bytes) -> bytes:
    return b"%x\r\n%s\n\n\r\n" % (len(line) + 2, line)


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _answer(value: Any, status: str = "200 OK") -> bytes:
    body = _json(value)
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def answer_to(head: bytes, body: bytes) -> bytes:
    """What is sent for one request."""
    path = head.split(b" ", 2)[1]
    if path == b"/v1/chat/completions":
        asked = json.loads(body)
        chunks = asked.get("max_tokens", 1)
        return stream(chunks) if asked.get("stream") else whole(chunks)
    if path == b"/v1/models":
        return _answer({"object": "list", "data": [{"id": MODEL, "object": "model", "meta": {"n_ctx": 1_000_000}}]})
    if path == b"/props":
        return _answer({"default_generation_settings": {}, "total_slots": SLOTS})
    return _answer({"error": {"code": 404, "message": "File Not Found", "type": "not_found_error"}}, "404 Not Found")


class _Client:
    """One connection: what has come of a request, and what of its answer is still to be sent."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._came = b""
        self._left = memoryview(b"")

    def read(self) -> None:
        """Raises `ConnectionError` when the client has gone."""
        data = self.connection.recv(65_536)
        if not data:
            raise ConnectionError
        self._came += data
        head, end, rest = self._came.partition(b"\r\n\r\n")
        if end and len(rest) >= (size := _length(head)):
            self._came = rest[size:]
            self._left = memoryview(answer_to(head, rest[:size]))
            self.write()

    def write(self) -> None:
        with suppress(BlockingIOError):
            while self._left:
                self._left = self._left[self.connection.send(self._left) :]

    @property
    def wants(self) -> int:
        return selectors.EVENT_WRITE if self._left else selectors.EVENT_READ


def _length(head: bytes) -> int:
    _, found, after = head.lower().partition(b"\r\ncontent-length:")
    return int(after.split(b"\r\n", 1)[0]) if found else 0


def serve(port: int) -> None:
    """For ever."""
    selector = selectors.DefaultSelector()
    listener = socket.create_server(("127.0.0.1", port), backlog=1024)
    selector.register(listener, selectors.EVENT_READ)
    while True:
        for key, ready in selector.select():
            if key.data is None:
                connection, _ = listener.accept()
                connection.setblocking(False)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                selector.register(connection, selectors.EVENT_READ, _Client(connection))
            else:
                _turn(selector, key.data, ready)


def _turn(selector: selectors.BaseSelector, client: _Client, ready: int) -> None:
    before = selectors.EVENT_WRITE if ready & selectors.EVENT_WRITE else selectors.EVENT_READ
    try:
        client.write() if before == selectors.EVENT_WRITE else client.read()
    except ConnectionError:
        selector.unregister(client.connection)
        client.connection.close()
        return
    if client.wants != before:
        selector.modify(client.connection, client.wants, client)


if __name__ == "__main__":
    serve(int(os.environ["PORT"]))
