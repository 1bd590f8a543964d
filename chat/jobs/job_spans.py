"""The spans of jobs: one of a reply, one of each attempt at a backend, and beneath that one of each of its phases."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from time import monotonic

from chat.llm.base import Chunk, DoneChunk, PhaseChunk, Said
from chat.llm.registry import ModelEntry
from chat.logs import logged_as
from chat.tracing import NO_SPAN, Facts, Span, begin, span


@contextmanager
def in_job(job_id: str) -> Generator[None]:
    """What is logged and traced belongs to this job, by the same id."""
    with logged_as(job_id), span("reply", facts={"roundtable.job": job_id}):
        yield


@contextmanager
def attempt_spans(entry: ModelEntry) -> Generator["Phases"]:
    """One attempt, from its place in line to its end. Facts have OpenTelemetry's names where it has some for models."""
    facts = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": entry.backend.kind,
        "gen_ai.request.model": entry.name,
        "roundtable.backend": entry.backend.name,
    }
    with span(f"chat {entry.name}", "client", facts) as attempt:
        phases = Phases(attempt)
        try:
            yield phases
        finally:
            phases.end()


class Phases:
    """Beneath an attempt. The first is the waiting in line."""

    def __init__(self, attempt: Span) -> None:
        self._attempt = attempt
        self._name, self._phase = "queued", begin("queued")

    def from_slot(self, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        """The same chunks, which come since the backend has a slot for them."""
        return chunks if self._attempt is NO_SPAN else self._told(chunks)

    def _told(self, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        began, is_silent = monotonic(), True
        self._enter("asked")
        for chunk in chunks:
            if isinstance(chunk, PhaseChunk):
                self._enter(chunk.phase)
            elif isinstance(chunk, Said):
                if is_silent:
                    is_silent = False
                    self._attempt.note({"gen_ai.response.time_to_first_chunk": monotonic() - began})
                self._enter("generating")
            elif isinstance(chunk, DoneChunk):
                self._attempt.note(_told_at_the_end(chunk))
            yield chunk

    def _enter(self, name: str) -> None:
        if name != self._name:
            self._phase.end()
            self._name, self._phase = name, begin(name)

    def end(self) -> None:
        self._phase.end()


def _told_at_the_end(done: DoneChunk) -> Facts:
    told = {
        "gen_ai.usage.input_tokens": done.prompt_tokens,
        "gen_ai.usage.output_tokens": done.completion_tokens,
        "roundtable.tokens_per_second": done.tokens_per_second,
        "roundtable.load_ms": done.load_ms,
    }
    known = {name: value for name, value in told.items() if value is not None}
    return {"gen_ai.response.finish_reason": done.finish, **known}
