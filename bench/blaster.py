"""The ceiling: a server that does nothing but accept, acknowledge and send what came to everybody, in one write each.

It speaks just enough of Engine.IO for the generator. A real server cannot be faster; where it is nearly as fast, the
generator and the system's sockets are what is measured.
"""

import os
import selectors
import socket
from collections.abc import Iterator
from contextlib import suppress

from bench.frames import MASK

ACCEPTED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
FIRST_WORDS = b'0{"sid":"x","pingInterval":3600000}'


def server_frame(payload: bytes) -> bytes:
    size = len(payload)
    return (bytes((0x81, size)) if size < 126 else b"\x81\x7e" + size.to_bytes(2, "big")) + payload


def payloads(data: bytes) -> Iterator[bytes]:
    """What stands in a client's frames, which are whole here: they are small and come one by one."""
    at = 0
    while at < len(data):
        size, start = data[at + 1] & 0x7F, at + 6
        if size == 126:
            size, start = int.from_bytes(data[at + 2 : at + 4], "big"), at + 8
        at = start + size
        mask = (MASK * (size // 4 + 1))[:size]
        yield (int.from_bytes(data[start:at], "big") ^ int.from_bytes(mask, "big")).to_bytes(size, "big")


class Blaster:
    def __init__(self, port: int) -> None:
        self._selector = selectors.DefaultSelector()
        self._listener = socket.create_server(("127.0.0.1", port), backlog=1024)
        self._listener.setblocking(False)
        self._listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._waiting: dict[socket.socket, bytes] = {}
        self._news = b""

    def serve(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._listener:
                    self._accept()
                else:
                    self._read(key.fileobj)  # type: ignore[arg-type]  # only sockets are registered
            for connection in list(self._waiting):
                self._flush(connection)
            self._news = b""

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        connection.setblocking(False)
        self._selector.register(connection, selectors.EVENT_READ)
        self._waiting[connection] = b""

    def _read(self, connection: socket.socket) -> None:
        try:
            data = connection.recv(65_536)
        except ConnectionError:
            data = b""
        if not data:
            self._selector.unregister(connection)
            del self._waiting[connection]
            connection.close()
        elif data.startswith(b"GET"):
            self._waiting[connection] += ACCEPTED + server_frame(FIRST_WORDS)
        else:
            for payload in payloads(data):
                self._waiting[connection] += self._answer(payload)

    def _answer(self, payload: bytes) -> bytes:
        if payload == b"40":
            return server_frame(b'40{"sid":"x"}')
        head, _, body = payload.partition(b"[")
        if body.startswith(b'"send_message"'):
            self._news += server_frame(b'42["message"' + body[len(b'"send_message"') :])
        return server_frame(b"43" + head[2:] + b'[{"ok":true}]')

    def _flush(self, connection: socket.socket) -> None:
        data = self._waiting[connection] + self._news
        if data:
            sent = 0
            with suppress(BlockingIOError):
                sent = connection.send(data)
            self._waiting[connection] = data[sent:]


if __name__ == "__main__":
    Blaster(int(os.environ["PORT"])).serve()
