"""llama.cpp's llama-server as a router: several models, loaded on demand, with the real progress of a load.

Its events tell how far a load is, but neither begin with a snapshot nor repeat anything: they only say when to look at
the list again, which is what counts.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from threading import Event, Thread
from time import monotonic
from typing import Any
from urllib.parse import urlencode

from chat.errors import ModelError
from chat.llm.base import ChatRequest, Chunk, DoneChunk, Embeddings, EmbedRequest, ModelFacts, PhaseChunk, PullChunk
from chat.llm.cancelling import Cancelled, CancelToken
from chat.llm.completion_stream import stream_events
from chat.llm.failures import Advice, explained, no_list
from chat.llm.http import SHORT_SECONDS
from chat.llm.http_errors import Broken, Refused
from chat.llm.json_values import whole
from chat.llm.openai_compat import OpenAICompat
from chat.llm.openai_models import model_facts
from chat.llm.upkeep import Upkeep, wait_gone
from chat.llm.warming import Load, Loads, after_load, as_load
from chat.llm.writing import Writing

LOOK_SECONDS = 0.1  # while a model loads and no event comes
_ADVICE = Advice("llama-server", "Put its file where llama-server finds it, or choose another model.")
_START = "Start it with: llama-server --models-dir FOLDER"
_READY = ("loaded", "sleeping")  # one that sleeps is running already, and only a question wakes it
_STARTING_SECONDS = 2.0  # until a load that was begun must be in the list


class LlamaRouter(Upkeep):
    """The server at `url` (with or without its `/v1`)."""

    kind = "llama-router"
    abilities = frozenset({"load", "unload", "pull", "delete"})

    def __init__(self, name: str, url: str, api_key: str = "", parallelism: int = 1) -> None:
        self.name, self.parallelism = name, parallelism
        self._openai = OpenAICompat(
            name, url, api_key, is_llama=True, parallelism=parallelism, title=_ADVICE.title, advice=_START
        )
        self.url, self._http = self._openai.url, self._openai.http
        self._loads = Loads()

    def list_models(self) -> list[ModelFacts]:
        """All that it can load, and whether they are in memory."""
        try:
            return model_facts(self._http.get_json("/models"))
        except (Refused, Broken) as error:
            raise no_list(_ADVICE.title, self.url, error) from error

    def chat(self, request: ChatRequest, cancel: CancelToken) -> Iterator[Chunk]:
        """Loads the model if it is not in memory, with llama-server's own progress, then streams its answer."""
        load_ms = yield from self._warm_up(request.model, cancel)
        yield from after_load(self._openai.chat(request, cancel), load_ms)

    def load(self, model: str, cancel: CancelToken) -> Iterator[Chunk]:
        """As `Backend.load` says; shared with the questions that wait for the same model."""
        yield from as_load(self._warm_up(model, cancel))

    def unload(self, model: str, cancel: CancelToken) -> None:
        """As `Backend.unload` says."""
        with explained(model, _ADVICE, Writing()):
            self._http.post_json("/models/unload", {"model": model}, cancel)
            wait_gone(lambda: self._status(model, cancel).get("value") in _READY, model, _ADVICE.title, cancel)

    def pull(self, model: str, cancel: CancelToken) -> Iterator[PullChunk]:
        """As `Backend.pull` says."""
        with explained(model, _ADVICE, Writing()), self._ended_if_cancelled(model, cancel):
            self._http.post_json("/models", {"model": model}, cancel)
            began = monotonic()
            while not self._is_pulled(model, cancel, began):
                yield _download(self._status(model, cancel))
                cancel.wait(LOOK_SECONDS)

    def delete(self, model: str, cancel: CancelToken) -> None:
        with explained(model, _ADVICE, Writing()):
            self._http.send("DELETE", f"/models?{urlencode({'model': model})}", None, cancel)

    def embed(self, request: EmbedRequest, cancel: CancelToken) -> Embeddings:
        """The question itself loads the model, in silence."""
        return self._openai.embed(request, cancel)

    def has_stopped(self, model: str) -> bool | None:
        return self._openai.has_stopped(model)

    def close(self) -> None:
        """Ends the connections that are kept for the next question."""
        self._http.close()

    def _warm_up(self, model: str, cancel: CancelToken) -> Load:
        with explained(model, _ADVICE, Writing()):
            is_cold = self._status(model, cancel).get("value") not in (*_READY, None)
        if not is_cold:
            return None
        message = f"llama-server is loading {model}"
        return (yield from self._loads.follow(model, partial(self._load, model), cancel, message))

    def _status(self, model: str, cancel: CancelToken) -> dict[str, Any]:
        """What the list says of it; nothing if it is not there, and then the question itself is refused."""
        listed = self._http.get_json("/models", cancel)
        models = listed.get("data") if isinstance(listed, dict) else None
        for item in models if isinstance(models, list) else []:
            if isinstance(item, dict) and item.get("id") == model and isinstance(item.get("status"), dict):
                return dict(item["status"])
        return {}

    def _load(self, model: str, token: CancelToken) -> Iterator[Chunk]:
        began = monotonic()
        watching, ending = self._watching(model, token), self._ended_if_cancelled(model, token)
        with explained(model, _ADVICE, Writing()), watching as progress, ending:
            self._begin(model, token)
            told = None
            while not self._is_ready(model, token, progress):
                if progress.share != told:
                    told = progress.share
                    yield PhaseChunk("loading", progress=told)
                progress.wait(LOOK_SECONDS)
        yield DoneChunk(load_ms=round((monotonic() - began) * 1000))

    def _is_pulled(self, model: str, cancel: CancelToken, began: float) -> bool:
        """Raises `ModelError` when it is not there and nobody downloads it any more."""
        value = self._status(model, cancel).get("value")
        if value is None and monotonic() - began > _STARTING_SECONDS:
            raise ModelError(f"llama-server could not download “{model}”. Its log says why; check the name.")
        return value not in ("downloading", None)

    @contextmanager
    def _ended_if_cancelled(self, model: str, token: CancelToken) -> Iterator[None]:
        """A load or download that we began and nobody waits for any more is ended there, too."""
        try:
            yield
        finally:
            if token.cancelled:
                with suppress(Refused, Broken, ModelError):
                    self._http.post_json("/models/unload", {"model": model}, CancelToken(), timeout=SHORT_SECONDS)

    def _begin(self, model: str, token: CancelToken) -> None:
        try:
            self._http.post_json("/models/load", {"model": model}, token)
        except Refused as refused:
            if "already running" not in refused.text:  # which it says of a model that loads, too
                raise

    def _is_ready(self, model: str, token: CancelToken, progress: "_Progress") -> bool:
        status = self._status(model, token)
        progress.has_begun = progress.has_begun or status.get("value") == "loading"
        if status.get("value") == "unloaded" and progress.must_have_begun:
            raise ModelError(
                f"llama-server could not load “{model}” (exit code {status.get('exit_code', 'unknown')}). "
                "Its log says why; often there is not enough memory."
            )
        return status.get("value") in _READY

    @contextmanager
    def _watching(self, model: str, token: CancelToken) -> Iterator["_Progress"]:
        """Listens to the events in a thread of its own for as long as the block runs."""
        progress, listening = _Progress(), CancelToken()
        forget = token.on_cancel(progress.end_wait)
        Thread(target=self._listen, args=(model, listening, progress), daemon=True).start()
        try:
            yield progress
        finally:
            listening.cancel()
            forget()

    def _listen(self, model: str, listening: CancelToken, progress: "_Progress") -> None:
        # Without the events (older releases, a broken connection) the list alone has to do.
        opened = self._http.stream("/models/sse", None, listening, method="GET")
        with suppress(Refused, Broken, ModelError, Cancelled), opened as lines:
            for event in stream_events(lines, _ADVICE.title):
                if event and event.get("model") == model:
                    progress.take(event.get("data"))


