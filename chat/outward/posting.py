"""One POST to an address that was looked up before: no redirect is followed, and the answer's text is not read."""

import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from http.client import HTTPConnection, HTTPException
from typing import Any

from chat.outward.allowed import PORTS, Target

SECONDS = 10.0  # of silence
FAILURES = (OSError, HTTPException)
Tls = Callable[[], ssl.SSLContext]
# Kept: reading all authorities takes milliseconds in which nobody else runs.
default_tls: Tls = cache(ssl.create_default_context)


class _Pinned(HTTPConnection):
    """Connects to the number, and asks for (and has certified) the host."""

    def __init__(self, target: Target, seconds: float) -> None:
        super().__init__(target.host, target.port, timeout=seconds)
        self.target = target
        self._beside: socket.socket | None = None

    def connect(self) -> None:
        self.sock: Any = socket.create_connection((self.target.number, self.target.port), self.timeout)
        self._beside = self.sock.dup()

    def cut(self) -> None:
        """From beside, also while TLS is being agreed on: whoever reads gets no more."""
        if self._beside:
            with suppress(OSError):
                self._beside.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        super().close()
        if self._beside:
            self._beside.close()


class _PinnedTls(_Pinned):
    default_port = PORTS["https"]

    def __init__(self, target: Target, seconds: float, tls: ssl.SSLContext) -> None:
        super().__init__(target, seconds)
        self._tls = tls

    def connect(self) -> None:
        super().connect()
        self.sock = self._tls.wrap_socket(self.sock, server_hostname=self.target.host)


def post(
    target: Target, body: bytes, headers: Mapping[str, str], seconds: float = SECONDS, tls: Tls = default_tls
) -> int:
    """The status of the answer. Raises one of `FAILURES` where there is none.

    It may be silent for `seconds`, and take twice as long altogether, or it could come in drops for ever.
    """
    connection = _PinnedTls(target, seconds, tls()) if target.scheme == "https" else _Pinned(target, seconds)
    cut = threading.Timer(2 * seconds, connection.cut)
    cut.start()
    try:
        connection.request("POST", target.path, body, dict(headers))
        return connection.getresponse().status
    finally:
        cut.cancel()
        connection.close()


def words_of(failure: Exception) -> str:
    """Of one of `FAILURES`, for whoever has given the address."""
    match failure:
        case socket.gaierror():
            return "nobody knows this name"
        case ssl.SSLCertVerificationError():
            return "its certificate is not valid"
        case TimeoutError():
            return "it did not answer in time"
        case ssl.SSLError():
            return "it does not speak TLS as we do"
        case ConnectionError():
            return "it refused the connection or broke it off"
        case HTTPException():
            return "what it answered is no HTTP"
        case _:
            return "it cannot be reached"
