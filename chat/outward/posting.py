"""One POST to an address that was looked up before: no redirect is followed, and the answer's text is not read."""

import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from typing import Any

from chat.outward.allowed import Target

SECONDS = 10.0  # of silence
FAILURES = (OSError, HTTPException)


class _Pinned(HTTPConnection):
    """Connects to the number, and asks for (and has certified) the host."""

    def __init__(self, target: Target, seconds: float) -> None:
        super().__init__(target.host, target.port, timeout=seconds)
        self._target = target

    def connect(self) -> None:
        plain = socket.create_connection((self._target.number, self._target.port), self.timeout)
        if self._target.scheme == "https":
            context = ssl.create_default_context()
            self.sock: Any = context.wrap_socket(plain, server_hostname=self._target.host)
        else:
            self.sock = plain

    def cut(self) -> None:
        """From beside: whoever reads gets no more."""
        with suppress(OSError):
            if self.sock:
                self.sock.shutdown(socket.SHUT_RDWR)


def post(target: Target, body: bytes, headers: Mapping[str, str], seconds: float = SECONDS) -> int:
    """The status of the answer. Raises one of `FAILURES` where there is none.

    It may be silent for `seconds`, and take twice as long altogether, or it could come in drops for ever.
    """
    connection = _Pinned(target, seconds)
    cut = threading.Timer(2 * seconds, connection.cut)
    cut.start()
    try:
        connection.request("POST", target.path, body, dict(headers))
        return connection.getresponse().status
    finally:
        cut.cancel()
        connection.close()
