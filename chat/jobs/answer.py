"""What one answer was like: its text, and the facts shown under it. Filled from chunks, whoever asked."""

import time
from collections.abc import Iterable
from typing import Any

from chat import wire
from chat.db.ids import iso, now_ms
from chat.llm.base import (
    CachedChunk,
    Chunk,
    DoneChunk,
    Options,
    PhaseChunk,
    RoutedChunk,
    TextChunk,
    ToolCall,
    ToolCallChunk,
)


class Answer:
    """Takes every chunk of an answer in order; `length` are the characters so far.

    Times are counted from its construction.
    """

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._slot_at: float | None = None
        self._first_text_at: float | None = None
        self._texts: list[str] = []
        self.length = 0
        self._calls: dict[int, ToolCall] = {}
        self.model: str | None = None
        self.backend: str | None = None
        self.cached_age: float | None = None
        self._cached_since: str | None = None
        self.done: DoneChunk | None = None

    def take(self, chunk: Chunk) -> None:
        if isinstance(chunk, TextChunk):
            self._first_text_at = self._first_text_at or time.monotonic()
            self._texts.append(chunk.text)
            self.length += len(chunk.text)
        elif isinstance(chunk, ToolCallChunk):
            self._first_text_at = self._first_text_at or time.monotonic()
            self._add_call(chunk)
        elif isinstance(chunk, RoutedChunk):
            self.model, self.backend = chunk.model, chunk.backend
        elif isinstance(chunk, CachedChunk):
            self.cached_age = chunk.age_seconds
            self._cached_since = iso(now_ms() - round(chunk.age_seconds * 1000))
        elif isinstance(chunk, DoneChunk):
            self.done = chunk
        elif chunk.__class__ is PhaseChunk and self._slot_at is None and chunk.phase not in ("queued", "routing"):
            self._slot_at = time.monotonic()

    def _add_call(self, chunk: ToolCallChunk) -> None:
        begun = self._calls.get(chunk.index) or ToolCall("", "", "")
        arguments = begun.arguments + chunk.arguments
        self._calls[chunk.index] = ToolCall(chunk.id or begun.id, chunk.name or begun.name, arguments)

    @property
    def tool_calls(self) -> list[ToolCall]:
        """What the model wants to have called, in its order."""
        return [self._calls[index] for index in sorted(self._calls)]

    @property
    def text(self) -> str:
        return "".join(self._texts)

    @property
    def finish(self) -> str | None:
        return self.done.finish if self.done else None

    def usage(self) -> wire.Usage:
        if self.done is None:
            return wire.Usage()
        return wire.Usage(prompt_tokens=self.done.prompt_tokens, completion_tokens=self.done.completion_tokens)

    def timings(self) -> wire.Timings:
        """Load time and speed as the backend told them; the rest by our own clock. A cached answer has none of them."""
        cached = self.cached_age is not None
        return wire.Timings(
            queue_ms=self._since_start(self._slot_at),
            load_ms=None if cached or not self.done else self.done.load_ms,
            ttft_ms=self._since_start(self._first_text_at),
            total_ms=self._since_start(time.monotonic()),
            tokens_per_second=None if cached or not self.done else self.done.tokens_per_second,
        )

    def _since_start(self, moment: float | None) -> int | None:
        return None if moment is None else round((moment - self._began) * 1000)

    def facts(self) -> dict[str, Any]:
        """The fields of wire.ReplyInfo that an answer fills in."""
        timings = self.timings()
        return {
            "backend": self.backend,
            "cached": self.cached_age is not None,
            "cached_age_seconds": self.cached_age,
            "cached_since": self._cached_since,
            "usage": self.usage().model_dump() if self.done else None,
            "tokens_per_second": timings.tokens_per_second,
            "queue_ms": timings.queue_ms,
            "load_ms": timings.load_ms,
            "ttft_ms": timings.ttft_ms,
        }


def tools_asked(calls: Iterable[ToolCall]) -> list[wire.ToolAsked] | None:
    """Calls in OpenAI's shape; None where there are none."""
    return [
        wire.ToolAsked(id=call.id, function=wire.FunctionAsked(name=call.name, arguments=call.arguments))
        for call in calls
    ] or None


def options_of(values: dict[str, Any]) -> Options:
    """Stored or sent generation options as the model layer takes them."""
    stop = values.get("stop") or ()
    return Options(**{**values, "stop": tuple(stop)})
