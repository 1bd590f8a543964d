"""Complete answers, kept for a while within a byte limit: the same question need not be computed again."""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import orjson
from cachetools import TTLCache

from chat.llm.base import ChatMessage, DoneChunk, Options, Tooling
from chat.locks import ShortLock

_ENTRY_BYTES = 512
_PREFIX = "answer:"


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    text: str
    done: DoneChunk
    age_seconds: float
    took_seconds: float


@dataclass(frozen=True, slots=True)
class _Kept:
    text: str
    done: DoneChunk
    kept_at: float
    took_seconds: float

    @property
    def size(self) -> int:
        return len(self.text.encode("utf-8", "surrogatepass")) + _ENTRY_BYTES


@dataclass(slots=True)
class CacheUse:
    """Questions since the start: all, those answered from the cache, and those for which a model had to work.

    The others came while an equal one was being answered, and were told the same.
    """

    asked: int = 0
    hits: int = 0
    computed: int = 0
    saved_seconds: float = 0.0

    def hit(self, answer: CachedAnswer) -> None:
        self.hits += 1
        self.saved_seconds += answer.took_seconds


class SharedValues(Protocol):
    """What other processes read as well. Whatever goes wrong there, these raise nothing."""

    def get(self, key: str) -> bytes | None: ...

    def put(self, key: str, value: bytes, seconds: float) -> None: ...

    def clear(self, prefix: str) -> None: ...


class ResponseCache:
    """Answers by `cache_key`. A `ttl_seconds` or `max_bytes` of 0 switches it off; `clock` counts seconds."""

    def __init__(
        self,
        ttl_seconds: float,
        max_bytes: int,
        clock: Callable[[], float] = time.monotonic,
        shared: SharedValues | None = None,
    ) -> None:
        self.use = CacheUse()
        self._shared = shared
        self.on_clear: Callable[[], None] = lambda: None
        self.ttl_seconds, self.max_bytes = ttl_seconds, max_bytes
        self._clock = clock
        self._lock = ShortLock()
        self._kept: TTLCache[str, _Kept] | None = None
        if ttl_seconds > 0 and max_bytes > 0:
            self._kept = TTLCache(max_bytes, ttl_seconds, timer=clock, getsizeof=lambda kept: kept.size)

    def get(self, key: str) -> CachedAnswer | None:
        """The answer under `key` and its age in seconds, if it is still kept."""
        if self._kept is None:
            return None
        with self._lock:
            found = self._kept.get(key)
        if found is None:
            return self._get_shared(key)
        return CachedAnswer(found.text, found.done, self._clock() - found.kept_at, found.took_seconds)

    def put(self, key: str, text: str, done: DoneChunk, took_seconds: float = 0.0) -> None:
        """Keeps a complete answer. One without text, cut off by a limit or larger than the whole cache is not kept.

        Whoever gets it again is spared `took_seconds`.
        """
        kept = _Kept(text, done, self._clock(), took_seconds)
        if self._kept is None or not text or done.finish != "stop" or kept.size > self._kept.maxsize:
            return
        with self._lock:
            self._kept[key] = kept
        self._put_shared(key, kept)

    @property
    def is_on(self) -> bool:
        return self._kept is not None

    def _get_shared(self, key: str) -> CachedAnswer | None:
        stored = self._shared.get(_PREFIX + key) if self._shared else None
        if stored is None:
            return None
        text, done, kept_at, took_seconds = orjson.loads(stored)
        return CachedAnswer(text, DoneChunk(**done), max(0.0, time.time() - kept_at), took_seconds)

    def _put_shared(self, key: str, kept: _Kept) -> None:
        if self._shared is None:
            return
        try:
            value = orjson.dumps((kept.text, asdict(kept.done), time.time(), kept.took_seconds))
        except TypeError:  # half a character: this process keeps it, and it alone
            return
        self._shared.put(_PREFIX + key, value, self.ttl_seconds)

    def clear(self) -> None:
        """Forgets all answers, everywhere; what they have saved so far stays counted."""
        self.clear_own()
        if self._shared:
            self._shared.clear(_PREFIX)
        self.on_clear()

    def clear_own(self) -> None:
        """Forgets those that are kept in this process."""
        if self._kept is None:
            return
        with self._lock:
            self._kept.clear()

    def size(self) -> tuple[int, int]:
        """How many answers are kept, and their bytes."""
        if self._kept is None:
            return 0, 0
        with self._lock:
            self._kept.expire()
            return len(self._kept), int(self._kept.currsize)


def question_key(
    scope: str,
    messages: Sequence[ChatMessage],
    options: Options,
    tooling: Tooling | None = None,
    template: str | None = None,
) -> str:
    """The same for the same question. `scope` says who may share the answer (a room, a user)."""
    return _digest(scope, messages, options, tooling or Tooling(), template)


def cache_key(question: str, backend: str, model: str, version: str | None = None) -> str:
    """The same for the same question to the same version of a model; `question` is its `question_key`."""
    return f"{question} {len(backend)} {backend} {version or ''} {model}"


def _digest(*parts: object) -> str:
    try:
        canonical = orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # half a character, or a number of more than 64 bits
        canonical = json.dumps(parts, sort_keys=True, default=_fields).encode()
    return hashlib.sha256(canonical).hexdigest()


def _fields(value: Any) -> dict[str, Any]:
    return asdict(value)
