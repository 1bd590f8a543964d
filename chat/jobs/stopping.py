"""How a question ends that is stopped: its slot is free when the backend is seen to have stopped, or after a while."""

import time

from chat.errors import ModelUnreachable
from chat.llm.base import Backend

STOPPED = "The answer was stopped."
GOES_ON = "Stopped. The backend may still be working on it."
STOP_SECONDS = 2.0
_RESTART_SECONDS = 5.0
LOOK_SECONDS = 0.05
SEE_SECONDS = STOP_SECONDS + 1.5  # with the last look, which may take long; for whoever waits for `see_stop` elsewhere


def see_stop(backend: Backend, model: str) -> bool:
    """Called when our connection is closed: waits until nothing is computed there any more that nobody reads.

    False if that was not seen in time. True at once where the backend does not tell: then there is nothing to see.
    """
    give_up = time.monotonic() + STOP_SECONDS
    while backend.has_stopped(model) is False:
        if time.monotonic() > give_up:
            return False
        time.sleep(LOOK_SECONDS)
    return True


def server_stops() -> ModelUnreachable:
    """What everybody is told whose question or model the server cannot wait for any more."""
    return ModelUnreachable("The server is stopping. Ask again in a few seconds.", retry_after=_RESTART_SECONDS)
