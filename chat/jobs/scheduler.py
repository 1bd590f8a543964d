"""Who may use a backend now: at most as many at once as it can really serve, the others in our own fair queue.

Because no backend is ever sent more than it serves at once, its own queue stays empty, and the place in ours is exact.
"""

import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from chat.background import Background
from chat.errors import ModelBusy
from chat.events import Event
from chat.jobs.fair_queue import FairQueue, Source
from chat.llm.cancelling import CancelToken
from chat.locks import ShortLock


@dataclass(frozen=True, slots=True)
class Work:
    """What stands in line, for whoever looks at it: which model is asked, and for which reply of a room.

    `job` is what a reply is written by, whose id tells when it was asked for.
    """

    model: str = ""
    reply: str | None = None
    job: str | None = None


@dataclass(eq=False)
class Ticket:
    """A place in line. `position` 1 is the next to get a slot; 0 has one, since `began` by the monotonic clock.

    While its model is being loaded, `loaded_at` is when that will probably be over; infinity where nobody knows.
    """

    source: Source
    work: Work = field(default_factory=Work)
    position: int = 0
    began: float = 0.0
    loaded_at: float | None = None
    changed: threading.Event = field(default_factory=threading.Event)

    def move(self, position: int) -> None:
        if self.position != position:
            self.position = position
            self.changed.set()

    def positions(self, cancel: CancelToken) -> Iterator[int]:
        """The place each time it changes, until the slot is ours. Raises what the token says when cancelled."""
        cancel.on_cancel(self.changed.set)
        while True:
            # Before reading: a move that comes from now on ends the wait below.
            self.changed.clear()
            position = self.position
            cancel.raise_if_cancelled()
            if position == 0:
                return
            yield position
            self.changed.wait()


@dataclass(frozen=True, slots=True)
class Line:
    """One backend's line as it is at a moment: who has a slot, and who waits, in the order of their turns."""

    backend: str
    capacity: int
    running: tuple[Ticket, ...]
    waiting: tuple[Ticket, ...]


class BackendLine:
    """A backend tells how many it serves at once when it is there; that may be fewer than run."""

    def __init__(self) -> None:
        self.capacity = 0
        self.running: list[Ticket] = []
        self.waiting: FairQueue[Ticket] = FairQueue()

    def enter(self, ticket: Ticket, capacity: int, limit: int) -> None:
        """Raises `ModelBusy`; `limit` as the scheduler's."""
        self.capacity = capacity
        self._require_place(ticket.source, limit)
        self.waiting.add(ticket.source, ticket)
        self.grant()

    def leave(self, ticket: Ticket) -> None:
        if ticket.position == 0:
            self.running.remove(ticket)
        self.waiting.remove(ticket.source, ticket)
        self.grant()

    def grant(self) -> None:
        """Gives free slots to the next in line and tells everybody else where they stand now."""
        while len(self.running) < self.capacity and (ticket := self.waiting.take()):
            self.running.append(ticket)
            ticket.began = time.monotonic()
            ticket.move(0)
        for place, ticket in enumerate(self.waiting.in_order(), start=1):
            ticket.move(place)

    def _require_place(self, source: Source, limit: int) -> None:
        waiting, of_room, of_person = self.waiting.count(source)
        if waiting >= limit:
            raise ModelBusy(f"{waiting} questions wait already. Ask again in a minute.", retry_after=60)
        most = max(1, limit // 2)
        if of_person >= most:
            raise ModelBusy(f"{of_person} questions of you wait already. Ask again in a minute.", retry_after=60)
        if of_room >= most:
            raise ModelBusy(f"{of_room} questions of this room wait already. Ask again in a minute.", retry_after=60)


class Scheduler:
    """All queues. `limit` is how many questions of people may wait for one backend, and as many of programs.

    Of these one room, and one person in all rooms together, has half: the others find a place however busy it is.
    `on_change` is called when somebody has come, got a slot or gone.
    """

    def __init__(self, limit: int, on_change: Callable[[], None] = lambda: None) -> None:
        self._limit, self._on_change = limit, on_change
        self._lock = ShortLock()
        self._backends: dict[str, BackendLine] = {}

    def begin(self, background: Background) -> None:
        """Called once, before the first question: for what a line over several processes has to do."""

    def hear(self, event: Event) -> None:
        """What other processes tell."""

    def close(self) -> None:
        """Called at the end of the process, when nothing more is asked."""

    @contextmanager
    def place(
        self,
        backend: str,
        capacity: int,
        person: str,
        room: str | None = None,
        *,
        is_batch: bool = False,
        work: Work | None = None,
    ) -> Generator[Ticket]:
        """A place in line for as long as the block runs; the slot, once granted, is freed at its end.

        Raises `ModelBusy` with `retry_after` when the line is full.
        """
        ticket = Ticket(Source(person, room, is_batch), work or Work(), position=-1)
        with self._lock:
            line = self._backends.setdefault(backend, BackendLine())
            line.enter(ticket, capacity, self._limit)
        self._on_change()
        try:
            yield ticket
        finally:
            with self._lock:
                line.leave(ticket)
            self._on_change()

    def note_load(self, backend: str, ticket: Ticket, loaded_at: float | None) -> None:
        """The model of a question that has its slot is being loaded until then, or (None) no longer.

        Whoever waits there wants to know.
        """
        if (ticket.loaded_at is None) == (loaded_at is None):
            return
        with self._lock:
            ticket.loaded_at = loaded_at
            for waiting in self._backends[backend].waiting.in_order():
                waiting.changed.set()
        self._on_change()

    def load_left(self, backend: str) -> float:
        """Seconds until some slot has its model in memory: 0 if one has, infinity if nobody knows."""
        now = time.monotonic()
        with self._lock:
            running = self._backends[backend].running if backend in self._backends else []
            left = [0.0 if ticket.loaded_at is None else max(0.0, ticket.loaded_at - now) for ticket in running]
        return min(left, default=0.0)

    def line(self, backend: str) -> int:
        """How many questions a backend has: those that it answers and those that wait for it."""
        with self._lock:
            line = self._backends.get(backend)
            return len(line.running) + len(line.waiting) if line else 0

    def waiting(self) -> int:
        """How many questions wait, over all backends."""
        with self._lock:
            return sum(len(line.waiting) for line in self._backends.values())

    def people_wait(self) -> bool:
        """Whether somebody is being answered or waits for it, on whichever backend."""
        tickets = [ticket for line in self.lines() for ticket in (*line.running, *line.waiting)]
        return any(not ticket.source.is_batch for ticket in tickets)

    def lines(self) -> list[Line]:
        """The lines of all backends that have anything to do."""
        with self._lock:
            return [
                Line(name, line.capacity, tuple(line.running), tuple(line.waiting.in_order()))
                for name, line in sorted(self._backends.items())
                if line.running or len(line.waiting)
            ]
