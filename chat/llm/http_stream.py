"""One request for a stream, on a connection that nothing else uses meanwhile: what people wait for goes the short way.

`requests` and what is under it work for a millisecond on each request, several times as long as the network takes.
Everything that is no stream goes through it all the same. Here are no redirects, no cookies and no proxies.
"""

import re
import socket
import ssl
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from http.client import BadStatusLine, HTTPException, IncompleteRead, RemoteDisconnected
from urllib.parse import unquote, urlsplit

import orjson
from certifi import where

from chat.llm.http_chunks import GULP_BYTES, Chunks
from chat.llm.http_spares import came_by_now

_STATUS = re.compile(rb"HTTP/1\.([01]) (\d{3})(?: ([^\r\n]*))?\r?$")
_MAX_HEAD_BYTES = 64 * 1024
_MOST_HEADS = 20  # with the preliminary ones (1xx); an endless run of them would keep everybody waiting
_MOST_DIGITS = 18  # of a length; Python refuses to read thousands of them


class Address:
    """Where a backend is, and what every request to it says."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        parts = urlsplit(url)
        self._is_secure = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._is_secure else 80)
        self._path = parts.path
        said = {"Host": parts.netloc.rpartition("@")[2], "Accept": "*/*", **headers}
        if parts.username:
            secret = b64encode(unquote(f"{parts.username}:{parts.password or ''}").encode()).decode()
            said.setdefault("Authorization", f"Basic {secret}")
        self._headers = "".join(f"{name}: {value}\r\n" for name, value in said.items())

    def connect(self, seconds: float) -> socket.socket:
        """Raises `OSError`, also for a certificate that is not valid."""
        sock = socket.create_connection((self._host, self._port), seconds)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return _tls().wrap_socket(sock, server_hostname=self._host) if self._is_secure else sock

    def request(self, method: str, path: str, body: object) -> bytes:
        """What is sent: `body` as JSON, unless it is None."""
        head = f"{method} {self._path}{path} HTTP/1.1\r\n{self._headers}"
        if body is None:
            return f"{head}\r\n".encode()
        data = orjson.dumps(body)
        return f"{head}Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=where())


class StreamAnswer:
    """The answer that comes on a socket."""

    def __init__(self, sock: socket.socket) -> None:
        """Waits for its head. Raises `OSError`, or `HTTPException` for what is no answer."""
        self._socket = sock
        self._headers: dict[bytes, bytes] = {}
        self.status, self.reason = 100, ""
        self._stays_open = False
        self._rest = b""
        for _ in range(_MOST_HEADS):
            if self.status < 200:
                self._read_head()
        if self.status < 200:
            raise HTTPException("the answer does not begin")
        is_chunked = self._headers.get(b"transfer-encoding", b"").lower() == b"chunked"
        self._chunks = Chunks() if is_chunked else None
        self._left = _length(self._headers.get(b"content-length")) if self.status != 204 else 0

    def getheader(self, name: str) -> str | None:
        found = self._headers.get(name.lower().encode())
        return None if found is None else found.decode("latin-1")

    def gulp(self) -> bytes:
        """What has come of the body, after waiting for at least something; empty at the end.

        Raises `HTTPException` if the body ends too early or is not what its head says, else `OSError`.
        """
        if self._chunks:
            data = b""
            while not data and not self._chunks.are_over:
                data = self._chunks.take(self._came() or self._ended())
            return data
        if self._left == 0:
            return b""
        data = self._came()
        if self._left is not None:
            data, self._rest = data[: self._left] or self._ended(), data[self._left :]
            self._left -= len(data)
        return data

    def leaves_open(self) -> bool:
        """Whether its connection can be used again: the body has come to its end, and after it nothing.

        The last bytes of a stream often come after what ends it for people; they are read if they are here by now.
        """
        if not self._stays_open:
            return False
        if self._chunks:
            if not self._chunks.are_over and not isinstance(self._socket, ssl.SSLSocket):
                self._chunks.take(came_by_now(self._socket) or b"")
            return self._chunks.are_over and self._chunks.rest == b"\r\n"  # with which they end, if nothing follows
        return self._left == 0 and not self._rest

    def _came(self) -> bytes:
        data, self._rest = self._rest, b""
        return data or self._socket.recv(GULP_BYTES)

    def _ended(self) -> bytes:
        raise IncompleteRead(b"", self._left)

    def _read_head(self) -> None:
        head, end, rest = self._rest.partition(b"\r\n\r\n")
        while not end:
            came = self._socket.recv(GULP_BYTES)
            if not came:
                raise RemoteDisconnected("the connection was closed without an answer")
            head, end, rest = (head + came).partition(b"\r\n\r\n")
            if len(head) > _MAX_HEAD_BYTES:
                raise HTTPException("the head of the answer does not end")
        self._rest = rest
        first, *lines = head.split(b"\r\n")
        found = _STATUS.match(first)
        if not found:
            raise BadStatusLine(first[:80].decode("latin-1"))
        self.status, self.reason = int(found[2]), (found[3] or b"").decode("latin-1")
        named = (line.partition(b":") for line in lines)
        self._headers = {name.strip().lower(): value.strip() for name, _, value in named}
        self._stays_open = found[1] == b"1" and self._headers.get(b"connection", b"").lower() in (b"", b"keep-alive")


def _length(told: bytes | None) -> int | None:
    """None where the body ends with its connection."""
    if told is None:
        return None
    if not told.isdigit() or len(told) > _MOST_DIGITS:
        raise HTTPException(f"{told[:20]!r} is no length")
    return int(told)
