"""The scheduler of several processes, whose questions stand in the same lines.

Each line is a row of the database, and whoever changes it holds the row: so there is one order, no backend gets more at
once than it serves, whichever process asks, and a place is a place among all. What a process had in line that has died
is taken out after the time of a lease.
"""

import threading
from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial

from chat.background import Background
from chat.db.ids import new_id
from chat.db.unit_of_work import Database
from chat.errors import NotStored
from chat.events import Event
from chat.jobs.fair_queue import Source
from chat.jobs.scheduler import Scheduler, Ticket, Work
from chat.jobs.shared_line import SharedLine, SharedTicket
from chat.services.lines import hold_line, list_newer_lines, store_line
from chat.shared_events import LineChanged

LOOK_SECONDS = 1.0  # between two looks at the lines while nobody tells of a change
PAUSE_SECONDS = 0.02  # after each, for what changes at once
BEAT_EVERY = 5.0  # seconds


class SharedScheduler(Scheduler):
    """`own` are the backends that each process has for itself, and whose lines it shares with nobody."""

    def __init__(self, limit: int, on_change: Callable[[], None], db: Database, own: Collection[str]) -> None:
        super().__init__(limit, on_change)
        self._db, self._own = db, own
        self._process = new_id()
        self._mine: dict[str, tuple[str, SharedTicket]] = {}  # by id, each with its backend
        self._revs: dict[str, int] = {}  # of the lines as they are in `_backends`
        self._wake = threading.Event()

    def begin(self, background: Background) -> None:
        background.every(PAUSE_SECONDS, self._look_when_told)
        background.every(BEAT_EVERY, self.beat)

    def hear(self, event: Event) -> None:
        if isinstance(event, LineChanged):
            self._wake.set()

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
        """As the scheduler's; raises `NotStored` as well, where the database takes nothing."""
        if backend in self._own:
            with super().place(backend, capacity, person, room, is_batch=is_batch, work=work) as own:
                yield own
            return
        source = Source(person, room, is_batch)
        ticket = SharedTicket(source, work or Work(), position=-1, id=new_id(), process=self._process)
        try:
            self._change(backend, lambda line: self._enter(backend, line, ticket, capacity))
            yield ticket
        finally:
            if self._mine.pop(ticket.id, None):  # else it was refused, and has changed nothing
                with suppress(NotStored):  # then the next beat takes it out
                    self._change(backend, lambda line: _leave(line, ticket))

    def note_load(self, backend: str, ticket: Ticket, loaded_at: float | None) -> None:
        if not isinstance(ticket, SharedTicket):
            super().note_load(backend, ticket, loaded_at)
        elif (ticket.loaded_at is None) != (loaded_at is None):
            ticket.loaded_at = loaded_at
            with suppress(NotStored):  # the answer is worth more than what others know of its load
                self._change(backend, lambda line: _note(line, ticket))

    def beat(self) -> None:
        """Says of the lines in which anybody stands that we are alive, and makes right what we have there."""
        with self._lock:
            busy = [name for name in self._revs if self._backends[name].running or len(self._backends[name].waiting)]
        for backend in {*busy, *(backend for backend, _ in list(self._mine.values()))}:
            self._change(backend, partial(self._make_right, backend))

    def close(self) -> None:
        """Whoever is in line here is cut off with this process: others need not wait until its lease is over."""
        left = {backend for backend, _ in list(self._mine.values())}
        self._mine.clear()
        for backend in left:
            with suppress(NotStored):
                self._change(backend, partial(self._make_right, backend))

    def _enter(self, backend: str, line: SharedLine, ticket: SharedTicket, capacity: int) -> None:
        """It is ours from here on, where the line is held: no beat puts it in beforehand, or takes it out."""
        line.enter(_copy(ticket), capacity, self._limit)
        self._mine[ticket.id] = backend, ticket

    def _make_right(self, backend: str, line: SharedLine) -> None:
        mine = {name: ticket for name, (where, ticket) in list(self._mine.items()) if where == backend}
        line.keep_only(self._process, mine)
        for ticket in mine.values():
            if line.find(ticket.id) is None:
                line.put_back(_copy(ticket))

    def _change(self, backend: str, change: Callable[[SharedLine], None]) -> None:
        with self._db.write() as uow:
            rev, state = hold_line(uow, backend)
            line = SharedLine(rev + 1, state)
            line.is_alive(self._process)
            change(line)
            store_line(uow, backend, line.rev, line.state())
            uow.record(LineChanged(backend))
        self._adopt(backend, line)

    def _adopt(self, backend: str, line: SharedLine) -> None:
        """What was read or written last is how it is; our own questions hear where they stand now."""
        with self._lock:
            if line.rev <= self._revs.get(backend, 0):
                return
            self._revs[backend], self._backends[backend] = line.rev, line
            for ticket in line.tickets():
                if known := self._mine.get(ticket.id):
                    _tell(known[1], ticket)
        self._on_change()

    def _look_when_told(self) -> None:
        self._wake.wait(LOOK_SECONDS)
        self._wake.clear()
        self.look()

    def look(self) -> None:
        """Reads what others have changed."""
        with self._db.read() as read:
            newer = list_newer_lines(read, dict(self._revs))
        for backend, rev, state in newer:
            self._adopt(backend, SharedLine(rev, state))


def _copy(ticket: SharedTicket) -> SharedTicket:
    """What a line does with it counts when it is stored."""
    return replace(ticket, changed=threading.Event())


def _leave(line: SharedLine, ticket: SharedTicket) -> None:
    if stored := line.find(ticket.id):
        line.leave(stored)


def _note(line: SharedLine, ticket: SharedTicket) -> None:
    if stored := line.find(ticket.id):
        stored.loaded_at = ticket.loaded_at


def _tell(ticket: SharedTicket, stored: SharedTicket) -> None:
    """Also where its place is the same: when it will be its turn may be another time."""
    ticket.position, ticket.began = stored.position, stored.began
    ticket.changed.set()
