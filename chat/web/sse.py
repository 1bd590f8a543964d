"""A model's answer as server-sent events in the form of OpenAI's chat completion chunks.

Official SDKs parse every `data:` line as a chunk and break on `event:` lines, bare objects and empty `choices`; so a
status is a whole chunk with an empty delta and extra top-level fields. An error after the first byte is `data:
{"error": …}`, and `[DONE]` always ends the stream. A silence is filled with comments, which every parser skips: only a
write notices that the client has gone.
"""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Response
from pydantic import BaseModel

from chat import wire
from chat.db.ids import new_id
from chat.errors import RoundtableError, internal_error
from chat.jobs.answer import Answer
from chat.jobs.stopping import STOPPED
from chat.llm.base import CachedChunk, Chunk, PhaseChunk, ReasoningChunk, TextChunk, TickChunk, ToolCallChunk
from chat.llm.cancelling import Cancelled
from chat.logs import logged_as
from chat.web.lean import LeanResponse

log = logging.getLogger(__name__)
KEEP_ALIVE = b": keep-alive\n\n"
DONE = b"data: [DONE]\n\n"
_STATUS = {"queued": "routing", "routing": "routing", "loading": "loading", "connected": "loading", "prompt": "loading"}


@dataclass(frozen=True, slots=True)
class Form:
    """How a program wants its stream: with our status, with OpenAI's last chunk of usage, its errors in which shape."""

    has_status: bool = True
    has_usage: bool = False
    error: Callable[[wire.ErrorBody], BaseModel] = lambda body: wire.ErrorAnswer(error=body)


def event_stream(lines: Iterator[bytes]) -> Response:
    """The answer to an HTTP request; neither a cache nor a proxy holds it back."""
    answer = LeanResponse(lines, content_type="text/event-stream")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


class ChunkStream:
    """Turns the chunks of one answer into `data:` lines; `request_id` stands in an error and in its log line."""

    def __init__(self, model: str, request_id: str = "", form: Form | None = None) -> None:
        self._request_id = request_id or new_id()
        self._head = {"id": f"chatcmpl-{new_id()}", "object": "chat.completion.chunk", "created": int(time.time())}
        self._model = model
        self._form = form or Form()
        self._answer = Answer()

    def lines(self, chunks: Iterator[Chunk]) -> Iterator[bytes]:
        try:
            yield self._begin()
            for chunk in chunks:
                first = not self._answer.length
                self._answer.take(chunk)
                yield from self._line(chunk, first)
            yield from self._end()
        except RoundtableError as failure:
            yield self._error(failure.body(self._request_id))
        except Cancelled:
            stopped = wire.ErrorBody(code="stopped", message=STOPPED, request_id=self._request_id)
            yield self._error(stopped)
        except Exception:
            with logged_as(self._request_id):
                log.exception("failed in its stream")
            yield self._error(internal_error(self._request_id))
        yield DONE

    def _begin(self) -> bytes:
        return self._chunk({"role": "assistant", "content": ""}, extra=self._now("routing", "Selecting a backend…"))

    def _line(self, chunk: Chunk, first: bool) -> Iterator[bytes]:
        if isinstance(chunk, TextChunk):
            yield self._chunk({"content": chunk.text}, extra={"status": "generating"} if first else {})
        elif isinstance(chunk, ReasoningChunk):
            yield self._chunk({"reasoning_content": chunk.text})
        elif isinstance(chunk, ToolCallChunk):
            yield self._chunk({"tool_calls": [_call(chunk)]})
        elif isinstance(chunk, TickChunk):
            yield KEEP_ALIVE
        elif self._form.has_status:
            yield from self._status(chunk)

    def _status(self, chunk: Chunk) -> Iterator[bytes]:
        if isinstance(chunk, PhaseChunk) and chunk.phase in _STATUS:
            known = {
                "progress": chunk.progress,
                "queue_position": chunk.queue_position,
                "estimated_range": chunk.eta_range and dict(zip(("low", "high"), chunk.eta_range, strict=True)),
            }
            more = {name: value for name, value in known.items() if value is not None}
            now = self._now(_STATUS[chunk.phase], chunk.message)
            yield self._chunk({}, extra={**now, "estimated_time": chunk.eta_seconds, **more})
        elif isinstance(chunk, CachedChunk):
            now = self._now("loading", "From the cache.")
            yield self._chunk({}, extra={**now, "cached_age_seconds": chunk.age_seconds})

    def _now(self, status: str, message: str) -> dict[str, Any]:
        return {"status": status, "message": message, "backend": self._answer.backend, "timestamp": time.time()}

    def _end(self) -> Iterator[bytes]:
        answer, usage = self._answer, token_usage(self._answer)
        told = {
            "status": "done",
            "content": answer.text,
            "backend": answer.backend,
            "cached": answer.cached_age is not None,
            "timestamp": time.time(),
            "timings": answer.timings().model_dump(),
            # Programs add up what they find, so it is told once.
            "usage": None if self._form.has_usage else usage,
        }
        yield self._chunk({}, answer.finish or "stop", told)
        if self._form.has_usage:
            yield _data({**self._head, "model": answer.model or self._model, "choices": [], "usage": usage})

    def _chunk(self, delta: dict[str, Any], finish: str | None = None, extra: dict[str, Any] | None = None) -> bytes:
        """`extra` are the fields of ours."""
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        told = extra or {} if self._form.has_status else {}
        return _data({**self._head, "model": self._answer.model or self._model, "choices": [choice], **told})

    def _error(self, body: wire.ErrorBody) -> bytes:
        return _data(self._form.error(body).model_dump())


def _call(chunk: ToolCallChunk) -> dict[str, Any]:
    """A piece of a call. SDKs add the pieces up, so what was said once is not said again."""
    function = {"arguments": chunk.arguments, **({"name": chunk.name} if chunk.name else {})}
    first = {"id": chunk.id, "type": "function"} if chunk.id else {}
    return {"index": chunk.index, **first, "function": function}


def token_usage(answer: Answer) -> dict[str, int] | None:
    """OpenAI's `usage`, in which nothing may be missing; `None` where the backend did not count."""
    done = answer.done
    if done is None or (done.prompt_tokens is None and done.completion_tokens is None):
        return None
    prompt, completion = done.prompt_tokens or 0, done.completion_tokens or 0
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _data(value: dict[str, Any]) -> bytes:
    return b"data: " + orjson.dumps(value) + b"\n\n"
