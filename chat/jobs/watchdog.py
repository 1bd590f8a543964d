"""Ends a request to a backend that takes too long: silent while loading, silent while writing, or writing for ever."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from chat.background import Background
from chat.errors import ModelTimeout
from chat.llm.base import PhaseChunk, RoutedChunk
from chat.llm.cancelling import CancelToken
from chat.locks import ShortLock

T = TypeVar("T")
TICK = 0.25  # seconds; how late a timeout may come


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. `load`: until the model is in memory; `silence`: between two pieces of text; `answer`: all of it."""

    load: float
    silence: float
    answer: float


class Watchdog:
    """One guard looks after all that is watched, and is there only as long as something is."""

    def __init__(
        self,
        patience: Patience,
        background: Background,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._patience = patience
        self._background, self._clock = background, clock
        self._lock = ShortLock()
        self._watched: dict[_Watch, CancelToken] = {}
        self._has_guard = False

    def watch(self, chunks: Iterator[T], cancel: CancelToken, model: str) -> Iterator[T]:
        """The same chunks, of an answer or of anything else that comes bit by bit.

        Cancels with `ModelTimeout` when the next one does not come in time.
        """
        watch = _Watch(self._patience, self._clock, model)
        self._begin(watch, cancel)
        try:
            for chunk in chunks:
                watch.saw(chunk)
                yield chunk
        finally:
            with self._lock:
                del self._watched[watch]

    def _begin(self, watch: "_Watch", cancel: CancelToken) -> None:
        with self._lock:
            self._watched[watch] = cancel
            has_guard, self._has_guard = self._has_guard, True
        if not has_guard:
            self._background.spawn(self._guard)

    def _guard(self) -> None:
        while watched := self._all():
            for watch, cancel in watched:
                if self._clock() > watch.deadline:
                    cancel.cancel(ModelTimeout(watch.message))
            self._background.sleep(TICK)

    def _all(self) -> list[tuple["_Watch", CancelToken]]:
        with self._lock:
            self._has_guard = bool(self._watched)
            return list(self._watched.items())


class _Watch:
    def __init__(self, patience: Patience, clock: Callable[[], float], model: str) -> None:
        self._patience, self._clock, self._model = patience, clock, model
        self._answer_until = float("inf")
        self._is_loading = False
        self._expect_load()

    def _expect_load(self) -> None:
        """The clock of a load starts once; progress while it lasts does not start it again."""
        if not self._is_loading:
            self._is_loading = True
            self._expect(self._patience.load, "was not loaded after {:g} s. See the log of its backend, or ask again.")

    def _expect(self, seconds: float, otherwise: str) -> None:
        self.deadline = min(self._clock() + seconds, self._answer_until)
        if self.deadline == self._answer_until:
            seconds, otherwise = self._patience.answer, "was not finished after {:g} s. Ask for something shorter."
        self.message = f"“{self._model}” {otherwise.format(seconds)}"

    def saw(self, chunk: object) -> None:
        if isinstance(chunk, RoutedChunk):
            return
        if isinstance(chunk, PhaseChunk) and chunk.phase in ("queued", "routing", "loading"):
            self._expect_load()
            return
        self._is_loading = False
        if self._answer_until == float("inf"):
            self._answer_until = self._clock() + self._patience.answer
        self._expect(self._patience.silence, "said nothing for {:g} s. Ask again, or use a smaller model.")
