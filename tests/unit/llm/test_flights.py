"""Equal questions at the same time: computed once, followed by all."""

import threading
from collections.abc import Callable, Iterator

import pytest

from chat.errors import ModelBusy
from chat.llm.base import Chunk, DoneChunk, PhaseChunk, ReasoningChunk, TextChunk, TickChunk
from chat.llm.cancelling import Cancelled, CancelToken
from chat.llm.flights import Flights, merged
from tests.fakes.asking import Asked, done_of, phases_of, text_of


def spawn(run: Callable[[], None]) -> None:
    threading.Thread(target=run, daemon=True).start()


class Source:
    """A computation that says a word whenever the test allows it. Counts its starts; notes its end."""

    def __init__(self) -> None:
        self.starts = 0
        self.error: Exception | None = None
        self.ended = threading.Event()
        self.was_cancelled = False
        self._allowed = threading.Semaphore(0)

    def allow(self, words: int = 1) -> None:
        for _ in range(words):
            self._allowed.release()

    def start(self, cancel: CancelToken) -> Iterator[Chunk]:
        self.starts += 1
        forget = cancel.on_cancel(self._allowed.release)
        try:
            yield PhaseChunk("generating")
            for word in ("one ", "two ", "three"):
                self._allowed.acquire()
                cancel.raise_if_cancelled()
                if self.error:
                    raise self.error
                yield TextChunk(word)
            yield DoneChunk()
        except Cancelled:
            self.was_cancelled = True
            raise
        finally:
            forget()
            self.ended.set()


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def flights() -> Flights:
    return Flights(spawn)


def follow(flights: Flights, source: Source, key: str = "k") -> Asked:
    return Asked(lambda cancel: flights.follow(key, source.start, cancel))


def test_one_that_outlives_leavers_ends_only_when_the_last_follower_cancels_it(source: Source) -> None:
    flights = Flights(spawn, outlives_leavers=True)
    leaving = flights.follow("k", source.start, CancelToken())
    next(leaving)
    leaving.close()  # type: ignore[attr-defined]  # what a server does when it cannot write any more
    gone = follow(flights, source)
    gone.wait_for_phase("generating")
    gone.cancel.cancel(has_left=True)
    gone.wait_end()
    assert flights.is_active("k") and not source.ended.is_set()
    back = follow(flights, source)
    back.wait_for_phase("generating")
    back.cancel.cancel()
    assert source.ended.wait(5) and source.was_cancelled and source.starts == 1
    assert not flights.is_active("k")


def test_all_followers_hear_the_whole_answer_that_was_computed_once(flights: Flights, source: Source) -> None:
    first = follow(flights, source)
    source.allow()
    first.wait_for_text()
    late = follow(flights, source)
    late.wait_for_text()
    assert text_of(late.chunks) == "one "
    source.allow(2)
    for ask in (first, late):
        assert ask.wait_end() is None
        assert text_of(ask.chunks) == "one two three"
        assert phases_of(ask.chunks) == ["generating"]
        done_of(ask.chunks)
    assert source.starts == 1


def test_different_keys_are_different_flights(flights: Flights, source: Source) -> None:
    asks = [follow(flights, source, key) for key in ("a", "b")]
    source.allow(6)
    assert [ask.wait_end() for ask in asks] == [None, None]
    assert source.starts == 2


def test_a_finished_flight_is_forgotten(flights: Flights, source: Source) -> None:
    source.allow(6)
    assert follow(flights, source).wait_end() is None
    assert not flights.is_active("k")
    assert follow(flights, source).wait_end() is None
    assert source.starts == 2


def test_one_who_stops_leaves_the_others_alone(flights: Flights, source: Source) -> None:
    first, second = follow(flights, source), follow(flights, source)
    for ask in (first, second):
        ask.wait_for_phase("generating")
    first.cancel.cancel()
    assert isinstance(first.wait_end(), Cancelled)
    source.allow(3)
    assert second.wait_end() is None
    assert text_of(second.chunks) == "one two three"
    assert not source.was_cancelled


