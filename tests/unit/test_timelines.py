"""How what was shown is compared with what was true."""

import pytest

from bench.timelines import compare, percentile

ACCEPTABLE = {"waiting": frozenset({"queued"}), "loading": frozenset({"loading"}), "over": frozenset({"done"})}
TRUTH = [(0.0, "waiting"), (1.0, "loading"), (3.0, "over")]


def test_what_is_shown_in_time_is_right() -> None:
    honesty = compare([(0.5, "queued"), (1.0, "loading"), (3.0, "done")], TRUTH, ACCEPTABLE)
    assert (honesty.delays, honesty.wrong_seconds, honesty.seconds) == ((0.0, 0.0), 0.0, 2.5)


def test_late_and_early_are_wrong_for_as_long_as_they_are() -> None:
    late = compare([(0.5, "queued"), (1.25, "loading"), (3.5, "done")], TRUTH, ACCEPTABLE)
    assert late.delays == (0.25, 0.5) and late.wrong_seconds == 0.75 and late.seconds == 3.0
    early = compare([(0.5, "queued"), (0.75, "loading"), (3.0, "done")], TRUTH, ACCEPTABLE)
    assert early.delays == (0.25, 0.0)


def test_a_phase_that_is_never_shown_is_wrong_all_the_time() -> None:
    honesty = compare([(0.5, "queued"), (3.0, "done")], TRUTH, ACCEPTABLE)
    assert honesty.wrong_seconds == 2.0 and honesty.delays == (2.0,)


def test_something_invented_in_between_counts() -> None:
    shown = [(0.0, "queued"), (1.0, "loading"), (1.5, "done"), (1.75, "loading"), (3.0, "done")]
    assert compare(shown, TRUTH, ACCEPTABLE).delays == (0.25, 0.0, 0.0)


@pytest.mark.parametrize(("share", "value"), [(0.5, 51), (0.99, 100), (1.0, 100)])
def test_a_percentile(share: float, value: float) -> None:
    assert percentile(list(range(1, 101)), share) == value
