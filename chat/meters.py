"""What is counted while the server runs: plain numbers, cheap to add to, read only when somebody asks for /metrics."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)  # seconds, of what is to be at once
SLOW = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0)  # seconds, of what models take
SPEEDS = (1.0, 2.0, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 320.0, 640.0)  # tokens per second


class Histogram:
    """`counts` are how many values were at most as large as each of `bounds`, but larger than the one before it; the
    last one is of those that were larger than all. With plain threads one of two values of the same moment may be lost.
    """

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = tuple(bounds)
        self.counts = [0] * (len(self.bounds) + 1)
        self.total = 0.0

    def add(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


class Histograms(defaultdict[str, Histogram]):
    """One for each name; whoever adds sees to it that there are few names."""

    def __init__(self, bounds: Sequence[float]) -> None:
        super().__init__(lambda: Histogram(bounds))


@dataclass(frozen=True)
class Meters:
    """Of one server. Seconds: from an event to its ack by its name, from a request to its answer by the class of its
    status (2xx), and how late the event loop was. `posted` counts messages of people and of models.
    """

    events: Histograms = field(default_factory=lambda: Histograms(QUICK))
    requests: Histograms = field(default_factory=lambda: Histograms(QUICK))
    loop_lag: Histogram = field(default_factory=lambda: Histogram(QUICK))
    posted: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Traffic:
    """How many sockets are open, of how many people. Since the process began: packets sent to one client each, and
    clients that were dropped because they did not read.
    """

    sockets: int
    people: int
    packets: int
    dropped: int


class AnswerMeters:
    """What becomes of the questions to models, by backend. `ended` counts outcomes: done, stopped, or an error's code.

    Seconds: `queued` in line, `loads`, and `first` from the slot to the first text, the load with it. `speeds` are in
    tokens per second.
    """

    def __init__(self) -> None:
        self.ended: Counter[tuple[str, str]] = Counter()
        self.tokens: Counter[tuple[str, str]] = Counter()
        self.queued, self.loads, self.first = Histograms(SLOW), Histograms(SLOW), Histograms(SLOW)
        self.speeds = Histograms(SPEEDS)
