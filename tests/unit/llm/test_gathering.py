"""When the reader of a stream lets text gather instead of waking up for each token."""

from collections.abc import Iterator

import pytest

from chat.llm import http


class Clock:
    """Seconds that pass when a piece is waited for, or slept."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept = 0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept += 1

    def pieces(self, waits: list[float]) -> Iterator[bytes]:
        for number, seconds in enumerate(waits):
            self.now += seconds
            yield b"%d" % number


@pytest.mark.parametrize(
    ("waits", "sleeps"),
    [
        pytest.param([5.0, 0.05, 0.05, 0.05], 0, id="slow: every token is read when it comes"),
        pytest.param([5.0, 0.002, 0.002, 0.002], 3, id="fast: each short wait is made a long one"),
        pytest.param([5.0, 0.002, 0.0, 0.0, 0.0, 0.002], 2, id="what has come meanwhile is read at once"),
    ],
)
def test_only_a_fast_stream_is_gathered(waits: list[float], sleeps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(http, "time", clock)
    assert list(http._gathered(clock.pieces(waits))) == [b"%d" % number for number in range(len(waits))]
    assert clock.slept == sleeps
