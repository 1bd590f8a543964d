"""What was shown, beside what was true: for how long anything else was shown at each change, and in all. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

Moment = tuple[float, str]  # from this second on it is so
Acceptable = Mapping[str, frozenset[str]]  # for each truth, what may be shown


@dataclass(frozen=True)
class Honesty:
    """Of one question: how long something wrong stood there, change by change and in all, and how long all took."""

    delays: tuple[float, ...]
    wrong_seconds: float
    seconds: float


def compare(shown: Sequence[Moment], truth: Sequence[Moment], acceptable: Acceptable) -> Honesty:
    """From the first moment at which anything is shown until both have ended. All moments are in order.

    A change of the truth at which nothing wrong was shown counts as a delay of 0.
    """
    began, ended = shown[0][0], max(shown[-1][0], truth[-1][0])
    wrong = list(_joined(_wrong_intervals(shown, truth, acceptable, began, ended)))
    changes = [at for at, _ in truth if began < at <= ended]
    quiet = [at for at in changes if not any(start <= at <= end for start, end in wrong)]
    lengths = [end - start for start, end in wrong]
    return Honesty((*lengths, *(0.0 for _ in quiet)), sum(lengths), ended - began)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of all lie, by the nearest rank."""
    found = sorted(values)
    return found[min(len(found) - 1, int(share * len(found)))]


def _wrong_intervals(
    shown: Sequence[Moment], truth: Sequence[Moment], acceptable: Acceptable, began: float, ended: float
) -> Iterable[tuple[float, float]]:
    edges = sorted({began, ended, *(at for at, _ in (*shown, *truth) if began < at < ended)})
    for start, end in pairwise(edges):
        middle = (start + end) / 2
        if _at(shown, middle) not in acceptable[_at(truth, middle)]:
            yield start, end


def _at(moments: Sequence[Moment], time: float) -> str:
    return [what for at, what in moments if at <= time][-1]


def _joined(intervals: Iterable[tuple[float, float]]) -> Iterable[tuple[float, float]]:
    last: tuple[float, float] | None = None
    for start, end in intervals:
        if last and last[1] == start:
            last = (last[0], end)
            continue
        if last:
            yield last
        last = (start, end)
    if last:
        yield last
