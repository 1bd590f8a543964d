"""Who caused what: within a block, in the background, and across what only a name is handed through."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from chat.background import spawning
from chat.tracing import NO_SPAN, Facts, Kind, begin, beneath, current, leaf, span, trace_by


@dataclass
class Made:
    trace: str
    above: str
    facts: dict[str, object] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    ends: int = 0

    def note(self, facts: Facts) -> None:
        self.facts |= facts

    def fail(self, kind: str) -> None:
        self.failed.append(kind)

    def end(self) -> None:
        self.ends += 1


@pytest.fixture
def made() -> Iterator[dict[str, Made]]:
    """All spans by their names, which are their traces as well."""
    found: dict[str, Made] = {}

    def make(name: str, _kind: Kind, above: str, facts: Facts) -> Made:
        found[name] = Made(name, above, dict(facts))
        return found[name]

    trace_by(make)
    yield found
    trace_by(None)


def test_what_a_block_begins_stands_beneath_it(made: dict[str, Made]) -> None:
    with span("event", "server", {"a": 1}), span("inner"):
        begin("leaf").end()
    begin("next").end()
    assert {name: one.above for name, one in made.items()} == {
        "event": "",
        "inner": "event",
        "leaf": "inner",
        "next": "",
    }
    assert all(one.ends == 1 for one in made.values()) and made["event"].facts == {"a": 1}
    assert current() is NO_SPAN


def test_a_failure_is_noted_and_goes_on(made: dict[str, Made]) -> None:
    with pytest.raises(KeyError), span("outer"), span("inner"):
        raise KeyError
    assert made["outer"].failed == made["inner"].failed == ["KeyError"]
    assert made["outer"].ends == made["inner"].ends == 1


def test_work_in_the_background_stands_beneath_what_began_it(made: dict[str, Made]) -> None:
    may_go, threads = threading.Event(), list[threading.Thread]()

    def work() -> None:
        may_go.wait(5)
        begin("late").end()

    def start(do: Callable[[], None]) -> None:
        threads.append(threading.Thread(target=do))
        threads[-1].start()

    with span("event"):
        spawning(start)(work)
    with span("other"):
        may_go.set()
        threads[0].join()
    assert made["late"].above == "event" and made["event"].ends == 1


def test_a_name_is_enough_to_stand_beneath(made: dict[str, Made]) -> None:
    with span("somebody else's"), beneath("asked"):
        begin("job")
    with beneath(""):
        begin("taken up")
    assert (made["job"].above, made["taken up"].above) == ("asked", "")


def test_what_is_done_of_itself_is_not_told(made: dict[str, Made]) -> None:
    with leaf("look", "client", {}):
        pass
    with span("event"), leaf("call", "client", {}):
        begin("beside").end()
    assert list(made) == ["event", "call", "beside"]
    assert made["call"].above == made["beside"].above == "event" and made["call"].ends == 1


def test_where_nobody_asked_for_them_there_are_none() -> None:
    with span("event") as one, leaf("call", "client", {}) as two:
        assert one is two is begin("leaf") is NO_SPAN and current() is NO_SPAN
    one.note({"a": 1})
    one.fail("x")
    one.end()
