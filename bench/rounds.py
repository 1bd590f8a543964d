"""Rounds in turns: ours, a peer, the peer again, ours …, so that whatever else happens befalls all of them alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
WARM_UP_SECONDS = 1.0


@dataclass(frozen=True)
class Options:
    """How many rounds, for how many seconds the clock runs in each, and for how long memory is watched where it is."""

    rounds: int = 5
    seconds: float = 3.0
    minutes: float = 1.0


def alternate(runs: Mapping[str, Callable[..., T]], options: Options) -> dict[str, list[T]]:
    """The results by name, a round each, after a short one that does not count. A run takes `seconds`."""
    for run in runs.values():
        run(seconds=min(WARM_UP_SECONDS, options.seconds))
    found: dict[str, list[T]] = {name: [] for name in runs}
    for number in range(options.rounds):
        # In turns forwards and backwards: a machine that grows slower all the time is then nobody's advantage.
        for name, run in list(runs.items())[:: -1 if number % 2 else 1]:
            found[name].append(run(seconds=options.seconds))
    return found
