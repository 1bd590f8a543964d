"""Two lists of what was found made one: by places, since a word's weight and a nearness cannot be compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Why = Literal["text", "meaning", "both"]
SMOOTHING = 60  # reciprocal rank fusion: what is first in one list does not outdo what is high up in both


@dataclass(frozen=True, slots=True)
class Fused:
    id: str
    why: Why


def fuse(by_text: Sequence[str], by_meaning: Sequence[str]) -> list[Fused]:
    """The best first; of two that are as good, the one that was found by its words."""
    scores: dict[str, float] = {}
    for found in (by_text, by_meaning):
        for place, one in enumerate(found, start=1):
            scores[one] = scores.get(one, 0.0) + 1 / (SMOOTHING + place)
    ordered = sorted(scores, key=lambda one: -scores[one])
    return [Fused(one, _why(one in by_text, one in by_meaning)) for one in ordered]


def _why(in_text: bool, in_meaning: bool) -> Why:
    return "both" if in_text and in_meaning else "text" if in_text else "meaning"
