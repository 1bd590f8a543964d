"""A model is loaded before it is asked, where its backend tells of a load only to whoever has asked for one."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from threading import Thread
from time import monotonic

from chat.llm.base import Chunk, DoneChunk, PhaseChunk, TickChunk
from chat.llm.cancelling import CancelToken
from chat.llm.flights import Flights, Start

TELL_EVERY = 1.0  # seconds between two reports on a load of which nothing new is heard

Load = Generator[Chunk, None, int | None]  # phases; gives the load time in ms, None if nothing had to be loaded


class Loads:
    """The loads of one backend that we have asked for. All who wait for the same model share its load.

    It ends early only when the last of them cancels, which on some backends aborts the load. Nobody's lost connection
    does: a program that asks again after its own timeout would begin a long load anew each time, and never get through.
    """

    def __init__(self) -> None:
        self._flights = Flights(_in_background, outlives_leavers=True)
        self._began: dict[str, float] = {}

    def follow(self, model: str, load: Start, cancel: CancelToken, message: str, *, is_sure: bool = True) -> Load:
        """What `load` says, which is phases and then a `DoneChunk`, repeated while it says nothing.

        Each phase knows since when the load goes on. `is_sure` False is for a model that may be in memory already.
        """
        if not self.is_active(model):
            self._began[model] = monotonic()
        last = PhaseChunk("loading", message=message, estimated=not is_sure, since=self._began[model])
        yield last
        load_ms = None
        for chunk in self._flights.follow(model, load, cancel, TELL_EVERY):
            if isinstance(chunk, DoneChunk):
                load_ms = chunk.load_ms
                continue
            if isinstance(chunk, PhaseChunk):
                last = replace(chunk, message=chunk.message or message, since=last.since)
            if isinstance(chunk, PhaseChunk | TickChunk):
                yield last
        return load_ms

    def is_active(self, model: str) -> bool:
        return self._flights.is_active(model)


def as_load(steps: Load) -> Iterator[Chunk]:
    """A load for its own sake: its phases, then a `DoneChunk` with its time."""
    load_ms = yield from steps
    yield DoneChunk(load_ms=load_ms)


def after_load(chunks: Iterator[Chunk], load_ms: int | None) -> Iterator[Chunk]:
    """The answer of a model that has just been loaded, in `load_ms`, or was loaded before (None)."""
    if load_ms is None:
        yield from chunks
        return
    for chunk in chunks:
        if isinstance(chunk, DoneChunk):
            yield replace(chunk, load_ms=load_ms)
        elif not (isinstance(chunk, PhaseChunk) and chunk.phase == "routing"):
            yield chunk


def _in_background(run: Callable[[], None]) -> None:
    Thread(target=run, daemon=True).start()
