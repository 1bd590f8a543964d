"""The storage of rate limits: exact moving windows that need no timer and do not follow the wall clock."""

import time

import pytest
from limits import RateLimitItemPerMinute
from limits.strategies import MovingWindowRateLimiter

from chat.rate_windows import SWEEP_SECONDS, Windows
from tests.fakes.clocks import Clock

THREE = RateLimitItemPerMinute(3)


@pytest.fixture
def clock() -> Clock:
    return Clock(1000.0)


@pytest.fixture
def windows(clock: Clock) -> Windows:
    return Windows(clock=clock)


def test_a_window_moves(windows: Windows, clock: Clock) -> None:
    limiter = MovingWindowRateLimiter(windows)
    for _ in range(3):
        assert limiter.hit(THREE, "ada")
        clock.now += 10
    assert not limiter.hit(THREE, "ada") and limiter.hit(THREE, "mira")
    clock.now += 29.9
    assert not limiter.hit(THREE, "ada"), "the first hit is 59.9 s old"
    clock.now += 0.1
    assert limiter.hit(THREE, "ada") and not limiter.hit(THREE, "ada")


def test_a_refused_hit_does_not_count(windows: Windows, clock: Clock) -> None:
    limiter = MovingWindowRateLimiter(windows)
    for _ in range(10):
        limiter.hit(THREE, "ada")
    clock.now += 60
    assert [limiter.hit(THREE, "ada") for _ in range(4)] == [True, True, True, False]
    assert not limiter.hit(THREE, "mira", cost=4) and limiter.hit(THREE, "mira", cost=3)


def test_the_reset_is_on_the_wall_clock_and_keeps_its_distance_when_that_is_changed(
    windows: Windows, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    limiter = MovingWindowRateLimiter(windows)
    limiter.hit(THREE, "ada")
    clock.now += 20
    for wall in (5_000.0, 1_400.0, 90_000.0):
        monkeypatch.setattr(time, "time", lambda wall=wall: wall)
        stats = limiter.get_window_stats(THREE, "ada")
        assert stats.reset_time - wall == pytest.approx(40) and stats.remaining == 2


def test_keys_that_nobody_uses_are_forgotten(windows: Windows, clock: Clock) -> None:
    limiter = MovingWindowRateLimiter(windows)
    for number in range(1000):
        limiter.hit(THREE, f"person {number}")
    clock.now += SWEEP_SECONDS + 60
    limiter.hit(THREE, "ada")
    assert windows.reset() == 1


def test_fixed_windows_are_refused(windows: Windows) -> None:
    with pytest.raises(NotImplementedError):
        windows.incr("key", 60)


def test_what_was_let_through_elsewhere_counts_and_runs_out_like_the_rest(windows: Windows, clock: Clock) -> None:
    limiter = MovingWindowRateLimiter(windows)
    for _ in range(3):
        windows.add(THREE.key_for("ada"), THREE.get_expiry())
    assert not limiter.hit(THREE, "ada")
    clock.now += THREE.get_expiry() + 1
    assert limiter.hit(THREE, "ada")
