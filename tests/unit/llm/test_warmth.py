"""What past loads say about the next one."""

import logging

import pytest

from chat.llm.warmth import Warmth


def test_nothing_is_foretold_before_the_first_load() -> None:
    assert Warmth().estimate_ms("ollama", "llama3") is None


def test_the_estimate_is_the_median_of_the_last_seven() -> None:
    warmth = Warmth()
    for load_ms in (99_000, 98_000, 1000, 2000, 3000, 4000, 5000, 6000, 60_000):
        warmth.record("ollama", "llama3", load_ms)
    assert warmth.estimate_ms("ollama", "llama3") == 4000


def test_models_and_backends_are_learned_apart() -> None:
    warmth = Warmth()
    warmth.record("ollama", "llama3", 1000)
    assert warmth.estimate_ms("lmstudio", "llama3") is None
    assert warmth.estimate_ms("ollama", "mistral") is None


def test_what_was_learned_can_be_kept_and_given_back() -> None:
    kept: list[tuple[str, str, int]] = []
    warmth = Warmth(lambda *row: kept.append(row))
    warmth.record("ollama", "llama3", 1000)
    warmth.record("ollama", "llama3", 3000)
    after_restart = Warmth(lambda *row: kept.append(row))
    after_restart.seed(list(kept))
    assert after_restart.estimate_ms("ollama", "llama3") == 2000
    assert len(kept) == 2


def test_a_load_time_that_cannot_be_kept_is_logged_and_fails_no_answer(caplog: pytest.LogCaptureFixture) -> None:
    def full_disk(*_: object) -> None:
        raise OSError("disk full")

    warmth = Warmth(full_disk)
    with caplog.at_level(logging.ERROR):
        warmth.record("ollama", "llama3", 1000)
    assert warmth.estimate_ms("ollama", "llama3") == 1000
    assert "disk full" in caplog.text
