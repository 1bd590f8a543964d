"""Single flight: equal questions that are asked at the same time are computed once, and all who ask follow along."""

import copy
import threading
from collections.abc import Callable, Iterator

from chat.llm.base import Chunk, PhaseChunk, ReasoningChunk, TextChunk, TickChunk
from chat.llm.cancelling import Cancelled, CancelToken
from chat.locks import ShortLock

Start = Callable[[CancelToken], Iterator[Chunk]]


class _Flight:
    """One computation and what it has said so far. `wakes` are the events of those who wait for more."""

    def __init__(self) -> None:
        self.token = CancelToken()
        self.chunks: list[Chunk] = []
        self.error: Exception | None = None
        self.over = threading.Event()
        self.wakes: set[threading.Event] = set()
        self._lock = ShortLock()

    def add(self, chunk: Chunk) -> None:
        self.chunks.append(chunk)
        self._wake_all()

    def end(self, error: Exception | None) -> None:
        self.error = error
        self.over.set()
        self._wake_all()

    def _wake_all(self) -> None:
        with self._lock:
            wakes = [woken for woken in self.wakes if not woken.is_set()]
        for woken in wakes:
            woken.set()

    def join(self, woken: threading.Event) -> None:
        with self._lock:
            self.wakes.add(woken)

    def leave(self, woken: threading.Event) -> bool:
        """Whether that was the last one."""
        with self._lock:
            self.wakes.discard(woken)
            return not self.wakes

    def wait_end(self, seconds: float) -> bool:
        """Waits until a flight that nobody follows any more has ended; whether its backend may still be at it then."""
        if not self.token.cancelled:
            return False
        has_ended = self.over.wait(seconds)
        return not has_ended or (isinstance(self.error, Cancelled) and self.error.goes_on)

    def wait_after(
        self, position: int, woken: threading.Event, cancel: CancelToken, seconds: float | None
    ) -> tuple[list[Chunk], bool]:
        """What came after `position`, and whether that was all. Nothing when cancelled, or when `seconds` are over."""
        while True:
            # Before looking: what comes from now on ends the wait below.
            woken.clear()
            is_over = self.over.is_set()
            chunks = self.chunks[position:]
            if chunks or is_over or cancel.cancelled or not woken.wait(seconds):
                return chunks, is_over


class Flights:
    """`spawn` runs a function in the background (a green or native thread) and returns at once.

    A flight ends when nobody follows it any more. `outlives_leavers`: only if the last follower cancelled it; one that
    has just gone may come back, and joins it again.
    """

    def __init__(self, spawn: Callable[[Callable[[], None]], object], *, outlives_leavers: bool = False) -> None:
        self._spawn, self._outlives_leavers = spawn, outlives_leavers
        self._lock = ShortLock()
        self._flights: dict[str, _Flight] = {}
        self.joined = 0  # by others than the first

    def follow(self, key: str, start: Start, cancel: CancelToken, tick_seconds: float | None = None) -> Iterator[Chunk]:
        """All chunks of the flight `key`, from its beginning; the first follower starts it.

        `cancel`, or closing the generator, detaches this follower only; when the last one is gone, the token that
        `start` was given is cancelled. While nothing comes there is a `TickChunk` every `tick_seconds`. Raises what the
        flight raised, or what `cancel` says.
        """
        cancel.raise_if_cancelled()
        woken = threading.Event()
        flight = self._join(key, start, woken)
        forget = cancel.on_cancel(woken.set)
        try:
            yield from _followed(flight, woken, cancel, tick_seconds)
        except Cancelled as cancelled:
            cancelled.wait_end = flight.wait_end
            raise
        finally:
            forget()
            self._leave(key, flight, woken, has_left=cancel.has_left or not cancel.cancelled)

    def is_active(self, key: str) -> bool:
        """Whether `key` is being computed right now."""
        with self._lock:
            return key in self._flights

    def _join(self, key: str, start: Start, woken: threading.Event) -> _Flight:
        with self._lock:
            flight = self._flights.get(key)
            if flight is not None:
                self.joined += 1
                flight.join(woken)
                return flight
            flight = self._flights[key] = _Flight()
            flight.join(woken)
        try:
            self._spawn(lambda: self._fly(key, flight, start))
        except BaseException:
            self._leave(key, flight, woken, has_left=False)
            raise
        return flight

    def _leave(self, key: str, flight: _Flight, woken: threading.Event, *, has_left: bool) -> None:
        with self._lock:
            ends = flight.leave(woken) and not (has_left and self._outlives_leavers)
            if ends:
                self._forget(key, flight)
        if ends:
            flight.token.cancel(has_left=has_left)

    def _fly(self, key: str, flight: _Flight, start: Start) -> None:
        error: Exception | None = None
        try:
            for chunk in start(flight.token):
                flight.add(chunk)
        except Exception as failure:
            error = failure
        with self._lock:
            self._forget(key, flight)
        flight.end(error)

    def _forget(self, key: str, flight: _Flight) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]


def _followed(
    flight: _Flight, woken: threading.Event, cancel: CancelToken, tick_seconds: float | None
) -> Iterator[Chunk]:
    position, is_over = 0, False
    while not is_over:
        chunks, is_over = flight.wait_after(position, woken, cancel, tick_seconds)
        position += len(chunks)
        for chunk in merged(chunks):
            cancel.raise_if_cancelled()
            yield chunk
        cancel.raise_if_cancelled()
        if not chunks and not is_over:
            yield TickChunk()
    if flight.error:
        raise _again(flight.error)


def _again(error: Exception) -> Exception:
    """A copy: one exception raised in several threads would mix up their tracebacks."""
    try:
        return copy.copy(error)
    except TypeError:
        return error


def merged(chunks: list[Chunk]) -> Iterator[Chunk]:
    """The same chunks with neighbouring texts joined, and of neighbouring reports on one phase only the last."""
    texts: list[str] = []
    last: Chunk | None = None
    for chunk in chunks:
        if last is not None and not _joins(last, chunk):
            yield from _flushed(last, texts)
        if isinstance(chunk, TextChunk | ReasoningChunk):
            texts.append(chunk.text)
        last = chunk
    if last is not None:
        yield from _flushed(last, texts)


def _joins(last: Chunk, chunk: Chunk) -> bool:
    if isinstance(last, PhaseChunk) and isinstance(chunk, PhaseChunk):
        return last.phase == chunk.phase
    return type(last) is type(chunk) and isinstance(chunk, TextChunk | ReasoningChunk)


def _flushed(last: Chunk, texts: list[str]) -> Iterator[Chunk]:
    if not texts:
        yield last
        return
    joined = "".join(texts)
    texts.clear()
    yield TextChunk(joined) if isinstance(last, TextChunk) else ReasoningChunk(joined)
