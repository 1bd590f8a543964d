"""What a socket hears of a question that it has asked for itself alone: phases, text, and the end."""

import time
from collections.abc import Callable

from chat import wire
from chat.jobs.answer import Answer
from chat.llm.base import Chunk, PhaseChunk, TextChunk
from chat.llm.status import status_of

Send = Callable[[wire.LlmChunk | wire.LlmStatus], None]


class Told:
    """One question. Its phases are named by `reply_id`, as those of a reply in a room."""

    def __init__(self, request_id: str, model: str | None, send: Send) -> None:
        self.request_id = request_id
        self._model, self._send = model, send
        self._answer = Answer()

    def tell(self, chunk: Chunk) -> None:
        before = self._answer.length
        self._answer.take(chunk)
        if isinstance(chunk, TextChunk):
            self._send(self._chunk(chunk.text, before))
        elif isinstance(chunk, PhaseChunk):
            self._send(self._status(chunk))

    def end(self, error: wire.ErrorBody | None) -> None:
        """The last chunk is the last of all."""
        stopped = error is not None and error.code == "stopped"
        over = self._status(PhaseChunk("stopped" if stopped else "failed" if error else "done"))
        over.message, over.error = error.message if error else "", None if stopped else error
        self._send(over)
        last = self._chunk("", self._answer.length, is_final=True)
        last.error = error
        self._send(last)

    def _status(self, phase: PhaseChunk) -> wire.LlmStatus:
        who = self._answer.model or self._model
        return status_of(phase, at=time.time(), reply_id=self.request_id, model=who, backend=self._answer.backend)

    def _chunk(self, text: str, offset: int, *, is_final: bool = False) -> wire.LlmChunk:
        data = wire.ChunkData(chunk=text, is_final=is_final)
        return wire.LlmChunk(request_id=self.request_id, data=data, offset=offset)
