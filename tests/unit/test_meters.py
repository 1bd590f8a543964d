"""What is counted of answers, and how."""

from collections.abc import Iterator

import pytest

from chat.errors import ModelTimeout
from chat.jobs.metering import metered
from chat.llm.base import Chunk, DoneChunk, PhaseChunk, ReasoningChunk, TextChunk
from chat.llm.cancelling import Cancelled
from chat.meters import AnswerMeters, Histogram

DONE = DoneChunk(prompt_tokens=7, completion_tokens=3, tokens_per_second=12.5, load_ms=4000)


def _of(*chunks: Chunk, end: BaseException | None = None) -> Iterator[Chunk]:
    yield from chunks
    if end:
        raise end


def _run(meters: AnswerMeters, *chunks: Chunk, end: BaseException | None = None) -> list[Chunk]:
    return list(metered(meters, "gpu", _of(*chunks, end=end)))


def test_a_value_at_a_bound_belongs_below_it() -> None:
    histogram = Histogram((1.0, 2.0))
    for value in (0.5, 1.0, 1.5, 2.0, 9.0):
        histogram.add(value)
    assert histogram.counts == [2, 2, 1] and histogram.total == 14.0


def test_an_answer_is_counted_with_its_load_its_speed_and_its_first_text() -> None:
    meters = AnswerMeters()
    chunks = (PhaseChunk("loading"), PhaseChunk("generating"), ReasoningChunk("hm"), TextChunk("a"), DONE)
    assert _run(meters, *chunks) == list(chunks)
    assert meters.ended == {("gpu", "done"): 1}
    assert meters.tokens == {("gpu", "read"): 7, ("gpu", "written"): 3}
    assert meters.loads["gpu"].total == 4.0 and meters.speeds["gpu"].total == 12.5
    assert sum(meters.first["gpu"].counts) == 1, "the first text, once"


def test_a_model_that_was_in_memory_has_no_load() -> None:
    meters = AnswerMeters()
    _run(meters, PhaseChunk("prompt"), TextChunk("a"), DONE)
    assert not meters.loads


def test_failures_are_counted_by_their_code_and_stops_as_stopped() -> None:
    meters = AnswerMeters()
    for end in (ModelTimeout("silent"), Cancelled()):
        with pytest.raises(type(end)):
            _run(meters, TextChunk("a"), end=end)
    left = metered(meters, "gpu", _of(TextChunk("a"), TextChunk("b")))
    next(left)
    left.close()
    assert meters.ended == {("gpu", "model_timeout"): 1, ("gpu", "stopped"): 2}


def test_who_goes_after_the_end_has_been_answered() -> None:
    meters = AnswerMeters()
    left = metered(meters, "gpu", _of(DONE, TextChunk("never")))
    next(left)
    left.close()
    assert meters.ended == {("gpu", "done"): 1}
