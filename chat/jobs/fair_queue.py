"""The order in which people get their turn at one backend: round robin between them, first come first served for each.

Pure: no threads, no clock. The scheduler is its only user.
"""

from collections import OrderedDict, deque
from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class FairQueue(Generic[T]):
    """Whoever was served last goes to the end; somebody new stands behind everybody's first question."""

    def __init__(self) -> None:
        self._lines: OrderedDict[str, deque[T]] = OrderedDict()

    def add(self, person: str, item: T) -> None:
        self._lines.setdefault(person, deque()).append(item)

    def remove(self, person: str, item: T) -> None:
        """Takes an item out wherever it stands; does nothing if it is not there."""
        line = self._lines.get(person)
        if line is None or item not in line:
            return
        line.remove(item)
        if not line:
            del self._lines[person]

    def take(self) -> T | None:
        """The next item, or None; its person goes to the end of the round."""
        if not self._lines:
            return None
        person, line = self._lines.popitem(last=False)
        item = line.popleft()
        if line:
            self._lines[person] = line
        return item

    def in_order(self) -> Iterator[T]:
        """All items in the order in which `take` would give them if nobody came or left."""
        depth = 0
        while True:
            at_depth = [line[depth] for line in self._lines.values() if depth < len(line)]
            if not at_depth:
                return
            yield from at_depth
            depth += 1

    def __len__(self) -> int:
        return sum(map(len, self._lines.values()))
