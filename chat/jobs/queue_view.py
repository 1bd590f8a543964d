"""The lines of all backends as one person may see them: questions of rooms that are not theirs have no name."""

import time
from collections.abc import Collection
from dataclasses import dataclass

from chat import wire
from chat.db.unit_of_work import Database
from chat.jobs.choosing import Chooser
from chat.jobs.scheduler import Line, Scheduler, Ticket
from chat.services.access import readers_among
from chat.services.people import names_of

MOST_WAITING = 20  # of one backend that are shown; the others are counted


@dataclass(frozen=True, slots=True)
class _Eyes:
    """One person's: the rooms of the line that they may read."""

    person: str
    rooms: frozenset[str]


class QueueView:
    def __init__(self, db: Database, scheduler: Scheduler, chooser: Chooser) -> None:
        self._db, self._scheduler, self._chooser = db, scheduler, chooser

    def seen_by(self, user_id: str) -> list[wire.BackendQueue]:
        return self.seen_by_each([user_id])[user_id]

    def seen_by_each(self, user_ids: Collection[str]) -> dict[str, list[wire.BackendQueue]]:
        """For each of these people. Those who see the same get the very same list."""
        lines = self._scheduler.lines()
        shown = [ticket for line in lines for ticket in _shown(line)]
        rooms = {ticket.source.room for ticket in shown if ticket.source.room}
        askers = {ticket.source.person for ticket in shown}
        with self._db.read() as read:
            readable = readers_among(read, rooms, user_ids)
            names = names_of(read, askers)
        views: dict[tuple[str, frozenset[str]], list[wire.BackendQueue]] = {}
        seen: dict[str, list[wire.BackendQueue]] = {}
        for user_id in user_ids:
            eyes = _Eyes(user_id, readable.get(user_id, frozenset()))
            key = (user_id if user_id in askers else "", eyes.rooms)
            if key not in views:
                views[key] = [self._queue(line, eyes, names) for line in lines]
            seen[user_id] = views[key]
        return seen

    def _queue(self, line: Line, eyes: _Eyes, names: dict[str, str]) -> wire.BackendQueue:
        entries = [self._entry(line, ticket, eyes, names) for ticket in _shown(line)]
        more = max(0, len(line.waiting) - MOST_WAITING)
        return wire.BackendQueue(backend=line.backend, slots=line.capacity, entries=entries, more=more)

    def _entry(self, line: Line, ticket: Ticket, eyes: _Eyes, names: dict[str, str]) -> wire.QueueEntry:
        source, work = ticket.source, ticket.work
        entry = wire.QueueEntry(
            kind="program" if source.is_batch else "room" if source.room else "person",
            model=work.model,
            position=ticket.position,
            is_mine=source.person == eyes.person,
        )
        if ticket.position == 0:
            entry.is_loading = ticket.loaded_at is not None
            entry.running_seconds = round(time.monotonic() - ticket.began, 1)
        else:
            slots = (line.backend, work.model, line.capacity)
            entry.start_seconds = self._chooser.start_seconds(*slots, ticket.position)
        if source.room in eyes.rooms:
            entry.room, entry.reply, entry.asked_by = source.room, work.reply, names.get(source.person)
        return entry


def _shown(line: Line) -> tuple[Ticket, ...]:
    return (*line.running, *line.waiting[:MOST_WAITING])
