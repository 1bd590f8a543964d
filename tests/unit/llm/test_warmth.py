"""What past loads say about the next one."""

import logging
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.llm.warmth import LoadEstimate, Warmth
from tests.fakes.clocks import Clock


def usual(warmth: Warmth, backend: str = "ollama", model: str = "llama3") -> float | None:
    estimate = warmth.estimate(backend, model)
    return estimate.usual if estimate else None


def test_nothing_is_foretold_before_the_first_load() -> None:
    assert Warmth().estimate("ollama", "llama3") is None


def test_the_estimate_is_the_median_of_the_last_seven_with_their_range() -> None:
    warmth = Warmth()
    for load_ms in (99_000, 98_000, 1000, 2000, 3000, 4000, 5000, 6000, 60_000):
        warmth.record("ollama", "llama3", load_ms)
    assert warmth.estimate("ollama", "llama3") == LoadEstimate(4.0, 1.0, 60.0)


def test_equal_loads_have_a_range_all_the_same() -> None:
    warmth = Warmth()
    warmth.record("ollama", "llama3", 10_000)
    assert warmth.estimate("ollama", "llama3") == LoadEstimate(10.0, 8.0, 12.0)


def test_models_and_backends_are_learned_apart() -> None:
    warmth = Warmth()
    warmth.record("ollama", "llama3", 1000)
    assert usual(warmth, "lmstudio") is None
    assert usual(warmth, model="mistral") is None


def test_a_load_that_many_waited_for_is_learned_once() -> None:
    warmth = Warmth()
    for began, load_ms in ((1.0, 1000), (1.0, 1000), (1.0, 1000), (2.0, 3000)):
        warmth.record("ollama", "llama3", load_ms, began=began)
    assert usual(warmth) == 2.0


def test_loads_from_the_disk_and_from_the_page_cache_are_told_apart() -> None:
    clock = Clock()
    warmth = Warmth(clock=clock)
    for load_ms, is_cold in ((20_000, True), (2000, False), (22_000, True), (2200, False)):
        warmth.record("ollama", "llama3", load_ms, is_cold=is_cold)
    assert not warmth.is_cold("ollama", "llama3")
    assert usual(warmth) == 2.1
    clock.now = 3600
    assert warmth.is_cold("ollama", "llama3")
    assert usual(warmth) == 21.0
    warmth.saw_loaded("ollama", "llama3")
    assert usual(warmth) == 2.1


def test_one_load_of_a_kind_is_too_few_to_tell_it_apart() -> None:
    warmth = Warmth()
    for load_ms, is_cold in ((9000, True), (10_000, True), (11_000, False)):
        warmth.record("ollama", "llama3", load_ms, is_cold=is_cold)
    assert usual(warmth) == 10.0


@given(st.lists(st.floats(0, 1000), min_size=2))
def test_our_progress_only_grows_and_is_never_complete(moments: list[float]) -> None:
    shown = [LoadEstimate(10.0, 8.0, 12.0).progress(moment) for moment in sorted(moments)]
    assert shown == sorted(shown)
    assert 0 <= shown[0] <= shown[-1] < 1


def test_what_is_left_ends_with_longer_than_usual() -> None:
    estimate = LoadEstimate(10.0, 8.0, 12.0)
    assert (estimate.left(4), estimate.range_left(4)) == (6.0, (4.0, 8.0))
    assert (estimate.left(11), estimate.range_left(11)) == (0.0, (0.0, 1.0))
    assert (estimate.left(13), estimate.range_left(13)) == (0.0, (0.0, 0.0))


def test_what_was_learned_can_be_kept_and_given_back() -> None:
    kept: list[tuple[str, str, int, bool]] = []
    warmth = Warmth(lambda *row: kept.append(row))
    warmth.record("ollama", "llama3", 1000)
    warmth.record("ollama", "llama3", 3000)
    after_restart = Warmth(lambda *row: kept.append(row))
    after_restart.seed(list(kept))
    assert usual(after_restart) == 2.0
    assert len(kept) == 2


def test_nobody_waits_until_it_is_kept() -> None:
    kept: list[int] = []
    later: list[Callable[[], None]] = []
    warmth = Warmth(on_record=lambda backend, model, load_ms, is_cold: kept.append(load_ms), spawn=later.append)
    warmth.record("ollama", "llama3", 4000)
    assert kept == [] and warmth.estimate("ollama", "llama3")
    later.pop()()
    assert kept == [4000]


def test_a_load_time_that_cannot_be_kept_is_logged_and_fails_no_answer(caplog: pytest.LogCaptureFixture) -> None:
    def full_disk(*_: object) -> None:
        raise OSError("disk full")

    warmth = Warmth(full_disk)
    with caplog.at_level(logging.ERROR):
        warmth.record("ollama", "llama3", 1000)
    assert usual(warmth) == 1.0
    assert "disk full" in caplog.text