def _download(status: dict[str, Any]) -> PullChunk:
    """`progress` has the bytes of each file by its address."""
    told = status.get("progress")
    files = [file for file in told.values() if isinstance(file, dict)] if isinstance(told, dict) else []
    if not files:
        return PullChunk("downloading")
    return PullChunk("downloading", *(sum(whole(file.get(key)) or 0 for file in files) for key in ("done", "total")))


class _Progress:
    """How far a load is, as far as anybody has said; `wait` ends early when there is something new."""

    def __init__(self) -> None:
        self.share: float | None = None
        self.has_begun = False
        self._asked = monotonic()
        self._changed = Event()

    @property
    def must_have_begun(self) -> bool:
        """Until then the list may still say how it was before."""
        return self.has_begun or monotonic() - self._asked > _STARTING_SECONDS

    def take(self, data: Any) -> None:
        """The data of an event. Early releases start each stage anew and do not say which there will be."""
        told = data.get("progress") if isinstance(data, dict) else None
        if isinstance(told, dict) and (share := _overall(told)) is not None:
            self.share = max(share, self.share or 0.0)
        self.has_begun = self.has_begun or (isinstance(data, dict) and data.get("status") == "loading")
        self._changed.set()

    def wait(self, seconds: float) -> None:
        self._changed.wait(seconds)
        self._changed.clear()

    def end_wait(self) -> None:
        self._changed.set()


def _overall(told: dict[str, Any]) -> float | None:
    """Stages come one after the other, the text model first; each counts the same."""
    value, stages, current = told.get("value"), told.get("stages"), told.get("current")
    if not isinstance(value, int | float):
        return None
    share = min(1.0, max(0.0, float(value)))
    if not isinstance(stages, list) or current not in stages:
        return share
    return round((stages.index(current) + share) / len(stages), 3)
