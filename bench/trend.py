"""Whether a figure that wavers has grown."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

Point = tuple[float, float]
WARM_UP = 1 / 3  # of the time: caches and pools fill first
FLOOR = 0.01  # of the figure: less than this is how memory is handed out, not what is kept


@dataclass(frozen=True)
class Trend:
    """Of the figures after the warm-up: how much they grew from their first to their last, and how far they waver."""

    growth: float
    noise: float

    @staticmethod
    def of(points: Sequence[Point]) -> "Trend":
        """Points are (seconds, figure). The slope is the median of those between any two, so that a peak hardly counts.

        Raises `ValueError` where fewer than two are left after the warm-up.
        """
        kept = points[int(len(points) * WARM_UP) :]
        if len(kept) < 2:
            raise ValueError("too few samples for a trend: soak for longer")
        slope = statistics.median((b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(kept, 2))
        middle = statistics.median(figure - slope * at for at, figure in kept)
        residuals = [abs(figure - slope * at - middle) for at, figure in kept]
        floor = FLOOR * statistics.median(figure for _, figure in kept)
        return Trend(slope * (kept[-1][0] - kept[0][0]), max(floor, 2 * statistics.median(residuals)))

    @property
    def is_flat(self) -> bool:
        return self.growth <= self.noise
