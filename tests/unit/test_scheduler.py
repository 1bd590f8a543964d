"""Slots, places in line, and giving up while waiting."""

import math
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.errors import ModelBusy
from chat.jobs.fair_queue import Source
from chat.jobs.scheduler import Scheduler, Ticket, Work
from chat.llm.cancelling import Cancelled, CancelToken


def test_a_free_slot_is_given_at_once() -> None:
    with Scheduler(10).place("ollama", 1, "ada") as ticket:
        assert list(ticket.positions(CancelToken())) == []


def test_the_place_in_line_is_told_each_time_it_changes() -> None:
    scheduler = Scheduler(10)
    seen: dict[str, list[int]] = {"mira": [], "jonas": []}
    first = scheduler.place("ollama", 1, "ada")
    first.__enter__()
    gates = {name: threading.Event() for name in seen}

    def wait(name: str) -> None:
        with scheduler.place("ollama", 1, name) as ticket:
            for place in ticket.positions(CancelToken()):
                seen[name].append(place)
                gates[name].set()

    with ThreadPoolExecutor(2) as pool:
        waits = [pool.submit(wait, "mira")]
        assert gates["mira"].wait(5)
        waits.append(pool.submit(wait, "jonas"))
        assert gates["jonas"].wait(5)
        assert scheduler.waiting() == 2
        first.__exit__(None, None, None)
        for waiting in waits:
            waiting.result(5)
    assert seen["mira"] == [1] and seen["jonas"] in ([2, 1], [2])
    assert scheduler.waiting() == 0


class GrantedMeanwhile(threading.Event):
    """Another thread grants the slot just before the waiting one gets ready to wait."""

    ticket: Ticket

    def clear(self) -> None:
        if self.ticket.position > 0:
            self.ticket.position = 0
            self.set()
        super().clear()

    def wait(self, timeout: float | None = None) -> bool:
        assert self.is_set(), "it would wait for ever"
        return True


def test_a_slot_that_is_granted_just_before_the_wait_is_noticed() -> None:
    changed = GrantedMeanwhile()
    changed.ticket = Ticket(Source("ada"), position=1, changed=changed)
    assert list(changed.ticket.positions(CancelToken())) == []


def test_who_is_stopped_while_waiting_leaves_the_line() -> None:
    scheduler, token = Scheduler(10), CancelToken()
    with scheduler.place("ollama", 1, "ada"):
        with pytest.raises(Cancelled), scheduler.place("ollama", 1, "mira") as ticket:
            places = ticket.positions(token)
            assert next(places) == 1
            token.cancel()
            next(places)
        assert scheduler.waiting() == 0
    with scheduler.place("ollama", 1, "jonas") as ticket:
        assert list(ticket.positions(CancelToken())) == []


def test_a_full_line_says_when_to_come_back() -> None:
    scheduler = Scheduler(1)
    third = scheduler.place("ollama", 1, "jonas")
    with scheduler.place("ollama", 1, "ada"), scheduler.place("ollama", 1, "mira"):
        with pytest.raises(ModelBusy) as refusal:
            third.__enter__()
        assert refusal.value.retry_after == 60


def test_a_busy_room_leaves_half_of_the_line_to_the_others() -> None:
    with ExitStack() as stack:
        scheduler = Scheduler(4)
        for person in ("runs", "first", "second"):
            stack.enter_context(scheduler.place("ollama", 1, person, "hall"))
        with pytest.raises(ModelBusy, match="this room"):
            stack.enter_context(scheduler.place("ollama", 1, "third", "hall"))
        other = stack.enter_context(scheduler.place("ollama", 1, "third", "den"))
        assert other.position == 1, "the room that is served now comes after it"


def test_one_person_in_many_rooms_leaves_half_of_the_line_to_the_others() -> None:
    scheduler = Scheduler(4)
    with ExitStack() as held:
        for room in range(3):  # one has the slot
            held.enter_context(scheduler.place("ollama", 1, "ada", f"room {room}"))
        with pytest.raises(ModelBusy, match="of you"), scheduler.place("ollama", 1, "ada", "one more"):
            pass
        held.enter_context(scheduler.place("ollama", 1, "mira", "room 0"))
        assert scheduler.waiting() == 3


