"""Reads the server-sent events of a chat completion; knows the additions of llama.cpp and LM Studio."""

from collections.abc import Iterator
from typing import Any, Literal

from chat.errors import ModelError
from chat.llm.base import Chunk, DoneChunk, PhaseChunk, ToolCallChunk
from chat.llm.error_text import error_code, error_text
from chat.llm.failures import garbage
from chat.llm.http_errors import Broken, Refused
from chat.llm.http_lines import MAX_LINE_BYTES, PAUSE
from chat.llm.json_values import parsed, whole
from chat.llm.writing import Writing

_OTHER_FIELDS = (":", "event:", "id:", "retry:")
NOTHING_YET: dict[str, Any] = {}


def completion_chunks(lines: Iterator[str], writing: Writing, title: str, load_ms: int | None) -> Iterator[Chunk]:
    """The chunks in the lines of one stream. Raises Refused for an error in it, Broken if it ends too early."""
    summary = _Summary()
    try:
        for event in stream_events(lines, title):
            if event:
                choice = _choice(event)
                delta = choice.get("delta")
                if not (isinstance(delta, dict) and len(delta) == 1 and writing.goes_on(delta.get("content"))):
                    yield from _chunks_in(event, choice, writing)
                summary.add(event, choice)
                continue
            yield from writing.flush()
            summary.is_complete = summary.is_complete or event is None
    except (Refused, ModelError):
        yield from writing.flush()
        raise
    if not summary.is_complete:
        raise Broken("the stream ended without a finish_reason")
    yield summary.done(writing, load_ms)


def stream_events(lines: Iterator[str], title: str) -> Iterator[dict[str, Any] | None]:
    """The events, `None` for the final `[DONE]`, and `NOTHING_YET` whenever the next one is not here yet.

    Raises Refused for an error among them, whatever its shape.
    """
    for line in lines:
        if line == PAUSE:
            yield NOTHING_YET
        elif line.startswith("data:"):
            data = line[5:].strip()
            if data == "[DONE]":
                yield None
                return
            yield _event(data, title)
        elif not line.startswith(_OTHER_FIELDS):
            raise _stray(line, lines, title)


def _event(data: str, title: str) -> dict[str, Any]:
    try:
        event = parsed(data, keeps_halves=True)
    except ValueError:
        event = None
    if not isinstance(event, dict):
        raise garbage(title, data)
    if event.get("error"):
        raise _refused(event["error"], data)
    return event


def _refused(error: Any, data: str) -> Refused:
    code = error.get("code") if isinstance(error, dict) else None
    return Refused(code if isinstance(code, int) else 500, error_text(data), error_code(data))


def _stray(line: str, lines: Iterator[str], title: str) -> Exception:
    """LM Studio answers an unknown route with status 200 and a JSON body that says so."""
    if not line.lstrip().startswith("{"):
        return garbage(title, line)
    body = line
    for more in lines:
        body += more
        if len(body) > MAX_LINE_BYTES:
            break
    text = error_text(body)
    return Refused(502, text, error_code(body)) if text else garbage(title, line)


def _chunks_in(event: dict[str, Any], choice: dict[str, Any], writing: Writing) -> Iterator[Chunk]:
    if "prompt_progress" in event and not writing.has_text:
        progress = _progress(event["prompt_progress"])
        if progress is not None:
            yield PhaseChunk("prompt", progress=progress)
    delta = choice.get("delta")
    if not isinstance(delta, dict):
        return
    if "reasoning_content" in delta or "reasoning" in delta:
        yield from writing.reasoning(delta.get("reasoning_content") or delta.get("reasoning"))
    if "content" in delta:
        yield from writing.text(delta["content"])
    if "tool_calls" in delta:
        for call in _list(delta["tool_calls"]):
            yield from _tool_call(call, writing)


def _tool_call(call: Any, writing: Writing) -> Iterator[Chunk]:
    function = call.get("function") if isinstance(call, dict) else None
    if not isinstance(function, dict):
        return
    told = ToolCallChunk(
        index=whole(call.get("index")) or 0,
        id=_text(call.get("id")),
        name=_text(function.get("name")),
        arguments=_text(function.get("arguments")) or "",
    )
    yield from writing.tool_call(told)


def _choice(event: dict[str, Any]) -> dict[str, Any]:
    try:
        first = event["choices"][0]
    except (LookupError, TypeError):
        return {}
    return first if isinstance(first, dict) else {}


def _progress(said: Any) -> float | None:
    """llama.cpp's `prompt_progress`; `cache` tokens count as read. Its `time_ms` was garbage in early builds."""
    if not isinstance(said, dict):
        return None
    total, processed = whole(said.get("total")), whole(said.get("processed"))
    return round(min(1.0, processed / total), 3) if total and processed is not None else None


class _Summary:
    """What the last events say about the whole: the reason to finish, usage, timings (any of them may be missing)."""

    def __init__(self) -> None:
        self.is_complete = False
        self._finish: Literal["stop", "length", "tool_calls"] = "stop"
        self._usage: dict[str, Any] = {}
        self._timings: dict[str, Any] = {}

    def add(self, event: dict[str, Any], choice: dict[str, Any]) -> None:
        if reason := choice.get("finish_reason"):
            self.is_complete = True
            self._finish = reason if reason in ("length", "tool_calls") else "stop"
        if "usage" in event:
            self._usage = _dict(event["usage"]) or self._usage
        if "timings" in event or "stats" in event:
            self._timings = _dict(event.get("timings")) or _dict(event.get("stats")) or self._timings

    def done(self, writing: Writing, load_ms: int | None) -> DoneChunk:
        usage, timings = self._usage, self._timings
        tokens = whole(usage.get("completion_tokens")) or whole(timings.get("predicted_n"))
        speed = timings.get("predicted_per_second") or timings.get("tokens_per_second")
        told = round(float(speed), 2) if isinstance(speed, int | float) else None
        return DoneChunk(
            finish=self._finish,
            prompt_tokens=whole(usage.get("prompt_tokens")) or _read_tokens(timings),
            completion_tokens=tokens,
            tokens_per_second=told or writing.tokens_per_second(tokens),
            load_ms=load_ms,
        )


def _read_tokens(timings: dict[str, Any]) -> int | None:
    evaluated = whole(timings.get("prompt_n"))
    return None if evaluated is None else evaluated + (whole(timings.get("cache_n")) or 0)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
