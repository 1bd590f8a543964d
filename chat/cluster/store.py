"""Values that all processes may read for a while, and claims, of which each is one process's.

They are nice to have: while Redis is away there are no values, and everybody may have every claim.
"""

import logging
import time
from collections.abc import Callable
from contextlib import suppress

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.lock import Lock
from redis.retry import Retry

from chat.background import Background
from chat.cluster.channel import PATIENCE_SECONDS

PREFIX = "roundtable:"
CLAIM_SECONDS = 15.0  # that a claim outlives its process
LEFT_ALONE_SECONDS = 5.0  # after a failure: nobody waits for Redis twice in a row
log = logging.getLogger(__name__)


class Store:
    """Never raises because of Redis."""

    def __init__(self, url: str, background: Background) -> None:
        patience = {"socket_connect_timeout": PATIENCE_SECONDS, "socket_timeout": PATIENCE_SECONDS}
        self._redis = Redis.from_url(url, retry=Retry(NoBackoff(), 0), **patience)
        self._background = background
        self._ask_again_at = 0.0

    def get(self, key: str) -> bytes | None:
        found = self._try(lambda: self._redis.get(PREFIX + key))
        return found if isinstance(found, bytes) else None

    def put(self, key: str, value: bytes, seconds: float) -> None:
        self._try(lambda: self._redis.set(PREFIX + key, value, px=max(1, round(seconds * 1000))))

    def clear(self, prefix: str) -> None:
        """Forgets every value whose key begins with it."""
        self._try(lambda: [self._redis.unlink(key) for key in self._redis.scan_iter(f"{PREFIX}{prefix}*", count=1000)])

    def claim(self, key: str) -> Callable[[], None] | None:
        """The way to let go of it; None while another process has it."""
        lock = Lock(self._redis, PREFIX + key, timeout=CLAIM_SECONDS, thread_local=False)
        is_ours = self._try(lambda: lock.acquire(blocking=False))
        if is_ours is False:
            return None
        held = _Held(lock)
        if is_ours:
            self._background.spawn(lambda: held.keep(self._background.sleep))
        return held.let_go

    def _try(self, work: Callable[[], object]) -> object:
        """None without an answer."""
        if time.monotonic() < self._ask_again_at:
            return None
        try:
            return work()
        except (RedisError, OSError) as problem:
            self._ask_again_at = time.monotonic() + LEFT_ALONE_SECONDS
            log.info("nothing is shared for a while: %s", type(problem).__name__)
            return None


class _Held:
    """A claim that is ours until we let go of it, or die."""

    def __init__(self, lock: Lock) -> None:
        self._lock, self._is_over = lock, False

    def keep(self, sleep: Callable[[float], None]) -> None:
        while not self._is_over:
            sleep(CLAIM_SECONDS / 3)
            with suppress(RedisError, OSError):  # lost: then another process may do the same, and nothing is wrong
                if not self._is_over:
                    self._lock.extend(CLAIM_SECONDS, replace_ttl=True)

    def let_go(self) -> None:
        self._is_over = True
        with suppress(RedisError, OSError):
            self._lock.release()
