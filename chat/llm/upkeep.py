"""What not every backend can: load, unload, pull, delete its models, and tell whether it has stopped."""

import time
from collections.abc import Callable, Iterator

from chat.errors import InvalidInput, ModelTimeout
from chat.llm.base import Ability, Chunk, PullChunk
from chat.llm.cancelling import CancelToken

GONE_SECONDS = 15.0  # a model that is asked to go ends what it is writing first
LOOK_SECONDS = 0.1


class Upkeep:
    """A backend that can do none of it; those that can override what is in their `abilities`."""

    name: str
    abilities: frozenset[Ability] = frozenset()

    def load(self, model: str, cancel: CancelToken) -> Iterator[Chunk]:
        """Phases, then a `DoneChunk` whose `load_ms` is None if the model was in memory. Raises as `Backend.chat`."""
        raise self._unable("load")

    def unload(self, model: str, cancel: CancelToken) -> None:
        """Ends when the model is seen to have left the memory. Raises `ModelTimeout` if it does not."""
        raise self._unable("unload")

    def pull(self, model: str, cancel: CancelToken) -> Iterator[PullChunk]:
        """Ends when the model is there. Pulling again goes on where it was cancelled."""
        raise self._unable("pull")

    def delete(self, model: str, cancel: CancelToken) -> None:
        """Takes the model off the backend's disk. Raises `ModelNotFound` if it is not there."""
        raise self._unable("delete")

    def has_stopped(self, model: str) -> bool | None:
        """As `Backend.has_stopped`; most do not tell."""
        return None

    def _unable(self, ability: Ability) -> InvalidInput:
        return InvalidInput(f"{self.name} cannot {ability} models for us. Do it where it runs.", field="backend")


def wait_gone(is_there: Callable[[], bool], model: str, title: str, cancel: CancelToken) -> None:
    """Waits until a model that was asked to go has gone. Raises `ModelTimeout` that says what to do."""
    give_up = time.monotonic() + GONE_SECONDS
    while is_there():
        if time.monotonic() > give_up:
            raise ModelTimeout(
                f"{title} still has “{model}” in memory. Wait until its answers are written, then retry."
            )
        cancel.wait(LOOK_SECONDS)
