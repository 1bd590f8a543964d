"""Equal questions at two processes: one computes, the other waits for the answer that is kept."""

import threading
from collections.abc import Callable, Iterator

import pytest

from chat.errors import ModelUnreachable
from chat.jobs.sharing import Sharing
from chat.llm.base import CachedChunk, Chunk, DoneChunk, PhaseChunk, TextChunk
from chat.llm.cache import ResponseCache
from chat.llm.cancelling import Cancelled, CancelToken
from tests.fakes.asking import Asked, text_of


class Shared:
    """What two processes share: values and claims."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}
        self.claimed: set[str] = set()
        self.refusals = threading.Semaphore(0)

    def get(self, key: str) -> bytes | None:
        return self.values.get(key)

    def put(self, key: str, value: bytes, seconds: float) -> None:
        self.values[key] = value

    def clear(self, prefix: str) -> None:
        self.values = {key: value for key, value in self.values.items() if not key.startswith(prefix)}

    def claim(self, key: str) -> Callable[[], None] | None:
        if key in self.claimed:
            self.refusals.release()
            return None
        self.claimed.add(key)
        return lambda: self.claimed.discard(key)


class Process:
    """Answers when it `may`, as often as it is asked to."""

    def __init__(self, shared: Shared, ttl_seconds: float = 60) -> None:
        self.cache = ResponseCache(ttl_seconds, 10_000, shared=shared)
        self.sharing = Sharing(self.cache, shared.claim)
        self.may = threading.Event()
        self.computed = 0
        self.error: Exception | None = None

    def ask(self) -> Asked:
        return Asked(lambda cancel: self.sharing.once("key", "flight", cancel, lambda: self._compute(cancel)))

    def _compute(self, cancel: CancelToken) -> Iterator[Chunk]:
        self.computed += 1
        yield PhaseChunk("generating")
        while not self.may.wait(0.01):
            cancel.raise_if_cancelled()
        if self.error:
            raise self.error
        self.cache.put("key", "the answer", DoneChunk())
        yield from (TextChunk("the answer"), DoneChunk())


@pytest.fixture
def shared() -> Shared:
    return Shared()


@pytest.fixture
def one(shared: Shared) -> Process:
    return Process(shared)


@pytest.fixture
def other(shared: Shared) -> Process:
    return Process(shared)


def _ask_both(shared: Shared, one: Process, other: Process) -> tuple[Asked, Asked]:
    first = one.ask()
    first.wait_for_phase("generating")
    second = other.ask()
    assert shared.refusals.acquire(timeout=5)
    return first, second


def test_the_other_one_waits_and_has_the_same_answer(shared: Shared, one: Process, other: Process) -> None:
    first, second = _ask_both(shared, one, other)
    one.may.set()
    assert (first.wait_end(), second.wait_end()) == (None, None)
    assert text_of(first.chunks) == text_of(second.chunks) == "the answer"
    assert isinstance(second.chunks[1], CachedChunk) and (one.computed, other.computed) == (1, 0)


def test_when_it_fails_the_next_one_tries(shared: Shared, one: Process, other: Process) -> None:
    first, second = _ask_both(shared, one, other)
    one.error = ModelUnreachable("gone")
    other.may.set()
    one.may.set()
    assert isinstance(first.wait_end(), ModelUnreachable) and second.wait_end() is None
    assert text_of(second.chunks) == "the answer" and other.computed == 1


def test_who_waits_can_be_stopped(shared: Shared, one: Process, other: Process) -> None:
    first, second = _ask_both(shared, one, other)
    second.cancel.cancel()
    assert isinstance(second.wait_end(), Cancelled) and other.computed == 0
    first.cancel.cancel()
    assert isinstance(first.wait_end(), Cancelled) and shared.claimed == set()


def test_nobody_waits_where_nothing_is_kept(shared: Shared) -> None:
    one, other = Process(shared, ttl_seconds=0), Process(shared, ttl_seconds=0)
    for process in (one, other):
        process.may.set()
        assert process.ask().wait_end() is None
    assert (one.computed, other.computed) == (1, 1)


def test_an_answer_is_kept_for_all_and_forgotten_by_all(one: Process, other: Process) -> None:
    one.cache.put("key", "the answer", DoneChunk(completion_tokens=2), 3.0)
    found = other.cache.get("key")
    assert found and (found.text, found.done.completion_tokens, found.took_seconds) == ("the answer", 2, 3.0)
    told: list[str] = []
    other.cache.on_clear = lambda: told.append("emptied")
    other.cache.clear()
    one.cache.clear_own()
    assert one.cache.get("key") is None and told == ["emptied"]
