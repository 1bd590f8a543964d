"""Ollama by its native API: loads a model first, so that loading can be told from reading the prompt."""

import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from chat.errors import ModelError
from chat.llm.base import (
    ChatRequest,
    Chunk,
    DoneChunk,
    Embeddings,
    EmbedRequest,
    ModelFacts,
    Options,
    PhaseChunk,
    PullChunk,
)
from chat.llm.cancelling import CancelToken
from chat.llm.embeddings import embeddings_of
from chat.llm.error_text import error_text
from chat.llm.failures import Advice, explained, garbage, no_list
from chat.llm.http import Http
from chat.llm.http_errors import Broken, Refused
from chat.llm.http_lines import PAUSE
from chat.llm.json_values import parsed, whole
from chat.llm.ollama_models import Capabilities, facts, full_name, models_in
from chat.llm.ollama_pull import pull_chunks
from chat.llm.ollama_tools import tool_calls, tooling, turns
from chat.llm.upkeep import Upkeep, wait_gone
from chat.llm.warming import Load, Loads, as_load
from chat.llm.writing import Writing

_NANOSECONDS_PER_MS = 1_000_000
_ADVICE = Advice("Ollama", "Run: ollama pull {model}")


class Ollama(Upkeep):
    """An Ollama server. `parallelism` should be its OLLAMA_NUM_PARALLEL (1 by default), which it does not tell."""

    kind = "ollama"
    abilities = frozenset({"load", "unload", "pull", "delete"})

    def __init__(self, name: str, url: str, parallelism: int = 1, keep_alive: float | None = None) -> None:
        """`keep_alive`: seconds that a model stays in memory after an answer; below 0 for ever, None as it likes."""
        self.name, self.parallelism = name, parallelism
        self._keep_alive = {} if keep_alive is None else {"keep_alive": keep_alive}
        self._http = Http(url, _ADVICE.title, advice="Start it with: ollama serve")
        self.url = self._http.url
        self._capabilities = Capabilities(self._http)
        # Closing the connection of a load aborts the load, so those who wait for the same one share it.
        self._loads = Loads()

    def list_models(self) -> list[ModelFacts]:
        """All pulled models; `loaded` is `None` where `/api/ps` did not answer, which happens while Ollama is busy."""
        try:
            tags = models_in(self._http.get_json("/api/tags"))
        except (Refused, Broken) as error:
            raise no_list(_ADVICE.title, self.url, error) from error
        running = self._running(CancelToken())
        return [facts(tag, running, self._loads.is_active, self._capabilities.of(tag)) for tag in tags]

    def chat(self, request: ChatRequest, cancel: CancelToken) -> Iterator[Chunk]:
        """Loads the model if it is not in memory, then streams its answer. Raises as `Backend.chat` says."""
        writing = Writing()
        with explained(request.model, _ADVICE, writing):
            load_ms = yield from self._warm_up(request, cancel)
            yield PhaseChunk("connected", message=f"{request.model} is in memory")
            yield PhaseChunk("prompt", message=f"{request.model} is reading")
            body = self._body(request, turns(request.messages), stream=True) | tooling(request.tooling)
            with self._http.stream("/api/chat", body, cancel) as lines:
                yield from _answer(lines, writing, load_ms)

    def load(self, model: str, cancel: CancelToken) -> Iterator[Chunk]:
        """As `Backend.load` says; shared with the questions that wait for the same model."""
        with explained(model, _ADVICE, Writing()):
            yield from as_load(self._warm_up(ChatRequest(model, ()), cancel))

    def unload(self, model: str, cancel: CancelToken) -> None:
        """As `Backend.unload` says: Ollama's answer comes before the model has left, so its list is looked at."""
        with explained(model, _ADVICE, Writing()):
            self._http.post_json("/api/chat", {"model": model, "messages": [], "keep_alive": 0}, cancel)
            wait_gone(lambda: full_name(model) in (self._running(cancel) or ()), model, _ADVICE.title, cancel)

    def pull(self, model: str, cancel: CancelToken) -> Iterator[PullChunk]:
        """As `Backend.pull` says. Closing the connection is what cancels it."""
        with explained(model, _ADVICE, Writing()), self._http.stream("/api/pull", {"model": model}, cancel) as lines:
            yield from pull_chunks(lines, _ADVICE.title)

    def delete(self, model: str, cancel: CancelToken) -> None:
        with explained(model, _ADVICE, Writing()):
            self._http.send("DELETE", "/api/delete", {"model": model}, cancel)

    def embed(self, request: EmbedRequest, cancel: CancelToken) -> Embeddings:
        """Loads the model in the same request; text that is too long for it is refused, not cut."""
        sized = {} if request.dimensions is None else {"dimensions": request.dimensions}
        body = {"model": request.model, "input": list(request.texts), "truncate": False, **sized, **self._keep_alive}
        with explained(request.model, _ADVICE, Writing()):
            answer = self._http.post_json("/api/embed", body, cancel)
            told = answer if isinstance(answer, dict) else {}
            return embeddings_of(answer, told.get("embeddings"), told.get("prompt_eval_count"), request)

    def close(self) -> None:
        """Ends the connections that are kept for the next question."""
        self._http.close()

    def _warm_up(self, request: ChatRequest, cancel: CancelToken) -> Load:
        """Ends when the model is in memory; gives the load time in ms, or `None` if nothing had to be loaded."""
        running = self._running(cancel)
        if (
            running is not None
            and full_name(request.model) in running
            and not self._loads.is_active(full_name(request.model))
        ):
            return None
        if running is None:
            message = f"Ollama does not say whether {request.model} is in memory; making sure"
        else:
            message = f"Loading {request.model} into memory"
        load = partial(self._load, request)
        return (
            yield from self._loads.follow(full_name(request.model), load, cancel, message, is_sure=running is not None)
        )

    def _load(self, request: ChatRequest, token: CancelToken) -> Iterator[Chunk]:
        """As a stream: no release so far says anything before its end, but one that ever does will say it there."""
        began = time.monotonic()
        body, load_ms, is_over = self._body(request, [], stream=True), None, False
        with explained(request.model, _ADVICE, Writing()), self._http.stream("/api/chat", body, token) as lines:
            for line in lines:
                said = {} if line == PAUSE else _parsed(line)
                if "load_progress" in said:
                    yield PhaseChunk("loading", progress=_fraction(said["load_progress"]))
                if said.get("done"):
                    load_ms, is_over = _ms(said.get("load_duration")), True
            if not is_over:
                raise Broken("the load ended without a word")
        yield DoneChunk(load_ms=load_ms or round((time.monotonic() - began) * 1000))

    def _body(self, request: ChatRequest, messages: list[dict[str, Any]], *, stream: bool) -> dict[str, Any]:
        # Other options than those of the loaded instance may reload the model: the warm-up sends the same ones.
        body = {"model": request.model, "messages": messages, "options": _options(request.options), "stream": stream}
        return body | self._keep_alive

    def _running(self, cancel: CancelToken) -> dict[str, dict[str, Any]] | None:
        """The loaded models by full name. `None` if Ollama does not say, which is not the same as being down."""
        try:
            listed = models_in(self._http.get_json("/api/ps", cancel))
        except (Refused, Broken, ModelError):
            cancel.raise_if_cancelled()
            return None
        return {full_name(str(model.get("name") or model.get("model"))): model for model in listed}