def test_programs_can_not_fill_the_line_of_people() -> None:
    with ExitStack() as stack:
        scheduler = Scheduler(2)
        programs = [stack.enter_context(scheduler.place("ollama", 1, name, is_batch=True)) for name in "xyz"]
        with pytest.raises(ModelBusy):
            stack.enter_context(scheduler.place("ollama", 1, "w", is_batch=True))
        person = stack.enter_context(scheduler.place("ollama", 1, "ada", "hall"))
        assert [ticket.position for ticket in (*programs, person)] == [0, 2, 3, 1], "moved, and told so"


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([None, "hall", "den"]), st.booleans()), max_size=20),
    st.lists(st.integers(0, 19), max_size=6),
    st.integers(1, 3),
)
def test_the_places_that_are_told_are_the_order_of_the_turns(
    asked: list[tuple[str, str | None, bool]], gone: list[int], capacity: int
) -> None:
    scheduler = Scheduler(100)
    places = [scheduler.place("gpu", capacity, who, room, is_batch=batch) for who, room, batch in asked]
    tickets = [place.__enter__() for place in places]
    left = set()
    for number in gone:
        if number < len(places) and number not in left and tickets[number].position > 0:
            places[number].__exit__(None, None, None)
            left.add(number)
    here = [number for number in range(len(places)) if number not in left]
    told = sorted((n for n in here if tickets[n].position > 0), key=lambda n: tickets[n].position)
    assert [tickets[number].position for number in told] == list(range(1, len(told) + 1))
    turns: list[int] = []
    running = [number for number in here if tickets[number].position == 0]
    while running:
        places[running.pop()].__exit__(None, None, None)
        granted = [n for n in here if tickets[n].position == 0 and n in told and n not in turns]
        assert len(granted) <= 1, "one slot, one turn"
        turns += granted
        running += granted
    assert turns == told and scheduler.waiting() == 0


def test_backends_have_lines_of_their_own() -> None:
    scheduler = Scheduler(10)
    with scheduler.place("ollama", 1, "ada"), scheduler.place("lm studio", 1, "ada") as ticket:
        assert list(ticket.positions(CancelToken())) == []


def test_whoever_looks_sees_all_lines_as_they_are_and_hears_of_each_change() -> None:
    heard: list[int] = []
    scheduler = Scheduler(10, on_change=lambda: heard.append(scheduler.waiting()))
    assert scheduler.lines() == []
    with scheduler.place("gpu", 1, "ada", "hall", work=Work("llama3", "m1")) as first:
        with scheduler.place("gpu", 1, "ada", "hall") as second, scheduler.place("gpu", 1, "mira") as third:
            (line,) = scheduler.lines()
            assert (line.backend, line.capacity, line.running) == ("gpu", 1, (first,))
            assert line.waiting == (third, second), "whoever is served right now comes after the others"
            assert (first.work.model, first.work.reply, first.began > 0, third.began) == ("llama3", "m1", True, 0.0)
        assert scheduler.lines()[0].waiting == ()
    assert scheduler.lines() == [] and heard == [0, 1, 2, 1, 0, 0]


def test_whoever_waits_is_woken_when_a_load_ahead_begins_and_ends() -> None:
    scheduler = Scheduler(10)
    assert scheduler.load_left("gpu") == 0.0
    with scheduler.place("gpu", 1, "ada") as first, scheduler.place("gpu", 1, "mira") as second:
        for loaded_at, left in ((time.monotonic() + 60, 60.0), (None, 0.0), (math.inf, math.inf)):
            second.changed.clear()
            scheduler.note_load("gpu", first, loaded_at)
            assert second.changed.is_set() and scheduler.load_left("gpu") == pytest.approx(left, abs=5)
        second.changed.clear()
        scheduler.note_load("gpu", first, math.inf)
        assert not second.changed.is_set(), "nothing new"
    with scheduler.place("gpu", 2, "ada") as first, scheduler.place("gpu", 2, "mira"):
        scheduler.note_load("gpu", first, math.inf)
        assert scheduler.load_left("gpu") == 0.0, "the other slot gets free"


def test_never_more_at_once_than_the_backend_serves() -> None:
    scheduler, lock = Scheduler(100), threading.Lock()
    running, most = 0, 0

    def work(person: str) -> None:
        nonlocal running, most
        with scheduler.place("ollama", 3, person) as ticket:
            for _ in ticket.positions(CancelToken()):
                pass
            with lock:
                running += 1
                most = max(most, running)
            threading.Event().wait(0.005)
            with lock:
                running -= 1

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(work, "abcd" * 10))
    assert most == 3


def test_a_backend_that_turns_out_to_serve_more_or_fewer_is_given_as_many() -> None:
    scheduler = Scheduler(10)
    with scheduler.place("gpu", 1, "ada"), scheduler.place("gpu", 1, "mira") as waiting:
        assert waiting.position == 1
        with scheduler.place("gpu", 3, "jonas") as third:
            assert (waiting.position, third.position) == (0, 0)
            with scheduler.place("gpu", 1, "eve") as fourth:
                assert fourth.position == 1
    with scheduler.place("gpu", 1, "ada") as first, scheduler.place("gpu", 1, "mira") as second:
        assert (first.position, second.position) == (0, 1)
