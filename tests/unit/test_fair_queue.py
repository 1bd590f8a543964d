"""Round robin between people, first come first served for each."""

from hypothesis import given
from hypothesis import strategies as st

from chat.jobs.fair_queue import FairQueue

PEOPLE = st.sampled_from("abcd")


def _queue(asked: list[str]) -> FairQueue[tuple[str, int]]:
    queue: FairQueue[tuple[str, int]] = FairQueue()
    for number, person in enumerate(asked):
        queue.add(person, (person, number))
    return queue


def test_who_asks_once_waits_for_one_of_somebodys_fifty() -> None:
    queue = _queue(["greedy"] * 50 + ["patient"])
    assert [item[0] for item in queue.in_order()][:3] == ["greedy", "patient", "greedy"]


def test_who_was_served_goes_behind_the_others() -> None:
    queue = _queue(["a", "a", "b"])
    assert queue.take() == ("a", 0)
    queue.add("c", ("c", 9))
    assert [queue.take() for _ in range(3)] == [("b", 2), ("a", 1), ("c", 9)]
    assert queue.take() is None


@given(st.lists(PEOPLE, max_size=40))
def test_the_order_that_is_shown_is_the_order_that_is_served(asked: list[str]) -> None:
    queue = _queue(asked)
    shown = list(queue.in_order())
    served = []
    while (item := queue.take()) is not None:
        served.append(item)
    assert served == shown and len(served) == len(asked)


@given(st.lists(PEOPLE, min_size=1, max_size=20), st.data())
def test_whoever_gives_up_leaves_no_trace(asked: list[str], data: st.DataObject) -> None:
    queue = _queue(asked)
    number = data.draw(st.integers(0, len(asked) - 1))
    gone = (asked[number], number)
    queue.remove(gone[0], gone)
    queue.remove(gone[0], gone)
    assert gone not in list(queue.in_order()) and len(queue) == len(asked) - 1
