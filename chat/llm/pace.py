"""How long each model takes for an answer and how fast it writes, as far as we have seen it."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from statistics import median

from chat.locks import ShortLock

_REMEMBERED = 20


class Pace:
    """Of the last answers of each (backend, model): the seconds that each held its slot, and tokens per second.

    `on_record(backend, model, seconds, tokens_per_second)` may tell of each.
    """

    def __init__(self, on_record: Callable[[str, str, float, float | None], None] = lambda *seen: None) -> None:
        self._on_record = on_record
        self._lock = ShortLock()
        self._seconds: defaultdict[tuple[str, str], deque[float]] = defaultdict(lambda: deque(maxlen=_REMEMBERED))
        self._speeds: defaultdict[tuple[str, str], deque[float]] = defaultdict(lambda: deque(maxlen=_REMEMBERED))

    def record(self, backend: str, model: str, seconds: float, tokens_per_second: float | None) -> None:
        """One complete answer."""
        self.seed([(backend, model, seconds, tokens_per_second)])
        self._on_record(backend, model, seconds, tokens_per_second)

    def seed(self, rows: Iterable[tuple[str, str, float, float | None]]) -> None:
        """Takes over (backend, model, seconds, tokens per second) of earlier answers, oldest first."""
        with self._lock:
            for backend, model, seconds, tokens_per_second in rows:
                self._seconds[backend, model].append(seconds)
                if tokens_per_second:
                    self._speeds[backend, model].append(tokens_per_second)

    def speeds(self, backend: str, model: str) -> list[float]:
        """Tokens per second of the last answers, oldest first."""
        with self._lock:
            return list(self._speeds.get((backend, model), ()))

    def answer_seconds(self, backend: str, model: str) -> float | None:
        """The usual time of an answer; None before the first."""
        return self._usual(self._seconds, backend, model)

    def tokens_per_second(self, backend: str, model: str) -> float | None:
        return self._usual(self._speeds, backend, model)

    def _usual(self, of: dict[tuple[str, str], deque[float]], backend: str, model: str) -> float | None:
        with self._lock:
            found = list(of.get((backend, model), ()))
        return median(found) if found else None
