"""Gets one answer from one backend: retries while nothing has been said, and learns load times."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

from chat.errors import ModelError, ModelNotFound, ModelOutOfMemory
from chat.llm.base import ChatRequest, Chunk, DoneChunk, Embeddings, EmbedRequest, PhaseChunk, RoutedChunk, Said
from chat.llm.cancelling import CancelToken
from chat.llm.load_clock import LoadClock
from chat.llm.registry import ModelEntry
from chat.llm.warmth import Warmth

_LONGEST_DELAY = 8.0


class Router:
    """Asks models by entry. `max_retries` counts waits; `sleep(seconds)`, if given, replaces the wait between them."""

    def __init__(
        self,
        warmth: Warmth,
        max_retries: int = 2,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self._warmth = warmth
        self._max_retries = max_retries
        self._sleep = sleep

    def generate(
        self, entry: ModelEntry, request: ChatRequest, cancel: CancelToken, *, may_retry: bool = True
    ) -> Iterator[Chunk]:
        """The chunks of one answer by `entry`. Raises the last `ModelError`, or what `cancel` says.

        Whoever can ask elsewhere needs no patience: without `may_retry` the first failure is raised at once.
        """
        retries = 0
        while True:
            attempt = _Attempt(entry, self._warmth)
            try:
                yield from attempt.run(request, cancel)
                return
            except ModelError as error:
                cancel.raise_if_cancelled()
                if attempt.has_text or not (may_retry and self._may_retry(error, retries)):
                    raise
                retries += 1
                delay = _delay(retries, error)
                yield _routing(f"{_short(error)} Retrying in {max(1, round(delay))} s…", delay)
            self._wait(delay, cancel)

    def embed(
        self, entry: ModelEntry, request: EmbedRequest, cancel: CancelToken, *, may_retry: bool = True
    ) -> Embeddings:
        """The vectors of `entry`, with the patience of `generate`."""
        retries = 0
        while True:
            try:
                return entry.backend.embed(request, cancel)
            except ModelError as error:
                cancel.raise_if_cancelled()
                if not (may_retry and self._may_retry(error, retries)):
                    raise
                retries += 1
                delay = _delay(retries, error)
            self._wait(delay, cancel)

    def _may_retry(self, error: ModelError, retries: int) -> bool:
        return error.retryable and retries < self._max_retries

    def _wait(self, seconds: float, cancel: CancelToken) -> None:
        if self._sleep is None:
            cancel.wait(seconds)
            return
        self._sleep(seconds)
        cancel.raise_if_cancelled()


class _Attempt:
    """One try at one backend: fills in what we have learned, and notices whether people have seen text."""

    def __init__(self, entry: ModelEntry, warmth: Warmth) -> None:
        self.has_text = False
        self._entry = entry
        self._load = LoadClock(warmth, entry.backend.name, entry.name)

    def run(self, request: ChatRequest, cancel: CancelToken) -> Iterator[Chunk]:
        backend = self._entry.backend
        for chunk in backend.chat(replace(request, model=self._entry.name), cancel):
            if isinstance(chunk, Said):
                self.has_text = True
            elif isinstance(chunk, PhaseChunk) and chunk.phase == "loading":
                yield self._load.tell(chunk)
                continue
            elif isinstance(chunk, DoneChunk):
                self._load.learn(chunk)
            yield chunk


def may_fall_over(error: ModelError) -> bool:
    """Whether the same model on another backend may succeed where this one failed."""
    return error.retryable or isinstance(error, ModelOutOfMemory | ModelNotFound)


def fall_over(error: ModelError, entry: ModelEntry) -> Iterator[Chunk]:
    """What those who wait are told when `entry` is asked next."""
    yield _routing(f"{_short(error)} Trying {entry.backend.name}…")
    yield RoutedChunk(entry.name, entry.backend.name)


def _delay(retries: int, error: ModelError) -> float:
    delay = min(_LONGEST_DELAY, 2.0 ** (retries - 1))
    jittered = delay * random.uniform(0.75, 1.25)
    return max(jittered, min(error.retry_after or 0.0, _LONGEST_DELAY))


def _short(error: ModelError) -> str:
    return error.message.split(" (", 1)[0]


def _routing(message: str, delay: float | None = None) -> PhaseChunk:
    return PhaseChunk("routing", message=message, eta_seconds=delay, estimated=delay is not None)
