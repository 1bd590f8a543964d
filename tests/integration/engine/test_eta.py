"""The told time of a load, in real time with an Ollama whose loads vary. `-s` prints how far it was from the truth."""

import random
from statistics import median

import pytest

from chat.llm.base import PhaseChunk
from chat.llm.cancelling import CancelToken
from chat.llm.ollama import Ollama
from tests.fakes.engine import Engine, asks
from tests.fakes.ollama import FakeOllama

pytestmark = pytest.mark.alone

LEARNED, MEASURED = 3, 6
MUST, BUSY = 0.25, 0.1  # a busy machine adds to a load that is this short


def test_after_three_loads_the_told_time_is_right() -> None:
    varies = random.Random(7)
    with FakeOllama() as server:
        engine = Engine(Ollama("ollama", server.url))
        errors = []
        for number in range(LEARNED + MEASURED):
            server.loaded.clear()
            server.behaviour.load_seconds = varies.uniform(0.8, 1.2)
            told = _told(engine, f"question {number}")
            if number >= LEARNED:
                assert told is not None
                errors.append(abs(told - server.behaviour.load_seconds) / server.behaviour.load_seconds)
    print(f"\nmedian error {median(errors):.1%} over {MEASURED} loads, must {MUST:.0%}, aim 15%")
    assert median(errors) <= MUST + BUSY


def _told(engine: Engine, text: str) -> float | None:
    """The first time that was told; the answer is awaited."""
    chunks = list(engine.asker.ask(asks(text), CancelToken()))
    return next((c.eta_seconds for c in chunks if isinstance(c, PhaseChunk) and c.phase == "loading"), None)
