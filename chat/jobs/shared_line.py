"""One backend's line as all processes have it, and as it is stored. Changes nothing outside of itself."""

import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from math import inf
from typing import Any

from chat.db.ids import now_ms
from chat.jobs.fair_queue import FairQueue, Source
from chat.jobs.scheduler import BackendLine, Ticket, Work
from chat.services.job_rows import lease_began
from chat.services.lines import State

_NOBODY_KNOWS = -1  # when a model will be loaded


@dataclass(eq=False)
class SharedTicket(Ticket):
    """`id` is the same in every process; `process` is whose question it is."""

    id: str = ""
    process: str = ""


class SharedLine(BackendLine):
    """`rev` counts its changes. Tickets are this object's own: what becomes of them is told to nobody."""

    def __init__(self, rev: int = 0, state: State | None = None) -> None:
        super().__init__()
        self.rev = rev
        self._seen: dict[str, int] = {}  # when each process has said that it is alive, in ms since 1970
        self._came: list[SharedTicket] = []  # all, in the order in which they were asked
        if state:
            self._read(state)

    def tickets(self) -> Iterator[SharedTicket]:
        yield from self._came

    def find(self, ticket_id: str) -> SharedTicket | None:
        return next((ticket for ticket in self._came if ticket.id == ticket_id), None)

    def enter(self, ticket: Ticket, capacity: int, limit: int) -> None:
        assert isinstance(ticket, SharedTicket)
        super().enter(ticket, capacity, limit)
        self._came.append(ticket)
        self._sort()

    def leave(self, ticket: Ticket) -> None:
        assert isinstance(ticket, SharedTicket)
        self._came.remove(ticket)
        super().leave(ticket)

    def put_back(self, ticket: SharedTicket) -> None:
        """One that others had taken for dead: it has its slot still, or stands in line anew."""
        self._came.append(ticket)
        if ticket.position == 0:
            self.running.append(ticket)
        else:
            self.waiting.add(ticket.source, ticket)
        self._sort()

    def is_alive(self, process: str) -> None:
        """Whoever has not said so for the time of a lease leaves the line."""
        self._seen[process] = now_ms()
        for ticket in list(self._came):
            if self._seen.get(ticket.process, 0) < lease_began():
                self.leave(ticket)
        kept = {ticket.process for ticket in self._came} | {process}
        self._seen = {name: at for name, at in self._seen.items() if name in kept}

    def keep_only(self, process: str, ticket_ids: Collection[str]) -> None:
        """Takes out what a process has in line and knows nothing of: it could not be written that they had left."""
        for ticket in list(self._came):
            if ticket.process == process and ticket.id not in ticket_ids:
                self.leave(ticket)

    def state(self) -> State:
        """As it is stored: times in ms since 1970."""
        tickets = [_written(ticket) for ticket in self._came]
        return {"capacity": self.capacity, "tickets": tickets, "fair": self.waiting.memory(), "seen": self._seen}

    def _sort(self) -> None:
        """Whichever process had a question first: those of one person in a room have turns in the order of asking."""
        self._came.sort(key=lambda ticket: ticket.work.job or ticket.id)
        self._recall(self.waiting.memory())
        self.grant()

    def _recall(self, memory: dict[str, Any]) -> None:
        waiting = [(ticket.source, ticket) for ticket in self._came if ticket.position != 0]
        self.waiting = FairQueue.recall(memory, waiting)

    def _read(self, state: State) -> None:
        self.capacity, self._seen = state["capacity"], state["seen"]
        self._came = [_read(written) for written in state["tickets"]]
        self.running = sorted((one for one in self._came if one.position == 0), key=lambda one: one.began)
        self._recall(state["fair"])


def _written(ticket: SharedTicket) -> dict[str, Any]:
    source, loaded_at = ticket.source, ticket.loaded_at
    return {
        "id": ticket.id,
        "process": ticket.process,
        "source": [source.person, source.room, source.is_batch],
        "work": [ticket.work.model, ticket.work.reply, ticket.work.job],
        "position": ticket.position,
        "began": _as_ms(ticket.began),
        "loaded_at": loaded_at and (_NOBODY_KNOWS if loaded_at == inf else _as_ms(loaded_at)),
    }


def _read(written: dict[str, Any]) -> SharedTicket:
    loaded_at = written["loaded_at"]
    return SharedTicket(
        Source(*written["source"]),
        Work(*written["work"]),
        written["position"],
        _from_ms(written["began"]),
        inf if loaded_at == _NOBODY_KNOWS else loaded_at and _from_ms(loaded_at),
        id=written["id"],
        process=written["process"],
    )


def _as_ms(monotonic: float) -> int:
    return now_ms() + round((monotonic - time.monotonic()) * 1000)


def _from_ms(at: int) -> float:
    return time.monotonic() + (at - now_ms()) / 1000
