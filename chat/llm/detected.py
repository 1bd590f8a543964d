"""A backend of which only the address is known: finds out what it is, and again whenever it has been away."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any, Literal

from chat.errors import ModelUnreachable
from chat.llm.base import Ability, Backend, ChatRequest, Chunk, Embeddings, EmbedRequest, ModelFacts, PullChunk
from chat.llm.cancelling import CancelToken
from chat.llm.handles import handle_of
from chat.llm.http import Http
from chat.llm.http_errors import Broken, Refused
from chat.llm.llama_router import LlamaRouter
from chat.llm.llama_server import LlamaServer
from chat.llm.lm_studio import MODELS, LmStudio
from chat.llm.lm_studio_v0 import MODELS as MODELS_V0
from chat.llm.lm_studio_v0 import LmStudioV0
from chat.llm.ollama import Ollama
from chat.llm.openai_compat import OpenAICompat, is_loading
from chat.llm.shown import shown_address

Kind = Literal["ollama", "lmstudio", "lmstudio-v0", "llama", "llama-router", "openai"]
LOOK_AGAIN_SECONDS = 30.0
_LLAMA_PROPERTIES = {"total_slots", "default_generation_settings", "loading"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a backend is. `parallelism` None is what it says itself, and `usual_parallelism` where it says nothing.

    `keep_alive`: seconds for which Ollama keeps a model in memory after an answer; below 0 for ever.
    """

    name: str
    url: str
    api_key: str = ""
    models: tuple[str, ...] = ()
    parallelism: int | None = None
    usual_parallelism: int = 1
    keep_alive: float | None = None


class Selected:
    """A backend of which only some models are offered, in the order of their `names`."""

    def __init__(self, backend: Backend, names: Sequence[str]) -> None:
        self._backend = backend
        self._handles = [handle_of(name) for name in names]
        self.name, self.url = backend.name, backend.url
        self.chat, self.embed, self.close = backend.chat, backend.embed, backend.close
        self.has_stopped = backend.has_stopped
        self.load, self.unload, self.pull, self.delete = backend.load, backend.unload, backend.pull, backend.delete

    @property
    def kind(self) -> str:
        return self._backend.kind

    @property
    def parallelism(self) -> int:
        return self._backend.parallelism

    @property
    def abilities(self) -> frozenset[Ability]:
        return self._backend.abilities

    def list_models(self) -> list[ModelFacts]:
        """As the backend, without the others."""
        known = {handle_of(facts.name): facts for facts in self._backend.list_models()}
        return [known[handle] for handle in self._handles if handle in known]


def build_backend(kind: Kind, place: Place) -> Backend:
    """A backend of a known kind. Only a server with OpenAI's API may offer models that it does not list."""
    backend = _build(kind, place)
    return Selected(backend, place.models) if place.models and kind not in ("llama", "openai") else backend


def _build(kind: Kind, place: Place) -> Backend:
    at_once = place.parallelism or place.usual_parallelism
    if kind == "ollama":
        return Ollama(place.name, place.url, at_once, place.keep_alive)
    if kind == "lmstudio":
        return LmStudio(place.name, place.url, place.api_key, parallelism=at_once)
    if kind == "lmstudio-v0":
        return LmStudioV0(place.name, place.url, place.api_key, parallelism=at_once)
    if kind == "llama-router":
        return LlamaRouter(place.name, place.url, place.api_key, parallelism=at_once)
    if kind == "llama":
        both = (place.parallelism, place.usual_parallelism)
        return LlamaServer(place.name, place.url, place.api_key, place.models, *both)
    return OpenAICompat(place.name, place.url, place.api_key, place.models, parallelism=at_once)


