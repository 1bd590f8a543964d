"""Counts what backends do with their questions, as it goes by."""

from collections.abc import Iterator
from time import monotonic

from chat.errors import ModelError
from chat.llm.base import Chunk, DoneChunk, PhaseChunk, Said
from chat.llm.cancelling import Cancelled
from chat.meters import AnswerMeters


def metered(meters: AnswerMeters, backend: str, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """The same chunks of one answer, from the slot on; its times and its end are counted."""
    began, is_silent, was_loaded, is_done = monotonic(), True, False, False
    try:
        for chunk in chunks:
            if isinstance(chunk, Said):
                if is_silent:
                    is_silent = False
                    meters.first[backend].add(monotonic() - began)
            elif isinstance(chunk, PhaseChunk):
                was_loaded = was_loaded or chunk.phase == "loading"
            elif isinstance(chunk, DoneChunk):
                is_done = True
                _count_done(meters, backend, chunk, was_loaded=was_loaded)
            yield chunk
    except ModelError as error:
        meters.ended[backend, error.code] += 1
        raise
    except (Cancelled, GeneratorExit):
        if not is_done:
            meters.ended[backend, "stopped"] += 1
        raise


def _count_done(meters: AnswerMeters, backend: str, done: DoneChunk, *, was_loaded: bool) -> None:
    """A load time alone says nothing: some backends tell one, of a few milliseconds, for a model that is in memory."""
    meters.ended[backend, "done"] += 1
    if was_loaded and done.load_ms:
        meters.loads[backend].add(done.load_ms / 1000)
    if done.tokens_per_second:
        meters.speeds[backend].add(done.tokens_per_second)
    meters.tokens[backend, "read"] += done.prompt_tokens or 0
    meters.tokens[backend, "written"] += done.completion_tokens or 0
