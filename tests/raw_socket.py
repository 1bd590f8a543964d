"""A WebSocket that sends whatever it is told to, as no proper client would."""

import itertools
import json
import select
import socket
import ssl
import time
from collections.abc import Callable
from typing import Any

import websocket

from tests.people import Person

SECONDS = 10.0
PING, PONG = "2", "3"


def cookies_of(person: Person) -> str:
    return "; ".join(f"{name}={value}" for name, value in person.http.cookies.items())


class RawSocket:
    """Speaks Engine.IO frames by hand. Use as a context manager; it closes at the end."""

    def __init__(
        self, url: str, cookie: str = "", origin: str | None = None, buffer_bytes: int = 0, seconds: float = SECONDS
    ) -> None:
        """With `buffer_bytes` the system takes no more than about that before somebody reads. Nothing takes longer
        than `seconds`; a connection that cannot be made raises an `OSError` or a `WebSocketException`."""
        address = url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
        how: dict[str, Any] = {"origin": origin} if origin else {"suppress_origin": True}
        how["skip_utf8_validation"] = True  # the library's own is slower than everything else together
        if buffer_bytes:
            how["sockopt"] = [(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)]
        self.socket = websocket.create_connection(address, cookie=cookie, timeout=seconds, **how)
        assert self.socket.sock
        self._connection = self.socket.sock
        self.heard: list[str] = []
        self._numbers = itertools.count(1000)
        if not self.receive().startswith("0{"):
            self.cut()
            raise ConnectionError("the server did not open the connection")

    def __enter__(self) -> "RawSocket":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.socket.close()
        self._connection.close()  # which the library forgets when the server has hung up

    def cut(self) -> None:
        """Ends the connection without a goodbye, as a network would."""
        self._connection.close()

    def poll(self, seconds: float) -> str | None:
        """The next frame if one comes within so many seconds, or None; "" at the end of the connection."""
        until = time.monotonic() + seconds
        while self._is_read() or select.select([self._connection], [], [], max(0.0, until - time.monotonic()))[0]:
            if (frame := self._next()) != PING:
                return frame
        return None

    def _is_read(self) -> bool:
        """Whether TLS holds more of what has come, which the system then knows nothing of."""
        return isinstance(self._connection, ssl.SSLSocket) and self._connection.pending() > 0

    def receive(self) -> str:
        """The next frame, "" at the end of the connection. Pings are answered."""
        while (frame := self._next()) == PING:
            pass
        return frame

    def _next(self) -> str:
        try:
            frame = self.socket.recv()
            if frame == PING:
                self.socket.send(PONG)
                return PING
        except (websocket.WebSocketException, OSError):
            return ""
        text = frame if isinstance(frame, str) else frame.decode(errors="replace")
        self.heard.append(text)
        return text

    def wait(self, test: Callable[[str], bool]) -> str:
        """The next frame that passes, "" if the connection ends before."""
        while frame := self.receive():
            if test(frame):
                return frame
        return ""

    def sign_in(self, token: str | None = None) -> str:
        """Connects as Socket.IO does, by the cookie or a key; the answer, `40{…}` or `44{…}`. Reads past `setup`.

        "" if the connection ends before that.
        """
        self.socket.send("40" + (json.dumps({"token": token}) if token else ""))
        answer = self.wait(lambda frame: frame[:2] in ("40", "44"))
        if answer.startswith("40"):
            return answer if self.wait(lambda frame: frame.startswith('42["setup"')) else ""
        return answer

    def send(self, frame: str | bytes, opcode: int = websocket.ABNF.OPCODE_TEXT) -> None:
        """One frame; that the server hangs up in the middle of it is no error here."""
        try:
            self.socket.send(frame, opcode)
        except (websocket.WebSocketException, OSError):
            self.heard.append("")

    def call(self, *arguments: Any) -> dict[str, Any]:
        """Sends an event with an ack and returns that; {} if the connection ends instead."""
        return self.ack_of(json.dumps(list(arguments)))

    def ack_of(self, body: str) -> dict[str, Any]:
        """Like `call`, with the text after the packet's number as it is."""
        number = next(self._numbers)
        self.send(f"42{number}{body}")
        answer = self.wait(lambda frame: frame.startswith(f"43{number}"))
        found: dict[str, Any] = json.loads(answer[2 + len(str(number)) :])[0] if answer else {}
        return found

    def still_works(self) -> bool:
        """Whether a good event on this connection is answered well."""
        return bool(self.call("mark_read", {"room": "general", "seq": 0}).get("ok"))
