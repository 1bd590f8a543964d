"""A model is loaded before it is asked, where its backend tells of a load only to whoever has asked for one."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from threading import Thread

from chat.llm.base import CancelToken, Chunk, DoneChunk, PhaseChunk
from chat.llm.flights import Flights, Start


class Loads:
    """The loads of one backend that we have asked for. Two people who wait for the same model share its load.

    It ends early only when the last of them has gone: on some backends that aborts the load.
    """

    def __init__(self) -> None:
        self._flights = Flights(_in_background)

    def follow(self, model: str, load: Start, cancel: CancelToken) -> Generator[Chunk, None, int | None]:
        """What `load` says, which is phases and then a `DoneChunk`; gives that one's load time in milliseconds."""
        load_ms = None
        for chunk in self._flights.follow(model, load, cancel):
            if isinstance(chunk, DoneChunk):
                load_ms = chunk.load_ms
            else:
                yield chunk
        return load_ms

    def is_active(self, model: str) -> bool:
        return self._flights.is_active(model)


def after_load(chunks: Iterator[Chunk], load_ms: int | None) -> Iterator[Chunk]:
    """The answer of a model that has just been loaded, in `load_ms`, or was loaded before (None)."""
    for chunk in chunks:
        if isinstance(chunk, DoneChunk):
            yield replace(chunk, load_ms=load_ms)
        elif load_ms is None or not (isinstance(chunk, PhaseChunk) and chunk.phase == "routing"):
            yield chunk


def _in_background(run: Callable[[], None]) -> None:
    Thread(target=run, daemon=True).start()