class Detected:
    """Looks before the first list of models, and before the next one after it could not be reached."""

    def __init__(self, place: Place, clock: Callable[[], float] = monotonic) -> None:
        self._clock, self._looked_at = clock, 0.0
        self._missed = ""  # what to do about it, in the words of what it was
        self._place = replace(place, url=place.url.rstrip("/").removesuffix("/v1"))
        self._found: Backend | None = None
        self._is_sure = False
        self.name, self.url = place.name, shown_address(self._place.url)

    @property
    def kind(self) -> str:
        return self._found.kind if self._found else "unknown"

    @property
    def parallelism(self) -> int:
        return self._found.parallelism if self._found else self._place.parallelism or self._place.usual_parallelism

    def list_models(self) -> list[ModelFacts]:
        """As the backend that it turns out to be."""
        if self._found and self._is_sure:
            try:
                listed = self._found.list_models()
                if not self._may_be_another():
                    return listed
            except ModelUnreachable as error:
                self._is_sure = False  # what comes back may be another program, and may be there already
                self._missed = error.message
        try:
            listed = self._find().list_models()
        except ModelUnreachable as error:
            self._is_sure = False
            raise ModelUnreachable(self._missed or error.message) from error
        self._missed = ""
        return listed

    def chat(self, request: ChatRequest, cancel: CancelToken) -> Iterator[Chunk]:
        """As the backend that it turned out to be."""
        return self._known().chat(request, cancel)

    @property
    def abilities(self) -> frozenset[Ability]:
        return self._found.abilities if self._found else frozenset()

    def load(self, model: str, cancel: CancelToken) -> Iterator[Chunk]:
        return self._known().load(model, cancel)

    def unload(self, model: str, cancel: CancelToken) -> None:
        self._known().unload(model, cancel)

    def pull(self, model: str, cancel: CancelToken) -> Iterator[PullChunk]:
        return self._known().pull(model, cancel)

    def delete(self, model: str, cancel: CancelToken) -> None:
        self._known().delete(model, cancel)

    def embed(self, request: EmbedRequest, cancel: CancelToken) -> Embeddings:
        """As the backend that it turned out to be."""
        return self._known().embed(request, cancel)

    def has_stopped(self, model: str) -> bool | None:
        return self._found.has_stopped(model) if self._found else None

    def close(self) -> None:
        if self._found:
            self._found.close()

    def _known(self) -> Backend:
        return self._found or self._find()

    def _find(self) -> Backend:
        if self._found is None or not self._is_sure or self._may_be_another():
            kind = detect(self._place)
            if self._found is None or self._found.kind != kind:
                self.close()
                self._found = build_backend(kind, self._place)
            self._is_sure, self._looked_at = True, self._clock()
        return self._found

    def _may_be_another(self) -> bool:
        """Nearly every server has OpenAI's routes: one that came in another's place would not be noticed by them."""
        return self.kind in ("llama", "openai") and self._clock() - self._looked_at > LOOK_AGAIN_SECONDS


def detect(place: Place) -> Kind:
    """What answers there, by the routes that only one kind has. Raises `ModelUnreachable` if nothing does.

    The shape of an answer decides: LM Studio answers any route with status 200.
    """
    headers = {"Authorization": f"Bearer {place.api_key}"} if place.api_key else {}
    http = Http(place.url, place.name, advice="Start it, or check its address.", headers=headers)
    if "version" in _told(http, "/api/version"):
        return "ollama"
    models = _told(http, MODELS).get("models")
    if isinstance(models, list) and all(isinstance(model, dict) and "key" in model for model in models):
        return "lmstudio"
    older = _told(http, MODELS_V0).get("data")
    if isinstance(older, list) and all(isinstance(model, dict) and "state" in model for model in older):
        return "lmstudio-v0"
    properties = _told(http, "/props")
    if properties.get("role") == "router":
        return "llama-router"
    return "llama" if properties.keys() & _LLAMA_PROPERTIES else "openai"


def _told(http: Http, path: str) -> dict[str, Any]:
    """The object at `path`; empty where there is none. A llama-server that loads its model says so at every route."""
    try:
        told = http.get_json(path)
        return told if isinstance(told, dict) else {}
    except Refused as refused:
        return {"loading": True} if is_loading(refused) else {}
    except Broken:
        return {}
