"""How work is started and how it waits, in whichever async mode the server runs."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Background:
    """`spawn` runs a function beside the others and returns at once; `sleep` waits seconds without blocking them."""

    spawn: Callable[[Callable[[], None]], object]
    sleep: Callable[[float], None]
