"""How a running request is ended from outside."""

import threading
from collections.abc import Callable

from chat.errors import ModelError
from chat.locks import ShortLock


class Cancelled(Exception):
    """The request was cancelled on purpose (Stop), not by a failure.

    `goes_on`: the backend was not seen to have stopped. `wait_end(seconds)` waits until that is known, and says it.
    """

    def __init__(self, *, goes_on: bool = False) -> None:
        super().__init__()
        self.goes_on = goes_on
        self.wait_end: Callable[[float], bool] = lambda seconds: goes_on


class CancelToken:
    """Ends a running request from outside: closes its connection and says why.

    `cancel()` may be called from any green thread, any number of times; the first reason counts. The generator that
    holds the token then raises `Cancelled`, or `reason` if one was given (a timeout, for example).
    `has_left` says that nobody wanted it ended: whoever asked has only gone.
    """

    def __init__(self) -> None:
        self.cancelled = self.has_left = False
        self._reason: ModelError | None = None
        self._closers: dict[object, Callable[[], None]] = {}
        self._lock = ShortLock()

    def cancel(self, reason: ModelError | None = None, *, has_left: bool = False) -> None:
        with self._lock:
            if self.cancelled:
                return
            self.cancelled, self.has_left, self._reason = True, has_left, reason
            closers = list(self._closers.values())
        for close in closers:
            close()

    def on_cancel(self, close: Callable[[], None]) -> Callable[[], None]:
        """Calls `close` when cancelled, at once if that has happened already; the answer takes it back.

        `close` must not raise or block, and may be called twice.
        """
        key = object()
        with self._lock:
            self._closers[key] = close
        if self.cancelled:
            close()
        return lambda: self._forget(key)

    def _forget(self, key: object) -> None:
        with self._lock:
            self._closers.pop(key, None)

    def wait(self, seconds: float) -> None:
        """Sleeps, but no longer than until cancelled; then raises as `raise_if_cancelled` does."""
        woken = threading.Event()
        forget = self.on_cancel(woken.set)
        woken.wait(seconds)
        forget()
        self.raise_if_cancelled()

    def raise_if_cancelled(self) -> None:
        if self.cancelled:
            raise self._reason or Cancelled()
