"""How alike two vectors are."""

from collections.abc import Sequence
from math import sqrt


def likeness(one: Sequence[float], other: Sequence[float]) -> float:
    """The cosine of the angle between them: 1 is the same direction, 0 has nothing to do with it."""

    def product(a: Sequence[float], b: Sequence[float]) -> float:
        return sum(x * y for x, y in zip(a, b, strict=True))

    return product(one, other) / sqrt(product(one, one) * product(other, other))
