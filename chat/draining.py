"""How a process stops: what is being written is closed as interrupted, and nothing that hangs keeps it alive."""

import logging
import os
import time
from collections.abc import Callable

from chat.background import Background
from chat.working import Working

LOOK_EVERY = 0.02  # seconds
LAST_WORDS_SECONDS = 0.1  # for whoever listens to be sent how replies ended, before connections are closed
HARD_DEADLINE_SECONDS = 8.0  # after that the process ends, whatever still hangs
log = logging.getLogger(__name__)


def drain(working: Working, seconds: float) -> None:
    """Begins nothing more, and gives what is under way so long to be closed."""
    working.shut_down()
    sleep = working.ground.background.sleep
    give_up = time.monotonic() + seconds
    while working.replies.running() and time.monotonic() < give_up:
        sleep(LOOK_EVERY)
    sleep(LAST_WORDS_SECONDS)


def end_in_time(background: Background, close: Callable[[], None]) -> None:
    """Ends the process at its deadline if it has not ended by itself."""

    def end_hard() -> None:
        background.sleep(HARD_DEADLINE_SECONDS)
        log.warning("something did not stop in %g s; ending all the same", HARD_DEADLINE_SECONDS)
        try:
            close()
        finally:
            os._exit(1)

    background.spawn(end_hard)
