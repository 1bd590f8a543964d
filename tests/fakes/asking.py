"""Asks a backend as its callers do, and keeps what came: for the tests of the model layer."""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from chat.llm.base import (
    Backend,
    ChatMessage,
    ChatRequest,
    Chunk,
    DoneChunk,
    Options,
    PhaseChunk,
    ReasoningChunk,
    TextChunk,
)
from chat.llm.cancelling import CancelToken

# The order that every backend keeps; it may leave phases out.
PHASES = ["routing", "loading", "connected", "prompt", "generating"]


def question(text: str = "Say hello.", model: str = "llama3", **options: object) -> ChatRequest:
    return ChatRequest(model, (ChatMessage("user", text),), Options(**options))  # type: ignore[arg-type]  # Options checks


def text_of(chunks: Iterable[Chunk]) -> str:
    return "".join(chunk.text for chunk in chunks if isinstance(chunk, TextChunk))


def thoughts_of(chunks: Iterable[Chunk]) -> str:
    return "".join(chunk.text for chunk in chunks if isinstance(chunk, ReasoningChunk))


def phases_of(chunks: Iterable[Chunk]) -> list[str]:
    """The phases in their order, each once however often it was reported."""
    return [phase for phase, _ in groupby(chunk.phase for chunk in chunks if isinstance(chunk, PhaseChunk))]


def done_of(chunks: list[Chunk]) -> DoneChunk:
    """The one DoneChunk, which is the last chunk."""
    assert [isinstance(chunk, DoneChunk) for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    last = chunks[-1]
    assert isinstance(last, DoneChunk)
    return last


@dataclass
class Asked:
    """A question asked in its own thread, so that the test can act while the backend is silent."""

    start: Callable[[CancelToken], Iterator[Chunk]]
    cancel: CancelToken = field(default_factory=CancelToken)
    chunks: list[Chunk] = field(default_factory=list)
    error: Exception | None = None

    def __post_init__(self) -> None:
        self._changed = threading.Condition()
        self._ended = False
        threading.Thread(target=self._run, daemon=True).start()

    def wait_for(self, has_come: Callable[[list[Chunk]], bool], seconds: float = 10.0) -> None:
        with self._changed:
            came = self._changed.wait_for(lambda: self._ended or has_come(self.chunks), seconds)
        assert came and has_come(self.chunks), f"it did not come: {self.chunks} {self.error!r}"

    def wait_for_phase(self, phase: str) -> None:
        self.wait_for(lambda chunks: phase in phases_of(chunks))

    def wait_for_text(self) -> None:
        self.wait_for(lambda chunks: text_of(chunks) != "")

    def wait_end(self, seconds: float = 10.0) -> Exception | None:
        """Waits for the end; gives the error it ended with."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._ended, seconds), f"still running: {self.chunks}"
        return self.error

    def _run(self) -> None:
        try:
            for chunk in self.start(self.cancel):
                self._note(chunk)
        except Exception as error:  # kept for the test, which looks at it
            self.error = error
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _note(self, chunk: Chunk) -> None:
        with self._changed:
            self.chunks.append(chunk)
            self._changed.notify_all()


def asked(backend: Backend, request: ChatRequest) -> Asked:
    return Asked(lambda cancel: backend.chat(request, cancel))


def failure_of(backend: Backend, request: ChatRequest) -> tuple[Exception, list[Chunk]]:
    """The error that a question ends with, and what came before."""
    ask = asked(backend, request)
    error = ask.wait_end()
    assert error is not None, f"it did not fail: {ask.chunks}"
    return error, ask.chunks
