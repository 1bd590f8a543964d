"""How far from the truth the told time of a load is, over many models whose load times vary. `-s` prints it."""

import random
from statistics import median

import pytest

from chat.llm.base import DoneChunk, PhaseChunk
from chat.llm.load_clock import LoadClock
from chat.llm.warmth import Warmth

MODELS, LEARNED, VARIES = 1000, 3, 0.2
MUST, AIM = 0.25, 0.15
HOUR = 3600.0


class Machine:
    """One model on one machine: its loads as they are told to those who wait; time is the test's."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._now = 0.0
        self._warmth = Warmth(clock=lambda: self._now)
        self.usual = self._random.uniform(1.0, 90.0)

    def load(self, usual: float, at: float = 0.0) -> float | None:
        """Loads once, and gives the relative error of what was told when `at` of it was over; None if nothing was."""
        seconds = usual * self._random.uniform(1 - VARIES, 1 + VARIES)
        clock = LoadClock(self._warmth, "ollama", "llama3", lambda: self._now)
        clock.tell(PhaseChunk("loading"))
        self._now += at * seconds
        told = clock.tell(PhaseChunk("loading")).eta_seconds
        self._now += (1 - at) * seconds
        clock.learn(DoneChunk(load_ms=round(seconds * 1000)))
        return None if told is None else abs(told - (1 - at) * seconds) / seconds

    def rest(self, seconds: float) -> None:
        self._now += seconds


@pytest.mark.parametrize("at", [0.0, 0.5])
def test_after_three_loads_the_told_time_is_right(at: float) -> None:
    errors = []
    for seed in range(MODELS):
        machine = Machine(seed)
        for _ in range(LEARNED):
            machine.load(machine.usual)
        error = machine.load(machine.usual, at)
        assert error is not None
        errors.append(error)
    print(f"\n{at:.0%} into the load: median error {median(errors):.1%}, must {MUST:.0%}, aim {AIM:.0%}")
    assert median(errors) <= AIM


def test_from_the_disk_and_from_the_page_cache_are_told_apart() -> None:
    """From the disk it takes four times as long; a load is from there when the model was away for hours."""
    errors = []
    for seed in range(MODELS):
        machine = Machine(seed)
        for _ in range(LEARNED):
            machine.rest(5 * HOUR)
            machine.load(4 * machine.usual)
            machine.load(machine.usual)
        cached = machine.load(machine.usual)
        machine.rest(5 * HOUR)
        errors += [error for error in (cached, machine.load(4 * machine.usual)) if error is not None]
    print(f"\ndisk and cache: median error {median(errors):.1%}, must {MUST:.0%}, aim {AIM:.0%}")
    assert len(errors) == 2 * MODELS and median(errors) <= AIM
