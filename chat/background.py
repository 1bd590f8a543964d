"""How work is started, repeated and waits, in whichever async mode the server runs."""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from chat.errors import NotStored
from chat.tracing import carried

Spawn = Callable[[Callable[[], None]], object]
log = logging.getLogger(__name__)


def spawning(spawn: Spawn) -> Spawn:
    """As `spawn`; work that the database refuses ends there. That is told already, once for everybody.

    It stands beneath the span in which it was begun.
    """

    def begin(work: Callable[[], None]) -> object:
        def do() -> None:
            with suppress(NotStored):
                work()

        return spawn(carried(do))

    return begin


@dataclass(frozen=True, slots=True)
class Background:
    """`spawn` runs a function beside the others and returns at once; `sleep` waits seconds without blocking them."""

    spawn: Spawn
    sleep: Callable[[float], None]

    def every(self, seconds: float, work: Callable[[], None]) -> None:
        """Does `work` again and again beside the others. A failure is logged, and the next turn comes all the same."""

        def repeat() -> None:
            while True:
                self.sleep(seconds)
                try:
                    work()
                except NotStored:  # which the database has told already, once for everybody
                    continue
                except Exception:  # what cannot be done now (a locked database, say) may be possible at the next turn
                    log.exception("what is done every %g s has failed", seconds)

        self.spawn(repeat)
