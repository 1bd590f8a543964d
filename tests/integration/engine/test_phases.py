"""People see what the backends really do, for every kind, whatever happens. `-s` prints how exactly.

How exact it must be is measured by `make bench ARGS=phases`; here the bounds are wide, because machines are busy.
"""

import pytest

from bench.phases import watch
from bench.timelines import percentile
from tests.fakes.stand import KINDS, Asked, Stand

pytestmark = pytest.mark.alone

SEEN = 0.3  # seconds: what lasts as long must have been shown
LATE = 2.0  # seconds by which a busy machine may be late with the first status


@pytest.fixture(scope="module")
def stands() -> dict[str, Stand]:
    return {stand.kind: stand for stand in watch([Stand(kind) for kind in KINDS])}


def _loads(stand: Stand, asked: Asked) -> list[float]:
    """The seconds of each load that the question waited for."""
    truth = [*stand.truth(asked), (asked.shown[-1][0], "end")]
    began = asked.shown[0][0]
    return [
        later - max(at, began) for (at, what), (later, _) in zip(truth, truth[1:], strict=False) if what == "loading"
    ]


def _may_have_loaded(stand: Stand, asked: Asked) -> bool:
    """Also a load that was over before the first status came."""
    began, ended = asked.shown[0][0] - LATE, asked.shown[-1][0]
    return any(span.work == "loading" and span.ended > began and span.began < ended for span in stand.spans())


@pytest.mark.parametrize("kind", KINDS)
def test_a_load_is_shown_if_there_is_one_and_only_then(stands: dict[str, Stand], kind: str) -> None:
    stand = stands[kind]
    for asked in stand.asked:
        if asked.streamed or kind == "openai":  # there, `loading` has another meaning, or nobody can know
            continue
        loads, shown = _loads(stand, asked), [phase for _, phase in asked.shown]
        if max(loads, default=0.0) > SEEN:
            assert "loading" in shown, (shown, loads)
        if not _may_have_loaded(stand, asked):
            assert "loading" not in shown, shown


@pytest.mark.parametrize("kind", KINDS)
def test_every_answer_is_shown_from_waiting_to_its_end(stands: dict[str, Stand], kind: str) -> None:
    order = ("queued", "routing", "loading", "connected", "prompt", "generating", "done", "stopped", "failed")
    for asked in stands[kind].asked:
        places = [order.index(phase) for _, phase in asked.shown if phase in order]
        assert asked.streamed or places == sorted(places), asked.shown
        assert asked.shown[-1][1] in ("done", "stopped", "failed", "error")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_shown_follows_at_once(stands: dict[str, Stand], kind: str) -> None:
    found = stands[kind].honesty()
    delays = [delay for honesty in found for delay in honesty.delays]
    wrong = sum(honesty.wrong_seconds for honesty in found) / sum(honesty.seconds for honesty in found)
    p50, p99 = percentile(delays, 0.5) * 1000, percentile(delays, 0.99) * 1000
    print(f"\n{kind}: {len(delays)} changes, wrong for {p50:.0f} ms (p50), {p99:.0f} ms (p99), {wrong:.1%} of the time")
    assert p50 <= 150 and wrong <= 0.3
