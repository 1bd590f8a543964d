"""How long each model took to load, and so how long it will probably take again."""

import logging
import math
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from statistics import median

from chat.locks import ShortLock

log = logging.getLogger(__name__)
_REMEMBERED = 7
_LEAST_LOADS = 2  # of one kind, before it is told apart from the other
_LEAST_SPREAD = 0.2  # of the usual time: no two loads take the same
_CACHED_SECONDS = 1800.0  # after it was in memory, a model's file is probably still in the system's page cache
_AT_USUAL, _AT_MOST = 0.9, 0.99  # of the bar, when the usual time is over, and however long it takes


@dataclass(frozen=True, slots=True)
class LoadEstimate:
    """Seconds: the median of earlier loads, and the range in which they lay."""

    usual: float
    soonest: float
    latest: float

    def left(self, elapsed: float) -> float:
        """Probably so long still; 0 when the usual time is over."""
        return round(max(0.0, self.usual - elapsed), 1)

    def range_left(self, elapsed: float) -> tuple[float, float]:
        """Between so and so long still. When the second is 0 it takes longer than usual."""
        return round(max(0.0, self.soonest - elapsed), 1), round(max(0.0, self.latest - elapsed), 1)

    def progress(self, elapsed: float) -> float:
        """A share that goes with the time but never says that it is done: the rest shrinks more and more slowly."""
        part = elapsed / max(self.usual, 0.001)
        if part < 1:
            return round(_AT_USUAL * part, 3)
        return round(_AT_MOST - (_AT_MOST - _AT_USUAL) * math.exp(1 - part), 3)


class Warmth:
    """Load times per backend and model, from the disk and from the page cache apart.

    The sampling options that we send change nothing about a load, so they do not count. `on_record(backend, model,
    load_ms, is_cold)` may keep them for the next start; `spawn` runs it beside the answer, which waits for no disk.
    """

    def __init__(
        self,
        on_record: Callable[[str, str, int, bool], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        spawn: Callable[[Callable[[], None]], object] = lambda keep: keep(),
    ) -> None:
        self._on_record, self._spawn = on_record, spawn
        self._clock = clock
        self._lock = ShortLock()
        self._loads: defaultdict[tuple[str, str], deque[tuple[int, bool]]] = defaultdict(
            lambda: deque(maxlen=2 * _REMEMBERED)
        )
        self._in_memory_at: dict[tuple[str, str], float] = {}
        self._last_began: dict[tuple[str, str], float] = {}

    def saw_loaded(self, backend: str, model: str) -> None:
        """The model is in memory now: if it is put out, the next load will probably not need the disk."""
        with self._lock:
            self._in_memory_at[backend, model] = self._clock()

    def is_cold(self, backend: str, model: str) -> bool:
        """Whether a load that begins now probably reads the file from the disk."""
        with self._lock:
            seen = self._in_memory_at.get((backend, model))
        return seen is None or self._clock() - seen > _CACHED_SECONDS

    def record(
        self, backend: str, model: str, load_ms: int, *, is_cold: bool = True, began: float | None = None
    ) -> None:
        """Remembers one load, in milliseconds; once, however many waited for the one that `began` then.

        Not being able to keep it for the next start costs nobody an answer.
        """
        key = (backend, model)
        with self._lock:
            if began is not None and self._last_began.get(key) == began:
                return
            if began is not None:
                self._last_began[key] = began
            self._loads[key].append((load_ms, is_cold))
        self.saw_loaded(backend, model)
        if self._on_record:
            self._spawn(partial(self._keep, self._on_record, backend, model, load_ms, is_cold))

    def _keep(
        self, on_record: Callable[[str, str, int, bool], None], backend: str, model: str, load_ms: int, is_cold: bool
    ) -> None:
        try:
            on_record(backend, model, load_ms, is_cold)
        except Exception:  # whatever its storage raises: the answer that taught us this is complete
            log.exception("the load time of %s on %s was not kept", model, backend)

    def estimate(self, backend: str, model: str) -> LoadEstimate | None:
        """From the last seven loads that began as one would now; from all, if there were hardly any. None before."""
        is_cold = self.is_cold(backend, model)
        with self._lock:
            loads = list(self._loads.get((backend, model), ()))
        alike = [load_ms for load_ms, was_cold in loads if was_cold == is_cold]
        chosen = (alike if len(alike) >= _LEAST_LOADS else [load_ms for load_ms, _ in loads])[-_REMEMBERED:]
        if not chosen:
            return None
        usual = median(chosen)
        spread = _LEAST_SPREAD * usual
        soonest, latest = min(*chosen, usual - spread), max(*chosen, usual + spread)
        return LoadEstimate(usual / 1000, soonest / 1000, latest / 1000)

    def seed(self, rows: Iterable[tuple[str, str, int, bool]]) -> None:
        """Takes over (backend, model, load_ms, is_cold) of loads that are kept already, oldest first."""
        with self._lock:
            for backend, model, load_ms, is_cold in rows:
                self._loads[backend, model].append((load_ms, is_cold))
