"""What the questions outside of rooms are at: nobody looks on, but everybody waits for the same models."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from chat import wire
from chat.llm.base import PhaseChunk
from chat.llm.registry import ModelEntry
from chat.llm.status import status_of, urgency_of

Report = Callable[[PhaseChunk], None]


class ProgramPhases:
    """The newest phase of each. `on_change` is called when one of them enters another; it must be quick.

    Programs ask a thousand times a second: nothing is built here before somebody wants to know.
    """

    def __init__(self) -> None:
        self._now: dict[object, tuple[PhaseChunk, ModelEntry]] = {}
        self.on_change: Callable[[], None] = lambda: None

    @contextmanager
    def reporting(self, entry: ModelEntry) -> Generator[Report]:
        """Takes the phases of one question to `entry` for as long as the block runs."""
        mine = object()

        def report(chunk: PhaseChunk) -> None:
            before = self._now.get(mine)
            self._now[mine] = chunk, entry
            if before is None or before[0].phase != chunk.phase:
                self.on_change()

        try:
            yield report
        finally:
            if self._now.pop(mine, None):
                self.on_change()

    def most_urgent(self) -> list[wire.LlmStatus]:
        """The one that counts most, if there is any. A failure is told to who asked, and nobody else."""
        now = list(self._now.values())
        if not now:
            return []
        chunk, entry = min(now, key=lambda told: urgency_of(told[0].phase))
        return [status_of(chunk, at=time.time(), model=entry.name, backend=entry.backend.name)]
