"""When the reader of a stream lets text gather instead of waking up for each token."""

from collections.abc import Iterator

import pytest

from chat.llm import http_lines
from chat.llm.http_lines import GATHER_SECONDS as GATHER


class Clock:
    """Seconds that pass when a piece is waited for, or slept."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)

    def pieces(self, waits: list[float]) -> Iterator[bytes]:
        for number, seconds in enumerate(waits):
            self.now += seconds
            yield b"%d" % number


FIRST = [0.002] * http_lines.QUICK_PIECES


@pytest.mark.parametrize(
    ("waits", "sleeps"),
    [
        pytest.param([5.0, *[0.05] * 20], [], id="slow: every token is read when it comes"),
        pytest.param([5.0, *FIRST], [], id="the first words are read when they come"),
        pytest.param([5.0, *FIRST, 0.002, 0.002], [GATHER, GATHER], id="fast: each short wait is made a long one"),
        pytest.param([5.0, *FIRST, 0.05, 0.002], [], id="it was fast for a moment only"),
        pytest.param([5.0, *FIRST, 0.002, 0.0, 0.0, 0.002], [GATHER, GATHER], id="what has come is read at once"),
    ],
)
def test_only_a_fast_stream_is_gathered(
    waits: list[float], sleeps: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(http_lines, "time", clock)
    assert list(http_lines._paced(clock.pieces(waits))) == [b"%d" % number for number in range(len(waits))]
    assert clock.slept == sleeps


def test_the_others_have_their_turn_between_pieces_that_are_all_there(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(http_lines, "time", clock)
    turns = []
    for _ in http_lines._paced(clock.pieces([5.0, *[0.0] * 9])):
        clock.now += 0.0011  # that reading a piece takes
        turns.append(len(clock.slept))
    assert set(clock.slept) == {0}
    assert turns == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
