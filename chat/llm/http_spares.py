"""Connections whose answer came to a good end, kept a moment for the next question: a connection costs time to open."""

import _socket  # green threads replace the class that `socket` has, and its recv would wait
import socket
from collections.abc import Callable
from socket import MSG_DONTWAIT, MSG_PEEK
from time import monotonic

from chat.locks import ShortLock

SPARE_SECONDS = 4.0  # llama-server and LM Studio end idle connections after five
MOST_SPARES = 4  # each holds one of llama-server's few threads


class Spares:
    """The spare connections to one backend; `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lock = ShortLock()
        self._kept: list[tuple[float, socket.socket]] = []  # with the time at which each is too old, oldest first

    def keep(self, sock: socket.socket) -> None:
        """For whoever comes next. Nothing may be left to be read from it."""
        with self._lock:
            is_full = len(self._kept) >= MOST_SPARES
            if not is_full:
                self._kept.append((self._clock() + SPARE_SECONDS, sock))
        if is_full:
            sock.close()

    def take(self) -> socket.socket | None:
        """The one that was used last, if its backend has not closed it."""
        self.drop_old()
        while True:
            with self._lock:
                if not self._kept:
                    return None
                _, sock = self._kept.pop()
            if came_by_now(sock, MSG_PEEK) is None:
                return sock
            sock.close()

    def drop_old(self) -> None:
        if self._kept and self._kept[0][0] <= self._clock():
            self._drop(self._clock())

    def close(self) -> None:
        self._drop(float("inf"))

    def __del__(self) -> None:
        """A backend that is replaced while it answers is closed by nobody after its last answer."""
        self.close()

    def _drop(self, until: float) -> None:
        with self._lock:
            dropped = [sock for end, sock in self._kept if end <= until]
            self._kept = [(end, sock) for end, sock in self._kept if end > until]
        for sock in dropped:
            sock.close()


def came_by_now(sock: socket.socket, flags: int = 0) -> bytes | None:
    """What has come on the connection, without waiting: None if nothing has, no bytes if it was closed."""
    try:
        plain = _socket.socket(fileno=sock.fileno())
    except OSError:
        return b""
    try:
        return plain.recv(4096, flags | MSG_DONTWAIT)
    except BlockingIOError:
        return None
    except OSError:
        return b""
    finally:
        plain.detach()  # it stays its owner's
