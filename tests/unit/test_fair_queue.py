"""Whose turn is next: rooms in turn, people in turn, programs after people but not for ever."""

import json
from collections.abc import Iterable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from chat.jobs.fair_queue import BATCH_EVERY, FairQueue, Source

Item = tuple[Source, int]
SOURCES = st.builds(Source, st.sampled_from("abcd"), st.sampled_from([None, "hall", "attic", "den"]), st.booleans())


def _queue(asked: Iterable[Source]) -> FairQueue[Item]:
    queue: FairQueue[Item] = FairQueue()
    for number, source in enumerate(asked):
        queue.add(source, (source, number))
    return queue


def _served(queue: FairQueue[Item]) -> list[Item]:
    served = []
    while (item := queue.take()) is not None:
        served.append(item)
    return served


def _people(items: Iterable[Item]) -> str:
    return "".join(source.person for source, _ in items)


def _rooms(items: Iterable[Item]) -> list[str | None]:
    return [source.room for source, _ in items]


def _of(person: str, room: str | None = None, *, times: int = 1) -> list[Source]:
    return [Source(person, room)] * times


def test_who_asks_once_waits_for_one_of_somebodys_fifty() -> None:
    queue = _queue(_of("a", times=50) + _of("b"))
    assert _people(queue.in_order())[:3] == "aba"


def test_who_comes_while_one_of_fifty_runs_is_next() -> None:
    queue = _queue(_of("a", times=50))
    queue.take()
    queue.add(Source("b"), (Source("b"), 99))
    assert _people(queue.in_order())[:3] == "baa"


def test_who_was_served_goes_behind_the_others() -> None:
    queue = _queue(_of("a", times=2) + _of("b"))
    assert queue.take() == (Source("a"), 0)
    queue.add(Source("c"), (Source("c"), 9))
    assert _people(_served(queue)) == "bca"
    assert queue.take() is None


def test_a_room_full_of_people_and_a_room_of_one_have_turns_alike() -> None:
    crowd = [Source(f"p{number}", "hall") for number in range(20)]
    queue = _queue(crowd + _of("z", "den", times=5))
    assert _rooms(queue.in_order())[:10] == ["hall", "den"] * 5


def test_in_a_busy_room_its_people_have_turns_alike() -> None:
    queue = _queue(_of("a", "hall", times=9) + _of("b", "hall", times=3) + _of("z", "den", times=12))
    in_hall = [item for item in queue.in_order() if item[0].room == "hall"]
    assert _people(in_hall) == "ababab" + "a" * 6


def test_asking_in_many_rooms_gives_nobody_more_turns() -> None:
    rooms = [Source("a", f"room {number}") for number in range(20)]
    queue = _queue(rooms + _of("b", "den", times=3))
    assert _people(queue.in_order())[:8] == "abababaa"


def test_a_stream_of_newcomers_keeps_nobody_waiting() -> None:
    queue = _queue(_of("a", times=2))
    turns = [queue.take()]
    for number in range(5):
        queue.add(Source(f"new {number}"), (Source(f"new {number}"), number))
        queue.add(Source(f"newer {number}"), (Source(f"newer {number}"), number))
        turns.append(queue.take())
    assert (Source("a"), 1) in turns[:4]


def test_programs_wait_for_people_but_one_turn_in_five_is_theirs() -> None:
    queue = _queue([Source("p", is_batch=True)] * 4 + _of("a", times=12))
    kinds = "".join("p" if source.is_batch else "." for source, _ in queue.in_order())
    assert kinds == "....p....p....pp" and BATCH_EVERY == 5
    alone = _queue([Source("p", is_batch=True)])
    assert alone.take() is not None


def test_turns_of_people_before_a_program_came_do_not_count() -> None:
    queue = _queue(_of("a", times=12))
    for _ in range(BATCH_EVERY * 2 - 2):
        queue.take()
    queue.add(Source("p", is_batch=True), (Source("p", is_batch=True), 99))
    assert _people(queue.in_order()) == "aaaap"


@given(st.lists(SOURCES, max_size=40))
def test_the_order_that_is_shown_is_the_order_that_is_served(asked: list[Source]) -> None:
    queue = _queue(asked)
    shown = list(queue.in_order())
    assert _served(queue) == shown and len(shown) == len(asked)


@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 8))
def test_two_busy_rooms_never_have_two_turns_in_a_row(hall: int, den: int, people: int) -> None:
    asked = [Source(f"h{n % people}", "hall") for n in range(hall)] + [Source(f"d{n % 2}", "den") for n in range(den)]
    both = _rooms(_queue(asked).in_order())[: 2 * min(hall, den)]
    assert all(one != other for one, other in pairwise(both))


class Coming(RuleBasedStateMachine):
    """People and programs come, leave and are served in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.queue: FairQueue[Item] = FairQueue()
        self.waiting: list[Item] = []
        self.number = 0

    @rule(source=SOURCES)
    def come(self, source: Source) -> None:
        self.number += 1
        self.waiting.append((source, self.number))
        self.queue.add(source, self.waiting[-1])

    @rule(data=st.data())
    def give_up(self, data: st.DataObject) -> None:
        if self.waiting:
            gone = self.waiting.pop(data.draw(st.integers(0, len(self.waiting) - 1)))
            self.queue.remove(gone[0], gone)
            self.queue.remove(gone[0], gone)

    @rule()
    def serve(self) -> None:
        shown = next(self.queue.in_order(), None)
        assert self.queue.take() is shown
        if shown:
            self.waiting.remove(shown)

    @invariant()
    def everybody_who_waits_has_one_place(self) -> None:
        shown = list(self.queue.in_order())
        assert sorted(number for _, number in shown) == [number for _, number in self.waiting]
        assert len(self.queue) == len(self.waiting)

    @invariant()
    def a_kind_a_room_and_a_person_are_counted(self) -> None:
        for source, _ in self.waiting:
            kind = [other for other, _ in self.waiting if other.is_batch == source.is_batch]
            of_room = sum(other.group == source.group for other in kind)
            of_person = sum(other.person == source.person for other in kind)
            assert self.queue.count(source) == (len(kind), of_room, of_person)

    @invariant()
    def each_asks_in_their_own_order(self) -> None:
        for source in {source for source, _ in self.waiting}:
            numbers = [number for other, number in self.queue.in_order() if other == source]
            assert numbers == sorted(numbers)

    @invariant()
    def it_goes_on_the_same_from_what_is_stored_of_it(self) -> None:
        stored = json.loads(json.dumps(self.queue.memory()))
        again = FairQueue.recall(stored, [(item[0], item) for item in self.waiting])
        assert list(again.in_order()) == list(self.queue.in_order())
        assert json.loads(json.dumps(again.memory())) == stored

    @rule()
    def go_on_from_what_is_stored(self) -> None:
        stored = json.loads(json.dumps(self.queue.memory()))
        self.queue = FairQueue.recall(stored, [(item[0], item) for item in self.waiting])


TestComing = Coming.TestCase