def _answer(lines: Iterator[str], writing: Writing, load_ms: int | None) -> Iterator[Chunk]:
    calls = 0
    try:
        for line in lines:
            if line == PAUSE:
                yield from writing.flush()
                continue
            said = _parsed(line)
            message = said.get("message")
            if isinstance(message, dict):
                yield from writing.reasoning(message.get("thinking"))
                yield from writing.text(message.get("content"))
                for call in tool_calls(message, calls):
                    calls += 1
                    yield from writing.tool_call(call)
            if said.get("done"):
                yield from writing.flush()
                done = _done(said, load_ms)
                yield replace(done, finish="tool_calls") if calls else done
                return
    except (Refused, ModelError):
        yield from writing.flush()
        raise
    raise Broken("no final line")


def _parsed(line: str) -> dict[str, Any]:
    try:
        said = parsed(line, keeps_halves=True)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise garbage(_ADVICE.title, line)
    if "error" in said:
        raise Refused(500, error_text(line))
    return said


def _done(said: dict[str, Any], load_ms: int | None) -> DoneChunk:
    """Metrics that are 0 are absent; durations are nanoseconds (api/types.go)."""
    tokens, nanoseconds = whole(said.get("eval_count")), whole(said.get("eval_duration"))
    return DoneChunk(
        finish="length" if said.get("done_reason") == "length" else "stop",
        prompt_tokens=whole(said.get("prompt_eval_count")),
        completion_tokens=tokens,
        tokens_per_second=round(tokens * 1e9 / nanoseconds, 2) if tokens and nanoseconds else None,
        load_ms=load_ms if load_ms is not None else _ms(said.get("load_duration")),
    )


def _options(options: Options) -> dict[str, Any]:
    named = {
        "temperature": options.temperature,
        "top_p": options.top_p,
        "num_predict": options.max_tokens,
        "presence_penalty": options.presence_penalty,
        "frequency_penalty": options.frequency_penalty,
        "seed": options.seed,
        "stop": list(options.stop) or None,
    }
    return {key: value for key, value in named.items() if value is not None}


def _fraction(value: Any) -> float | None:
    """The proposed field is a percentage (48), newer drafts a fraction (0.48)."""
    if not isinstance(value, int | float):
        return None
    return min(1.0, max(0.0, value if isinstance(value, float) and value <= 1 else value / 100))


def _ms(nanoseconds: Any) -> int | None:
    return round(nanoseconds / _NANOSECONDS_PER_MS) if isinstance(nanoseconds, int) and nanoseconds > 0 else None