def test_when_the_last_one_stops_the_computation_is_cancelled(flights: Flights, source: Source) -> None:
    asks = [follow(flights, source) for _ in range(3)]
    for ask in asks:
        ask.wait_for_phase("generating")
    for ask in asks:
        assert not source.ended.is_set()
        ask.cancel.cancel()
        ask.wait_end()
    assert source.ended.wait(5)
    assert source.was_cancelled
    assert not flights.is_active("k")


def test_one_who_comes_after_the_last_has_left_gets_a_flight_of_their_own(flights: Flights, source: Source) -> None:
    first = follow(flights, source)
    first.wait_for_phase("generating")
    first.cancel.cancel()
    first.wait_end()
    assert source.ended.wait(5)
    fresh = Source()
    second = follow(flights, fresh)
    fresh.allow(3)
    assert second.wait_end() is None
    assert fresh.starts == 1


def test_a_follower_that_just_stops_listening_has_left(flights: Flights, source: Source) -> None:
    following = flights.follow("k", source.start, CancelToken())
    next(following)
    following.close()  # type: ignore[attr-defined]  # it is a generator
    assert source.ended.wait(5)
    assert source.was_cancelled


def test_a_silence_ticks_for_those_who_asked_for_it_and_loses_nothing(flights: Flights, source: Source) -> None:
    quiet = follow(flights, source)
    ticking = Asked(lambda cancel: flights.follow("k", source.start, cancel, 0.005))
    ticking.wait_for(lambda chunks: chunks.count(TickChunk()) >= 3)
    source.allow()
    ticking.wait_for_text()
    ticks = ticking.chunks.count(TickChunk())
    ticking.wait_for(lambda chunks: chunks.count(TickChunk()) > ticks)
    source.allow(2)
    assert ticking.wait_end() is None and quiet.wait_end() is None
    assert text_of(ticking.chunks) == text_of(quiet.chunks) == "one two three"
    assert TickChunk() not in quiet.chunks


def test_an_error_reaches_every_follower_in_its_own_copy(flights: Flights, source: Source) -> None:
    asks = [follow(flights, source) for _ in range(3)]
    for ask in asks:
        ask.wait_for_phase("generating")
    source.error = ModelBusy("busy", retry_after=7)
    source.allow()
    errors = [ask.wait_end() for ask in asks]
    assert [(type(error), str(error), getattr(error, "retry_after", None)) for error in errors] == [
        (ModelBusy, "busy", 7)
    ] * 3
    assert len({id(error) for error in errors}) == 3


def test_a_background_that_cannot_start_leaves_nothing_behind(source: Source) -> None:
    def refuse(run: Callable[[], None]) -> None:
        raise RuntimeError("no more threads")

    flights = Flights(refuse)
    with pytest.raises(RuntimeError):
        list(flights.follow("k", source.start, CancelToken()))
    assert not flights.is_active("k")


def test_many_followers_at_once_share_one_computation(flights: Flights, source: Source) -> None:
    asks = [follow(flights, source) for _ in range(50)]
    for ask in asks:
        ask.wait_for_phase("generating")
    source.allow(3)
    assert {ask.wait_end() for ask in asks} == {None}
    assert {text_of(ask.chunks) for ask in asks} == {"one two three"}
    assert source.starts == 1


def test_neighbours_are_merged_and_nothing_else() -> None:
    chunks: list[Chunk] = [
        PhaseChunk("prompt", progress=0.1),
        PhaseChunk("prompt", progress=0.9),
        ReasoningChunk("a"),
        ReasoningChunk("b"),
        PhaseChunk("generating"),
        TextChunk("c"),
        TextChunk("d"),
        DoneChunk(),
    ]
    assert list(merged(chunks)) == [
        PhaseChunk("prompt", progress=0.9),
        ReasoningChunk("ab"),
        PhaseChunk("generating"),
        TextChunk("cd"),
        DoneChunk(),
    ]
