"""LM Studio from 0.4 on: its own API tells what is loaded and how far a load is; answers come from its OpenAI API.

The own chat route cannot take a conversation, and the OpenAI route says nothing while it loads. So a model that is not
in memory is loaded by the shortest question to the first, which reports the progress, and asked through the second.
"""

from collections.abc import Iterator
from functools import partial
from time import monotonic
from typing import Any

from chat.errors import ModelError
from chat.llm.base import ChatRequest, Chunk, DoneChunk, Embeddings, EmbedRequest, ModelFacts, PhaseChunk, PullChunk
from chat.llm.cancelling import CancelToken
from chat.llm.completion_stream import stream_events
from chat.llm.failures import Advice, explained, no_list
from chat.llm.http_errors import Broken, Refused
from chat.llm.json_values import whole
from chat.llm.lm_studio_download import DOWNLOAD, LOOK_AT_DOWNLOAD, download_chunk, is_complete, told
from chat.llm.openai_compat import OpenAICompat
from chat.llm.upkeep import Upkeep, wait_gone
from chat.llm.warming import Load, Loads, after_load, as_load
from chat.llm.writing import Writing

MODELS = "/api/v1/models"
_ADVICE = Advice("LM Studio", "Load it there, or choose another model.")
_START = "Start its server with: lms server start"
_CAPABILITIES = {"vision": "vision", "trained_for_tool_use": "tools", "reasoning": "thinking"}


class LmStudio(Upkeep):
    """The server at `url` (with or without its `/v1`)."""

    kind = "lmstudio"
    abilities = frozenset({"load", "unload", "pull"})

    def __init__(self, name: str, url: str, api_key: str = "", parallelism: int = 1) -> None:
        self.name, self.parallelism = name, parallelism
        self._openai = OpenAICompat(name, url, api_key, parallelism=parallelism, title=_ADVICE.title, advice=_START)
        self.url, self._http = self._openai.url, self._openai.http
        self._loads = Loads()

    def list_models(self) -> list[ModelFacts]:
        """All that are downloaded, and whether they are in memory."""
        try:
            return lm_studio_facts(self._http.get_json(MODELS))
        except (Refused, Broken) as error:
            raise no_list(_ADVICE.title, self.url, error) from error

    def chat(self, request: ChatRequest, cancel: CancelToken) -> Iterator[Chunk]:
        """Loads the model if it is not in memory, with the progress that LM Studio tells, then streams its answer."""
        load_ms = yield from self._warm_up(request.model, cancel)
        yield from after_load(self._openai.chat(request, cancel), load_ms)

    def load(self, model: str, cancel: CancelToken) -> Iterator[Chunk]:
        """As `Backend.load` says; shared with the questions that wait for the same model."""
        yield from as_load(self._warm_up(model, cancel))

    def unload(self, model: str, cancel: CancelToken) -> None:
        """As `Backend.unload` says: all instances of the model."""
        with explained(model, _ADVICE, Writing()):
            for instance in self._instances(model, cancel):
                self._http.post_json("/api/v1/models/unload", {"instance_id": instance}, cancel)
            wait_gone(lambda: bool(self._instances(model, cancel)), model, _ADVICE.title, cancel)

    def pull(self, model: str, cancel: CancelToken) -> Iterator[PullChunk]:
        """As `Backend.pull` says. It goes on there when it is cancelled here: LM Studio has no way to end one."""
        with explained(model, _ADVICE, Writing()):
            job = told(self._http.post_json(DOWNLOAD, {"model": model}, cancel))
            while not is_complete(job, model):
                yield download_chunk(job)
                cancel.wait(LOOK_AT_DOWNLOAD)
                job = told(self._http.get_json(f"{DOWNLOAD}/status/{job.get('job_id')}", cancel))

    def embed(self, request: EmbedRequest, cancel: CancelToken) -> Embeddings:
        """The question itself loads the model, in silence."""
        return self._openai.embed(request, cancel)

    def close(self) -> None:
        """Ends the connections that are kept for the next question."""
        self._http.close()

    def _warm_up(self, model: str, cancel: CancelToken) -> Load:
        if self._is_loaded(model, cancel):
            return None
        return (
            yield from self._loads.follow(model, partial(self._load, model), cancel, f"LM Studio is loading {model}")
        )

    def _is_loaded(self, model: str, cancel: CancelToken) -> bool:
        """True also where it does not say: then its own loading on demand has to do."""
        try:
            listed = lm_studio_facts(self._http.get_json(MODELS, cancel))
        except (Refused, Broken, ModelError):
            cancel.raise_if_cancelled()
            return True
        return next((bool(facts.loaded) for facts in listed if facts.name == model), True)

    def _instances(self, model: str, cancel: CancelToken) -> list[str]:
        models = told(self._http.get_json(MODELS, cancel)).get("models") or []
        found = next((m for m in models if isinstance(m, dict) and m.get("key") == model), {})
        return [str(i["id"]) for i in found.get("loaded_instances") or [] if isinstance(i, dict) and "id" in i]

    def _load(self, model: str, token: CancelToken) -> Iterator[Chunk]:
        began = monotonic()
        body = {"model": model, "input": ".", "stream": True, "store": False, "max_output_tokens": 1}
        load_ms, is_over = None, False
        with explained(model, _ADVICE, Writing()), self._http.stream("/api/v1/chat", body, token) as lines:
            for event in stream_events(lines, _ADVICE.title):
                kind = event.get("type") if event else None
                if event and kind == "model_load.progress":
                    yield PhaseChunk("loading", progress=_share(event.get("progress")))
                elif kind == "model_load.end":
                    load_ms = round((monotonic() - began) * 1000)
                is_over = is_over or kind == "chat.end"
            if not is_over:
                raise Broken("the load ended without a word")
        yield DoneChunk(load_ms=load_ms)


def lm_studio_facts(answer: Any) -> list[ModelFacts]:
    """The models of `GET /api/v1/models`. Wrong routes get a 200, too, so the shape decides: else raises Refused."""
    models = answer.get("models") if isinstance(answer, dict) else None
    if not isinstance(models, list):
        raise Refused(502, "the answer has no list of models")
    return [_facts(model) for model in models if isinstance(model, dict) and isinstance(model.get("key"), str)]


def _facts(model: dict[str, Any]) -> ModelFacts:
    instances = [instance for instance in model.get("loaded_instances") or [] if isinstance(instance, dict)]
    loaded_context = next((whole((i.get("config") or {}).get("context_length")) for i in instances), None)
    told = model.get("capabilities")
    able = told if isinstance(told, dict) else {}
    more = tuple(name for key, name in _CAPABILITIES.items() if able.get(key))
    return ModelFacts(
        name=model["key"],
        loaded=bool(instances),
        size_bytes=whole(model.get("size_bytes")),
        context_length=loaded_context or whole(model.get("max_context_length")),
        capabilities=("embedding",) if model.get("type") == "embedding" else ("completion", *more),
        version=variant if isinstance(variant := model.get("selected_variant"), str) else None,
    )


def _share(value: Any) -> float | None:
    return min(1.0, max(0.0, float(value))) if isinstance(value, int | float) else None
