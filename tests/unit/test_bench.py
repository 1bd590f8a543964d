"""The measuring tools count right: frames in any pieces, everybody's messages, what grows and what only wavers."""

from collections.abc import Callable

import pytest

from bench import servers
from bench.blaster import payloads, server_frame
from bench.crowd import Crowd, Loop
from bench.frames import bounds, text_frame
from bench.loads import closed_loop, open_loop
from bench.report import Measure, Spread
from bench.trend import Trend

TEXTS = [b"", b"2", b"x" * 125, b"y" * 126, b"z" * 70_000]


def test_frames_are_found_wherever_the_stream_is_cut() -> None:
    stream = b"".join(b"\x81" + _size(text) + text for text in TEXTS)
    for cut in (*range(300), len(stream) - 1):
        found = [stream[start:stop] for start, stop in bounds(stream[:cut])]
        used = sum(len(_size(text)) + 1 + len(text) for text in found)
        rest = stream[used:]
        assert found + [rest[start:stop] for start, stop in bounds(rest)] == TEXTS


def _size(text: bytes) -> bytes:
    if len(text) < 126:
        return bytes([len(text)])
    return b"\x7e" + len(text).to_bytes(2, "big") if len(text) < 65_536 else b"\x7f" + len(text).to_bytes(8, "big")


def test_a_masked_frame_is_read_back() -> None:
    texts = [b"40", b"a" * 200]
    assert list(payloads(b"".join(map(text_frame, texts)))) == texts
    assert server_frame(b"b" * 200)[:4] == b"\x81\x7e\x00\xc8"


def test_a_window_counts_every_delivery_and_latency_of_a_real_server() -> None:
    members = 12
    with servers.blaster() as server, Crowd(Loop(), server) as crowd:
        crowd.grow_to(members)
        window = closed_loop(crowd, senders=2, seconds=0.2)
        assert window.messages > 10
        assert window.deliveries == pytest.approx(window.messages * members, rel=0.2)
        paced = open_loop(crowd, per_second=100, seconds=0.3)
        assert paced.messages == pytest.approx(30, abs=5)
        assert 0 < paced.latency(0.5) <= paced.latency(0.99) < 1


@pytest.mark.parametrize(
    ("figure", "is_flat"),
    [
        (lambda at: 100.0, True),
        (lambda at: 100 + (at * 7) % 5, True),
        (lambda at: 60 + min(at, 40), True),
        (lambda at: 150 if at == 100 else 100.0, True),
        (lambda at: 100 + at / 10, False),
        (lambda at: 100 + at / 10 + (at * 7) % 3, False),
    ],
    ids=["still", "wavering", "warming up", "one peak", "leaking", "leaking and wavering"],
)
def test_a_leak_is_told_from_noise(figure: Callable[[int], float], is_flat: bool) -> None:
    assert Trend.of([(at, figure(at)) for at in range(180)]).is_flat is is_flat


def test_too_few_samples_are_no_trend() -> None:
    with pytest.raises(ValueError, match="longer"):
        Trend.of([(0, 1.0)])


@pytest.mark.parametrize(("found", "verdict"), [(1.3, "aim reached"), (1.0, "must reached"), (0.7, "MISSED")])
def test_a_measure_says_what_it_reaches(found: float, verdict: str) -> None:
    spread = Spread.of([found, found - 0.1, found + 0.1])
    assert Measure("x ÷ y", spread, must=0.8, aim=1.2).verdict == verdict
    assert Measure("y ÷ x", Spread.of([1 / found]), must=1 / 0.8, aim=1 / 1.2, is_cost=True).verdict == verdict
