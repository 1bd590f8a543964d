"""A model's answer as server-sent events in the form of OpenAI's chat completion chunks.

Official SDKs parse every `data:` line as a chunk and break on `event:` lines, bare objects and empty `choices`; so a
status is a whole chunk with an empty delta and extra top-level fields. An error after the first byte is `data:
{"error": …}`, and `[DONE]` always ends the stream. A silence is filled with comments, which every parser skips: only a
write notices that the client has gone.
"""

import logging
import time
from collections.abc import Iterator
from typing import Any

import orjson

from chat import wire
from chat.db.ids import new_id
from chat.errors import RoundtableError, internal_error
from chat.jobs.answer import Answer
from chat.llm.base import CachedChunk, Cancelled, Chunk, PhaseChunk, TextChunk, TickChunk

log = logging.getLogger(__name__)
KEEP_ALIVE = b": keep-alive\n\n"
DONE = b"data: [DONE]\n\n"
_STATUS = {"queued": "routing", "routing": "routing", "loading": "loading", "connected": "loading", "prompt": "loading"}


class ChunkStream:
    """Turns the chunks of one answer into `data:` lines; `request_id` stands in an error and in its log line."""

    def __init__(self, model: str, request_id: str = "") -> None:
        self._request_id = request_id or new_id()
        self._head = {"id": f"chatcmpl-{new_id()}", "object": "chat.completion.chunk", "created": int(time.time())}
        self._model = model
        self._answer = Answer()

    def lines(self, chunks: Iterator[Chunk]) -> Iterator[bytes]:
        try:
            yield self._chunk(
                {"role": "assistant", "content": ""}, None, **self._now("routing", "Selecting a backend…")
            )
            for chunk in chunks:
                first = not self._answer.text
                self._answer.take(chunk)
                yield from self._line(chunk, first)
            yield self._end()
        except RoundtableError as failure:
            yield _error(failure.body(self._request_id))
        except Cancelled:
            yield _error(wire.ErrorBody(code="stopped", message="The answer was stopped.", request_id=self._request_id))
        except Exception:
            log.exception("%s failed in its stream", self._request_id)
            yield _error(internal_error(self._request_id))
        yield DONE

    def _line(self, chunk: Chunk, first: bool) -> Iterator[bytes]:
        if isinstance(chunk, TextChunk):
            extra: dict[str, Any] = {"status": "generating"} if first else {}
            yield self._chunk({"content": chunk.text}, None, **extra)
        elif isinstance(chunk, PhaseChunk) and chunk.phase in _STATUS:
            known = {"progress": chunk.progress, "queue_position": chunk.queue_position}
            more = {name: value for name, value in known.items() if value is not None}
            yield self._status(_STATUS[chunk.phase], chunk.message, estimated_time=chunk.eta_seconds, **more)
        elif isinstance(chunk, TickChunk):
            yield KEEP_ALIVE
        elif isinstance(chunk, CachedChunk):
            yield self._status("loading", "From the cache.", cached_age_seconds=chunk.age_seconds)

    def _status(self, status: str, message: str, **more: Any) -> bytes:
        return self._chunk({}, None, **self._now(status, message), **more)

    def _now(self, status: str, message: str) -> dict[str, Any]:
        return {"status": status, "message": message, "backend": self._answer.backend, "timestamp": time.time()}

    def _end(self) -> bytes:
        answer = self._answer
        return self._chunk(
            {},
            answer.finish or "stop",
            status="done",
            content=answer.text,
            backend=answer.backend,
            cached=answer.cached_age is not None,
            timestamp=time.time(),
            timings=answer.timings().model_dump(),
            usage=answer.usage().model_dump(),
        )

    def _chunk(self, delta: dict[str, str], finish: str | None, **extra: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return _data({**self._head, "model": self._answer.model or self._model, "choices": [choice], **extra})


def _error(body: wire.ErrorBody) -> bytes:
    return _data({"error": body.model_dump()})


def _data(value: dict[str, Any]) -> bytes:
    return b"data: " + orjson.dumps(value) + b"\n\n"
