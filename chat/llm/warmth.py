"""How long each model took to load, and so how long it will probably take again."""

import logging
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from statistics import median

log = logging.getLogger(__name__)
_REMEMBERED = 7


class Warmth:
    """Load times per (backend, model); `on_record(backend, model, load_ms)` may keep them for the next start."""

    def __init__(self, on_record: Callable[[str, str, int], None] | None = None) -> None:
        self.on_record = on_record
        self._lock = threading.Lock()
        self._loads: defaultdict[tuple[str, str], deque[int]] = defaultdict(lambda: deque(maxlen=_REMEMBERED))

    def record(self, backend: str, model: str, load_ms: int) -> None:
        """Remembers one load, in milliseconds. Not being able to keep it for the next start costs nobody an answer."""
        with self._lock:
            self._loads[backend, model].append(load_ms)
        if self.on_record is None:
            return
        try:
            self.on_record(backend, model, load_ms)
        except Exception:  # whatever its storage raises: the answer that taught us this is complete
            log.exception("the load time of %s on %s was not kept", model, backend)

    def estimate_ms(self, backend: str, model: str) -> int | None:
        """The median of the last seven loads in milliseconds, `None` before the first."""
        with self._lock:
            loads = list(self._loads.get((backend, model), ()))
        return round(median(loads)) if loads else None

    def seed(self, rows: Iterable[tuple[str, str, int]]) -> None:
        """Takes over (backend, model, load_ms) rows of earlier runs, oldest first; does not call `on_record`."""
        with self._lock:
            for backend, model, load_ms in rows:
                self._loads[backend, model].append(load_ms)
