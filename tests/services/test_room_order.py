"""Rooms are let out in the order in which they were written, whichever process tells of it first, or nobody."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import pytest

from chat import events, wire
from chat.background import Background
from chat.db.unit_of_work import Reader
from chat.errors import NotStored
from chat.events import Event
from chat.realtime.room_order import RoomOrder
from chat.services.changes import delete_message, edit_message
from tests.services.den import Den


class Process:
    """One that has just started, and lets out to `out`. What it does later is done when the test says so."""

    def __init__(self, den: Den) -> None:
        self.out: list[Event] = []
        self.away = 0  # times that the database does not answer
        self._db = den.db
        self._later: list[Callable[[], None]] = []
        background = Background(self._later.append, lambda seconds: None)
        self.order = RoomOrder([self.out.append], self, background, self.hear)  # type: ignore[arg-type]  # a database, too

    def read(self) -> AbstractContextManager[Reader]:
        if self.away:
            self.away -= 1
            raise NotStored("The database does not answer.")
        return self._db.read()

    def hear(self, told: Sequence[Event]) -> None:
        for event in told:
            self.order.on_event(event)

    def wait(self) -> None:
        while self._later:
            self._later.pop(0)()

    @property
    def shown(self) -> list[str]:
        return [_shown(event) for event in self.out]


def _shown(event: Event) -> str:
    match event:
        case events.MessagePosted(message):
            return f"new {message.content}"
        case events.MessageChanged(message):
            return f"changed {message.content or 'deleted'}"
        case events.ReplyGrew(chunk):
            return f"grew {chunk.data.chunk}"
    return type(event).__name__


def _grew(den: Den, text: str) -> Event:
    chunk = wire.ChunkData(chunk=text, is_final=False)
    return events.ReplyGrew(wire.LlmChunk(room=den.room, reply_id="reply", data=chunk, offset=0))


@pytest.fixture
def process(den: Den) -> Process:
    den.say(den.ada, "before the start")
    den.heard.clear()
    return Process(den)


def _say(den: Den, *texts: str) -> list[Event]:
    for text in texts:
        den.say(den.ada, text)
    said = [event for event in den.heard if isinstance(event, events.MessagePosted)]
    den.heard.clear()
    return list(said)


def test_what_comes_in_order_is_let_out_at_once(den: Den, process: Process) -> None:
    process.hear(_say(den, "one", "two"))
    assert process.shown == ["new one", "new two"]


def test_what_comes_too_early_waits_for_what_is_before_it(den: Den, process: Process) -> None:
    one, two, three = _say(den, "one", "two", "three")
    process.hear([three, two])
    assert process.shown == []
    process.hear([one])
    process.wait()
    assert process.shown == ["new one", "new two", "new three"]


def test_what_does_not_come_is_read_from_the_database(den: Den, process: Process) -> None:
    one, two, three = _say(den, "one", "two", "three")
    process.hear([three])
    process.wait()
    process.hear([one, two, three])
    assert process.shown == ["new one", "new two", "new three"]


def test_what_cannot_be_read_just_now_is_read_later(den: Den, process: Process) -> None:
    _one, two = _say(den, "one", "two")
    process.away = 2
    process.hear([two])
    process.wait()
    assert process.shown == ["new one", "new two"]


def test_an_edit_and_a_deletion_that_do_not_come_are_told_as_changes(den: Den, process: Process) -> None:
    said = _say(den, "one", "two")
    process.hear(said)
    edit_message(den.db, den.ada.id, den.history()[-2].id, "better", max_chars=100)
    delete_message(den.db, den.ada.id, den.history()[-1].id)
    den.heard.clear()
    process.hear(_say(den, "three"))
    process.wait()
    assert process.shown == ["new one", "new two", "changed better", "changed deleted", "new three"]


def test_two_holes_are_filled_one_after_the_other(den: Den, process: Process) -> None:
    one, _two, three, _four, five = _say(den, "one", "two", "three", "four", "five")
    process.hear([one, three, five])
    process.wait()
    assert process.shown == ["new one", "new two", "new three", "new four", "new five"]


def test_growing_text_does_not_come_before_its_message(den: Den, process: Process) -> None:
    one, two = _say(den, "one", "two")
    process.hear([two, _grew(den, "a"), one, _grew(den, "b")])
    assert process.shown == ["new one", "new two", "grew a", "grew b"]


def test_growing_text_that_waits_is_not_lost_with_its_message(den: Den, process: Process) -> None:
    _one, two = _say(den, "one", "two")
    process.hear([two, _grew(den, "a")])
    process.wait()
    assert process.shown == ["new one", "new two", "grew a"]


def test_the_last_change_that_nobody_tells_of_is_found_by_looking(den: Den, process: Process) -> None:
    process.hear(_say(den, "one"))
    _say(den, "two")
    process.order.look()
    process.order.look()
    assert process.shown == ["new one", "new two"]


def test_a_room_that_is_made_later_begins_with_its_first_change(den: Den, process: Process) -> None:
    room = den.new_room("private")
    den.say(den.ada, "first", room)
    den.say(den.mira, "second", room)
    process.hear(den.heard)
    assert [shown for shown in process.shown if shown.startswith("new")] == ["new first", "new second"]


def test_a_room_that_is_made_later_and_of_which_nobody_tells_is_found_by_looking(den: Den, process: Process) -> None:
    room = den.new_room("private")
    den.say(den.ada, "first", room)
    process.order.look()
    assert process.shown == ["new first"]


def test_rooms_do_not_wait_for_each_other(den: Den, process: Process) -> None:
    other = den.new_room("private")
    den.heard.clear()
    _one, two = _say(den, "one", "two")
    process.hear([two])
    den.say(den.ada, "elsewhere", other)
    process.hear(den.heard)
    assert "new elsewhere" in process.shown and "new two" not in process.shown


def test_more_than_a_page_is_read_whole(den: Den, process: Process) -> None:
    said = _say(den, *(f"{number}" for number in range(230)))
    process.hear(said[-1:])
    process.wait()
    assert process.shown == [f"new {number}" for number in range(230)]
