"""One request by `requests`, which ends the moment its token is cancelled."""

import io
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from http.client import HTTPResponse
from time import monotonic
from typing import Any

from requests import Response
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool

from chat.llm.cancelling import CancelToken
from chat.llm.http_chunks import GULP_BYTES


class Exchange(HTTPAdapter):
    """One request and its answer on a connection of their own, so that a token can never hit another request.

    The token knows the socket as soon as it is connected, before anything is sent on it.
    """

    def __init__(self, cancel: CancelToken, seconds: float) -> None:
        """The answer may be silent for `seconds`, and may come for twice as long."""
        self._cancel, self.seconds = cancel, seconds
        self._forget: list[Callable[[], None]] = []
        self._pools: list[HTTPConnectionPool] = []
        super().__init__(pool_connections=1, pool_maxsize=1)

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> HTTPConnectionPool:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = _watched(type(pool).ConnectionCls)
        pool.conn_kw["exchange"] = self
        self._pools.append(pool)
        return pool  # type: ignore[no-any-return]  # Any above: the class of a pool's connections is set per pool

    def opened(self, sock: Any) -> None:
        self._forget.append(self._cancel.on_cancel(lambda: shut(sock)))

    def close(self) -> None:
        # The manager only forgets its pools; without this their connections would wait for the garbage collector.
        for pool in self._pools:
            pool.close()
        super().close()
        for take_back in self._forget:
            take_back()


class WholeAnswer:
    """The answer to it."""

    def __init__(self, response: Response) -> None:
        self.status, self.reason = response.status_code, response.reason
        self._response = response

    def getheader(self, name: str) -> str | None:
        return self._response.headers.get(name)

    def gulp(self) -> bytes:
        """What has come of the body, after waiting for at least something; empty at the end."""
        # `iter_content` would wait until a block is full.
        return bytes(self._response.raw.read1(GULP_BYTES))


@cache
def _watched(base: type[HTTPConnection]) -> type[HTTPConnection]:
    """Connections that tell their exchange about their socket."""

    class Watched(base):  # type: ignore[misc, valid-type]  # the base is http's or https' connection class
        def __init__(self, *args: Any, exchange: Exchange, **named: Any) -> None:
            super().__init__(*args, **named)
            self._exchange = exchange

        def connect(self) -> None:
            super().connect()
            self._exchange.opened(self.sock)

        def response_class(self, sock: Any, *args: Any, **named: Any) -> HTTPResponse:
            """What the standard library makes its answers with."""
            response = HTTPResponse(sock, *args, **named)
            response.fp = io.BufferedReader(_InTime(response.fp.detach(), sock, self._exchange.seconds))
            return response

    return Watched


class _InTime(io.RawIOBase):
    """What comes on a socket, but not for ever: a head that comes byte by byte is never late for a single read."""

    def __init__(self, raw: Any, sock: Any, seconds: float) -> None:
        self._raw, self._sock, self._seconds = raw, sock, seconds
        self._until = monotonic() + 2 * seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._until - monotonic()
        if left <= 0:
            raise TimeoutError("the answer came too slowly")
        self._sock.settimeout(min(self._seconds, left))
        read: int | None = self._raw.readinto(buffer)
        return read

    def close(self) -> None:
        self._raw.close()
        super().close()


def shut(sock: Any) -> None:
    """Ends whatever is read from or written to the socket, in whichever thread."""
    # shutdown wakes a thread that is blocked in recv, close would not.
    with suppress(OSError, ValueError):
        sock.shutdown(socket.SHUT_RDWR)
