"""Lets the changes of each room out in the order of their `rev`, whichever process has made them.

The database is the truth, and what others tell is only the fast way to it: a change that does not come is read from
there. So nothing is lost with what carries it, and no socket hears a room in another order than it was written in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from chat import events, wire
from chat.background import Background
from chat.db.unit_of_work import Database
from chat.errors import NotStored
from chat.events import Event
from chat.services import history, room_log

HOLD_SECONDS = 0.1  # for what is on its way: two processes that write in one room are heard through each other
LOOK_SECONDS = 30.0  # between two looks whether the last thing that was told got lost
LOOK_ALONE_SECONDS = 2.0  # while nothing is told
ON_ITS_WAY_SECONDS = 1.0  # after a look, for what was just stored


@dataclass(slots=True)
class _Room:
    """How far a room has been let out, and by rev what came too early, each with what belongs after it."""

    seq: int
    rev: int
    held: dict[int, list[Event]] = field(default_factory=dict)
    is_waiting: bool = False


_UNKNOWN = _Room(0, 0)  # it was made after our start


class RoomOrder:
    """A subscriber of the publisher, in front of `then`. `hear(events)` brings events in from elsewhere."""

    def __init__(
        self,
        then: Sequence[Callable[[Event], None]],
        db: Database,
        background: Background,
        hear: Callable[[Sequence[Event]], None],
    ) -> None:
        """To be made before anybody is served: from here on no change of a room is missed."""
        self._then, self._db, self._background, self._hear = then, db, background, hear
        with db.read() as read:
            self._rooms = {row.id: _Room(row.last_seq, row.last_rev) for row in room_log.list_numbers(read)}

    def on_event(self, event: Event) -> None:
        if isinstance(event, events.RoomFellBehind):
            self._catch_up(event)
            return
        room_id, rev = _place_of(event)
        if room_id is None:
            self._let_out(event)
        elif rev is None:
            self._let_out_after(self._rooms.get(room_id), event)
        else:
            self._take(room_id, rev, event)

    def look(self) -> None:
        """Asks the database how far the rooms are, for those of which nobody has told the last changes."""
        with self._db.read() as read:
            rows = room_log.list_numbers(read)
        behind = [
            events.RoomFellBehind(row.id, row.last_rev)
            for row in rows
            if self._rooms.get(row.id, _UNKNOWN).rev < row.last_rev
        ]
        if behind:
            self._background.sleep(ON_ITS_WAY_SECONDS)
            self._hear(behind)

    def _let_out(self, event: Event) -> None:
        for subscriber in self._then:
            subscriber(event)

    def _let_out_after(self, room: _Room | None, event: Event) -> None:
        """Growing text must not come before the message that it grows in."""
        if room and room.held:
            next(reversed(room.held.values())).append(event)
        else:
            self._let_out(event)

    def _take(self, room_id: str, rev: int, event: Event) -> None:
        room = self._rooms.setdefault(room_id, _Room(0, 0))
        if rev > room.rev:  # else it was read from the database already
            room.held[rev] = [event]
            self._release(room_id, room)

    def _release(self, room_id: str, room: _Room) -> None:
        """Lets out all that has nothing missing before it; what is missing is waited for."""
        while waiting := room.held.pop(room.rev + 1, None):
            room.rev += 1
            if isinstance(waiting[0], events.MessagePosted):
                room.seq = waiting[0].message.seq
            for event in waiting:
                self._let_out(event)
        if room.held and not room.is_waiting:
            room.is_waiting = True
            self._background.spawn(lambda: self._wait_for(room_id, room))

    def _wait_for(self, room_id: str, room: _Room) -> None:
        self._background.sleep(HOLD_SECONDS)
        room.is_waiting = False
        self._hear([events.RoomFellBehind(room_id, max(room.held, default=0))])

    def _catch_up(self, behind: events.RoomFellBehind) -> None:
        room = self._rooms.setdefault(behind.room_id, _Room(0, 0))
        if room.rev >= behind.rev:
            return
        try:
            with self._db.read() as read:
                row = room_log.find_numbers(read, behind.room_id)
                missed = history.list_changes(read, behind.room_id, room.rev)
        except NotStored:  # the database does not answer just now
            self._background.spawn(lambda: self._hear_later(behind))
            return
        if row is None:  # the room is gone
            del self._rooms[behind.room_id]
            return
        held, room.held = room.held, {}
        for message in missed:
            self._let_out(_told_anew(message, room.seq))
        room.seq, room.rev = row.last_seq, row.last_rev
        self._sort_in(behind.room_id, room, held)

    def _hear_later(self, behind: events.RoomFellBehind) -> None:
        self._background.sleep(LOOK_ALONE_SECONDS)
        self._hear([behind])

    def _sort_in(self, room_id: str, room: _Room, held: dict[int, list[Event]]) -> None:
        """What was held: of what has come from the database meanwhile, only what belongs after it."""
        for rev, waiting in held.items():
            if rev > room.rev:
                room.held[rev] = waiting
                continue
            for event in waiting[1:]:
                self._let_out(event)
        self._release(room_id, room)


def _told_anew(message: wire.Message, last_seq: int) -> Event:
    return events.MessagePosted(message) if message.seq > last_seq else events.MessageChanged(message)


def _place_of(event: Event) -> tuple[str | None, int | None]:
    """The room in whose order it stands, and its own number there, if it has one."""
    match event:
        case events.MessagePosted(changed) | events.MessageChanged(changed):
            return changed.room, changed.rev
        case events.MessageDeleted(deleted):
            return deleted.room, deleted.rev
        case events.ReactionChanged(reaction):
            return reaction.room, reaction.rev
        case events.ReplyGrew(beside) | events.ReplyProgressed(beside) | events.AgentActed(beside):
            return beside.room, None
        case _:
            return None, None
