"""Any server with OpenAI's chat completions: LM Studio, llama.cpp's llama-server, llama-swap, vLLM and others."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from time import monotonic
from typing import Any

from chat.errors import ModelUnreachable
from chat.llm.base import (
    ChatMessage,
    ChatRequest,
    Chunk,
    Embeddings,
    EmbedRequest,
    ModelFacts,
    Options,
    PhaseChunk,
    Tooling,
)
from chat.llm.cancelling import CancelToken
from chat.llm.completion_stream import completion_chunks
from chat.llm.continuing import asked_to_go_on, refuses_beginning, spaced
from chat.llm.embeddings import openai_embeddings
from chat.llm.failures import Advice, explained, no_list
from chat.llm.http import Http
from chat.llm.http_errors import Broken, Refused
from chat.llm.llama_slots import Slots
from chat.llm.openai_models import facts_by_name, model_facts
from chat.llm.upkeep import Upkeep
from chat.llm.warming import TELL_EVERY
from chat.llm.writing import Writing

_LOOK_SECONDS = 0.05  # while a llama-server loads


class OpenAICompat(Upkeep):
    """A server at `url` (with or without its `/v1`). `models` names what to offer where the server lists nothing.

    `is_llama`: it is llama.cpp, tells how much of the prompt it has read, and writes on at the end of a last message.
    """

    kind = "openai"
    models_path, chat_path = "/v1/models", "/v1/chat/completions"

    def __init__(
        self,
        name: str,
        url: str,
        api_key: str = "",
        models: Sequence[str] | None = None,
        is_llama: bool = False,
        parallelism: int = 1,
        title: str = "",
        advice: str = "Start it, or check its address.",
    ) -> None:
        self.name, self.parallelism = name, parallelism
        self._advice = Advice(title or name, "Load it there, or choose another model.")
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self.http = Http(url.rstrip("/").removesuffix("/v1"), self._advice.title, advice=advice, headers=headers)
        self.url = self.http.url
        self._models = tuple(models or ())
        self._is_llama = is_llama
        self._last_names: tuple[str, ...] = ()
        self._slots = Slots(self.http)

    def list_models(self) -> list[ModelFacts]:
        """What `/v1/models` lists. While a llama-server loads it lists nothing: then what it had before, not loaded."""
        try:
            listed = model_facts(self.http.get_json(self.models_path))
        except (Refused, Broken) as error:
            names = self._models or self._last_names
            if names and isinstance(error, Refused) and (is_loading(error) or self._models):
                loaded = False if is_loading(error) else None
                return [replace(facts_by_name(name), loaded=loaded) for name in names]
            raise self._no_list(error) from error
        self._last_names = tuple(facts.name for facts in listed)
        known = {facts.name: facts for facts in listed}
        return [known.get(name) or facts_by_name(name) for name in self._models] if self._models else listed

    def chat(self, request: ChatRequest, cancel: CancelToken) -> Iterator[Chunk]:
        """Streams the answer; waits while the server says that it loads its model. Raises as `Backend.chat` says."""
        writing = Writing()
        yield PhaseChunk("routing", message=f"Waiting for {self._advice.title} to begin")
        with explained(request.model, self._advice, writing):
            if request.continues and not self._is_llama:
                yield from self._going_on(request, cancel, writing)
            else:
                yield from self._patiently(request, cancel, writing)

    def embed(self, request: EmbedRequest, cancel: CancelToken) -> Embeddings:
        """Waits while the server says that it loads its model. Raises as `Backend.embed` says."""
        sized = {} if request.dimensions is None else {"dimensions": request.dimensions}
        body = {"model": request.model, "input": list(request.texts), "encoding_format": "float", **sized}
        with explained(request.model, self._advice, Writing()):
            return openai_embeddings(self._post_patiently("/v1/embeddings", body, cancel), request)

    def has_stopped(self, model: str) -> bool | None:
        """As `Backend.has_stopped`: llama.cpp tells."""
        return self._slots.has_stopped(model) if self._is_llama else None

    def close(self) -> None:
        """Ends the connections that are kept for the next question."""
        self.http.close()

    def _post_patiently(self, path: str, body: dict[str, Any], cancel: CancelToken) -> Any:
        while True:
            try:
                return self.http.post_json(path, body, cancel)
            except Refused as refused:
                if not is_loading(refused):
                    raise
            self._wait_while_loading(cancel)

    def _patiently(self, request: ChatRequest, cancel: CancelToken, writing: Writing) -> Iterator[Chunk]:
        loading_since: float | None = None
        told_at = float("-inf")
        while True:
            try:
                yield from self._answer(request, cancel, writing, loading_since)
                return
            except Refused as refused:
                if request.continues and refuses_beginning(refused):
                    yield from self._going_on(request, cancel, writing)
                    return
                if writing.has_text or not is_loading(refused):
                    raise
            loading_since = loading_since or monotonic()
            if monotonic() - told_at >= TELL_EVERY:
                told_at = monotonic()
                message = f"{self._advice.title} is loading {request.model}"
                yield PhaseChunk("loading", message=message, since=loading_since)
            self._wait_while_loading(cancel)

    def _wait_while_loading(self, cancel: CancelToken) -> None:
        """Until llama-server's health changes, but only for so long that those who wait can be told something."""
        until = monotonic() + TELL_EVERY
        while monotonic() < until:
            cancel.wait(_LOOK_SECONDS)
            try:
                self.http.get_json("/health", cancel)
            except Refused as refused:
                if is_loading(refused):
                    continue
            except (Broken, ModelUnreachable):
                cancel.raise_if_cancelled()
            return

    def _going_on(self, request: ChatRequest, cancel: CancelToken, writing: Writing) -> Iterator[Chunk]:
        begun = request.messages[-1].content
        yield from spaced(begun, self._patiently(asked_to_go_on(request), cancel, writing))

    def _answer(
        self, request: ChatRequest, cancel: CancelToken, writing: Writing, loading_since: float | None
    ) -> Generator[Chunk, None, None]:
        body = self._body(request)
        with self.http.stream(self.chat_path, body, cancel) as lines, self._slots.reading(request.model):
            load_ms = round((monotonic() - loading_since) * 1000) if loading_since is not None else None
            # llama-server sends its headers when a slot starts the request; others when they accept it.
            yield PhaseChunk("connected", message=f"{self._advice.title} took the request")
            yield PhaseChunk("prompt", message=f"{request.model} is reading")
            yield from completion_chunks(lines, writing, self._advice.title, load_ms)

    def _body(self, request: ChatRequest) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": request.model,
            "messages": [_turn(message) for message in request.messages],
            "stream": True,
            "stream_options": {"include_usage": True},
            **_options(request.options),
            **_tooling(request.tooling),
        }
        if self._is_llama:
            body["return_progress"] = True
        return body

    def _no_list(self, error: Refused | Broken) -> ModelUnreachable:
        if isinstance(error, Refused) and is_loading(error):
            return ModelUnreachable(f"{self._advice.title} at {self.url} is still loading its model. Wait a moment.")
        if isinstance(error, Refused) and error.status in (401, 403):
            return ModelUnreachable(
                f"{self._advice.title} at {self.url} refused our API key. Check its settings. ({error.text})"
            )
        return no_list(self._advice.title, self.url, error)


def is_loading(refused: Refused) -> bool:
    """llama-server answers everything with this while it reads its model; it lasts as long as the load."""
    return refused.status == 503 and "loading model" in refused.text.lower()


def _turn(message: ChatMessage) -> dict[str, Any]:
    turn: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        turn["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in message.tool_calls
        ]
    if message.tool_call_id:
        turn["tool_call_id"] = message.tool_call_id
    return turn


def _tooling(tooling: Tooling) -> dict[str, Any]:
    named = {
        "tools": list(tooling.tools) or None,
        "tool_choice": tooling.tool_choice,
        "response_format": tooling.response_format,
    }
    return {key: value for key, value in named.items() if value is not None}


def _options(options: Options) -> dict[str, Any]:
    named = {
        "temperature": options.temperature,
        "top_p": options.top_p,
        "max_tokens": options.max_tokens,
        "presence_penalty": options.presence_penalty,
        "frequency_penalty": options.frequency_penalty,
        "seed": options.seed,
        "stop": list(options.stop) or None,
    }
    return {key: value for key, value in named.items() if value is not None}
