"""The order in which questions get their turn at one backend. Pure: no threads, no clock; the scheduler alone uses it.

Rooms take turns, and the people in a room take turns; whoever asks in several rooms still has the turns of one person.
Programs come after people, but while they wait one turn of `BATCH_EVERY` is theirs.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush, heapreplace
from typing import Any, Generic, NamedTuple, TypeVar

T = TypeVar("T")

BATCH_EVERY = 5
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """Who asks, and in which room; outside of rooms everybody is a room of their own. `is_batch`: nobody looks on."""

    person: str
    room: str | None = None
    is_batch: bool = False
    group: _Key = field(init=False)

    def __post_init__(self) -> None:
        group = ("person", self.person) if self.room is None else ("room", self.room)
        object.__setattr__(self, "group", group)


class FairQueue(Generic[T]):
    """What waits for one backend."""

    def __init__(self) -> None:
        self._people: _Waiting[T] = _Waiting()
        self._programs: _Waiting[T] = _Waiting()
        self._since_batch = 0  # turns of people since the last one of programs, while programs wait

    def memory(self) -> dict[str, Any]:
        """Who had a turn when, as JSON. With it `recall` makes the same queue of the items that wait in it."""
        people, programs = self._people.memory(), self._programs.memory()
        return {"people": people, "programs": programs, "since_batch": self._since_batch}

    @classmethod
    def recall(cls, memory: dict[str, Any], waiting: Iterable[tuple[Source, T]]) -> "FairQueue[T]":
        """`waiting` in the order in which they came."""
        queue = cls()
        queue._people.recall(memory["people"])
        queue._programs.recall(memory["programs"])
        queue._since_batch = memory["since_batch"]
        for source, item in waiting:
            queue._of(source).put(source, item)
        return queue

    def add(self, source: Source, item: T) -> None:
        self._of(source).add(source, item)

    def remove(self, source: Source, item: T) -> None:
        """Takes an item out wherever it stands; does nothing if it is not there."""
        self._of(source).remove(source, item)

    def take(self) -> T | None:
        """The next item, or None."""
        first = next(self._walk(), None) if len(self) else None
        if first is None:
            return None
        turn, self._since_batch = first
        self._of(turn.source).take(turn)
        return turn.item

    def in_order(self) -> Iterator[T]:
        """All items in the order in which `take` would give them if nobody came or left."""
        if len(self):
            yield from (turn.item for turn, _ in self._walk())

    def count(self, source: Source) -> tuple[int, int, int]:
        """How many wait of the same kind (people, or programs); of them those of the room, and those of the person."""
        waiting = self._of(source)
        return waiting.size, waiting.count(source.group), waiting.count_of(source.person)

    def __len__(self) -> int:
        return self._people.size + self._programs.size

    def _of(self, source: Source) -> "_Waiting[T]":
        return self._programs if source.is_batch else self._people

    def _walk(self) -> Iterator[tuple["_Turn[T]", int]]:
        """The turns to come, each with what `_since_batch` is after it."""
        people, programs = self._people.walk(), self._programs.walk()
        person, program = next(people, None), next(programs, None)
        since = self._since_batch
        while person or program:
            if program and (person is None or since >= BATCH_EVERY - 1):
                since = 0
                yield program, since
                program = next(programs, None)
            elif person:
                since = since + 1 if program else 0
                yield person, since
                person = next(people, None)


class _Turn(NamedTuple, Generic[T]):
    source: Source
    item: T


class _Waiting(Generic[T]):
    """What waits of one kind. The next turn is that of whose room and who themselves had one least recently.

    `_had` is when each had its last turn: twice the number of the turn. Somebody new is put just before whoever had
    the last one: behind all who wait longer, and before whoever is served right now.
    """

    def __init__(self) -> None:
        self._lines: dict[_Key, dict[str, deque[tuple[int, Source, T]]]] = {}
        self._had: dict[_Key, int] = {}
        self._turn = self._arrived = self.size = 0
        self._last: tuple[_Key, ...] = ()  # who had the last turn
        self._of_person: dict[str, int] = {}  # how many questions of each wait

    def memory(self) -> dict[str, Any]:
        return {"turn": self._turn, "had": [[*key, had] for key, had in self._had.items()], "last": self._last}

    def recall(self, memory: dict[str, Any]) -> None:
        """Of a queue to which those that wait are `put` afterwards."""
        self._turn = memory["turn"]
        self._had = {(kind, name): had for kind, name, had in memory["had"]}
        self._last = tuple((kind, name) for kind, name in memory["last"])

    def add(self, source: Source, item: T) -> None:
        for key in _keys(source):
            if not self._waits(key):
                self._had[key] = max(self._had.get(key, -1), 2 * self._turn - 1)
        self.put(source, item)

    def put(self, source: Source, item: T) -> None:
        """Behind the others of the same source, whose last turn is known."""
        self._arrived += 1
        self.size += 1
        lines = self._lines.setdefault(source.group, {})
        lines.setdefault(source.person, deque()).append((self._arrived, source, item))
        self._of_person[source.person] = self._of_person.get(source.person, 0) + 1

    def remove(self, source: Source, item: T) -> None:
        line = self._lines.get(source.group, {}).get(source.person, deque())
        waiting = next((entry for entry in line if entry[2] is item), None)
        if waiting:
            line.remove(waiting)
            self._left(source)

    def take(self, turn: _Turn[T]) -> None:
        """`turn` is the first of `walk`."""
        source = turn.source
        self._lines[source.group][source.person].popleft()
        self._turn += 1
        before, self._last = self._last, _keys(source)
        for key in self._last:
            self._had[key] = 2 * self._turn
        self._left(source)
        self._forget(*before)

    def count(self, group: _Key) -> int:
        return sum(map(len, self._lines.get(group, {}).values()))

    def count_of(self, person: str) -> int:
        return self._of_person.get(person, 0)

    def walk(self) -> Iterator[_Turn[T]]:
        """All turns in order, as if nobody came or left."""
        if self.size < 2:
            yield from self._only()
            return
        simulation = _Simulation(self._lines, dict(self._had), self._turn)
        while (turn := simulation.next()) is not None:
            yield turn

    def _only(self) -> Iterator[_Turn[T]]:
        for people in self._lines.values():
            for line in people.values():
                yield _Turn(line[0][1], line[0][2])

    def _waits(self, key: _Key) -> bool:
        return key in self._lines or (key[0] == "person" and key[1] in self._of_person)

    def _left(self, source: Source) -> None:
        self.size -= 1
        lines = self._lines[source.group]
        if not lines[source.person]:
            del lines[source.person]
        if not lines:
            del self._lines[source.group]
        self._of_person[source.person] -= 1
        if not self._of_person[source.person]:
            del self._of_person[source.person]
        self._forget(*_keys(source))

    def _forget(self, *keys: _Key) -> None:
        for key in keys:
            if key not in self._last and not self._waits(key):
                self._had.pop(key, None)


def _keys(source: Source) -> tuple[_Key, _Key]:
    return source.group, ("person", source.person)


class _Simulation(Generic[T]):
    """Plays the turns to come. Keys only grow, so a heap's entry that is out of date is put back where it belongs."""

    def __init__(
        self, lines: dict[_Key, dict[str, deque[tuple[int, Source, T]]]], had: dict[_Key, int], turn: int
    ) -> None:
        self._had, self._turn = had, turn
        self._left = {group: {person: iter(line) for person, line in people.items()} for group, people in lines.items()}
        self._heads = {
            (group, person): next(it) for group, people in self._left.items() for person, it in people.items()
        }
        # For each room its people by (last turn, arrival); the rooms by the best of their people.
        self._people = {
            group: [(had["person", person], self._heads[group, person][0], person) for person in people]
            for group, people in lines.items()
        }
        for people in self._people.values():
            heapify(people)
        self._groups = [(self._key(group), group) for group in self._people]
        heapify(self._groups)

    def next(self) -> _Turn[T] | None:
        while self._groups:
            key, group = self._groups[0]
            now = self._key(group)
            if now == key:
                return self._play(group)
            heapreplace(self._groups, (now, group))
        return None

    def _play(self, group: _Key) -> _Turn[T]:
        _, _, person = heappop(self._people[group])
        _, source, item = self._heads[group, person]
        self._turn += 1
        self._had[group] = self._had["person", person] = 2 * self._turn
        following = next(self._left[group][person], None)
        if following:
            self._heads[group, person] = following
            heappush(self._people[group], (2 * self._turn, following[0], person))
        if not self._people[group]:
            heappop(self._groups)
        return _Turn(source, item)

    def _key(self, group: _Key) -> tuple[int, int, int]:
        """When the room or the first of its people had the last turn, whichever is later; the person's; arrival."""
        people = self._people[group]
        while people[0][0] != self._had["person", people[0][2]]:
            _, arrived, person = people[0]
            heapreplace(people, (self._had["person", person], arrived, person))
        had, arrived, _ = people[0]
        return max(self._had[group], had), had, arrived
