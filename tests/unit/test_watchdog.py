"""Patience with backends: a slow load, a silent model, an answer that never ends. The clock is the test's."""

from collections.abc import Callable, Iterator

import pytest

from chat.background import Background
from chat.errors import ModelTimeout
from chat.jobs.watchdog import Patience, Watchdog
from chat.llm.base import Chunk, DoneChunk, PhaseChunk, TextChunk
from chat.llm.cancelling import CancelToken

PATIENCE = Patience(load=100, silence=10, answer=60)
Step = Chunk | float


class Clock:
    """The backend's pauses move it; the guard looks whenever time has passed."""

    def __init__(self) -> None:
        self.now = 0.0
        self.guard: Callable[[], None] | None = None

    def watch(self, *steps: Step) -> list[Chunk]:
        token = CancelToken()
        dog = Watchdog(PATIENCE, Background(self._keep, self._look_once), lambda: self.now)
        return list(dog.watch(self._backend(steps, token), token, "llama3"))

    def _keep(self, guard: Callable[[], None]) -> None:
        self.guard = guard

    def _look_once(self, _seconds: float) -> None:
        raise StopIteration

    def _backend(self, steps: tuple[Step, ...], token: CancelToken) -> Iterator[Chunk]:
        for step in steps:
            if isinstance(step, int | float):
                self.now += step
                assert self.guard
                with pytest.raises(StopIteration):
                    self.guard()
                token.raise_if_cancelled()
            else:
                yield step


LOADING, PROMPT, WORD, DONE = PhaseChunk("loading"), PhaseChunk("prompt"), TextChunk("x"), DoneChunk()


def test_a_long_load_and_a_steady_answer_are_left_alone() -> None:
    steps: tuple[Step, ...] = (LOADING, 99.0, PROMPT, 9.0, WORD, 9.0, WORD, 9.0, DONE)
    assert len(Clock().watch(*steps)) == 5


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ((LOADING, 101.0), "“llama3” was not loaded after 100 s"),
        ((LOADING, 60.0, LOADING, 60.0), "“llama3” was not loaded after 100 s"),
        ((PROMPT, 11.0), "“llama3” said nothing for 10 s"),
        ((PROMPT, WORD, 11.0), "“llama3” said nothing for 10 s"),
        ((PROMPT, *(step for _ in range(7) for step in (WORD, 9.0))), "not finished after 60 s"),
    ],
)
def test_too_slow_is_a_timeout_that_says_which(steps: tuple[Step, ...], words: str) -> None:
    with pytest.raises(ModelTimeout, match=words):
        Clock().watch(*steps)


def test_a_second_load_after_a_retry_has_its_full_time() -> None:
    assert Clock().watch(LOADING, 50.0, PROMPT, LOADING, 50.0, WORD, DONE)
