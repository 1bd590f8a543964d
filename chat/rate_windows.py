"""Moving windows in memory for `limits` (and so for Flask-Limiter), registered as `windows://`.

The library's own `memory://` looks through every key under its lock, from a timer that runs a hundred times a second:
with thirty people who write that was a third of the processor time. Here a key is cleaned when it is used, and those
that nobody uses any more once a minute. Times are monotonic: a clock that is set back locks nobody out.
"""

import time
from collections import deque
from collections.abc import Callable

from limits.storage import MovingWindowSupport, Storage

from chat.locks import ShortLock

SWEEP_SECONDS = 60.0


class Windows(Storage, MovingWindowSupport):
    """The times of the hits of each key, oldest first; those older than the window are dropped.

    `clock` gives monotonic seconds.
    """

    STORAGE_SCHEME = ["windows"]
    base_exceptions = ()

    def __init__(self, uri: str | None = None, clock: Callable[[], float] = time.monotonic, **_: object) -> None:
        super().__init__(uri)
        self._clock = clock
        self._lock = ShortLock()
        self._hits: dict[str, deque[float]] = {}
        self._expiry: dict[str, int] = {}
        self._sweep_at = clock() + SWEEP_SECONDS

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Counts `amount` hits, or none if there is no room for all of them."""
        with self._lock:
            now = self._clock()
            self._sweep(now)
            hits = self._recent(key, expiry, now)
            if len(hits) + amount > limit:
                return False
            hits.extend([now] * amount)
            return True

    def add(self, key: str, expiry: int) -> None:
        """Counts a hit that was let through elsewhere, whether there was room for it or not."""
        with self._lock:
            now = self._clock()
            self._recent(key, expiry, now).append(now)

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the oldest hit was (if none, now), in seconds since 1970 as the library wants it, and how many."""
        with self._lock:
            now = self._clock()
            hits = self._recent(key, expiry, now)
            oldest = hits[0] if hits else now
            return time.time() - (now - oldest), len(hits)

    def _recent(self, key: str, expiry: int, now: float) -> deque[float]:
        self._expiry[key] = expiry
        hits = self._hits.setdefault(key, deque())
        while hits and hits[0] <= now - expiry:
            hits.popleft()
        return hits

    def _sweep(self, now: float) -> None:
        if now < self._sweep_at:
            return
        self._sweep_at = now + SWEEP_SECONDS
        for key, hits in list(self._hits.items()):
            if not hits or hits[-1] <= now - self._expiry[key]:
                del self._hits[key], self._expiry[key]

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """For fixed windows, which nothing here uses."""
        raise NotImplementedError("windows:// is for moving windows only")

    def get(self, key: str) -> int:
        return len(self._hits.get(key, ()))

    def get_expiry(self, key: str) -> float:
        return time.time() + self._expiry.get(key, 0)

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        """Forgets everything; gives how many keys there were."""
        with self._lock:
            count = len(self._hits)
            self._hits.clear()
            self._expiry.clear()
        return count

    def clear(self, key: str) -> None:
        with self._lock:
            self._hits.pop(key, None)
            self._expiry.pop(key, None)
