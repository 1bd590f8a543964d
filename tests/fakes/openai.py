"""A pretended server with OpenAI's API, or llama-server's, or LM Studio's: `python -m tests.fakes.openai --help`."""

import argparse
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from tests.fakes.embeddings import embeds, openai_embeddings
from tests.fakes.serving import ClientLeft, Exchange, FakeServer, pieces_of, serve_forever

LOADING = {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}

# Faults that are an HTTP error before the answer: status, text, type and code.
REFUSALS: dict[str, tuple[int, str, str, str | None]] = {
    "500": (500, "something went wrong inside", "server_error", None),
    "out of memory": (500, "ggml_backend_alloc: failed to allocate buffer of size 42", "server_error", None),
    "busy": (429, "too many requests", "rate_limit_exceeded", "concurrency_limit"),
    "not found": (404, "The model `{model}` does not exist", "invalid_request_error", "model_not_found"),
    "too long": (
        400,
        "request (13392 tokens) exceeds the available context size (8192 tokens), try increasing it",
        "exceed_context_size_error",
        None,
    ),
    "no prefill": (
        400,
        "Assistant response prefill is incompatible with enable_thinking.",
        "invalid_request_error",
        None,
    ),
    "unauthorized": (401, "Invalid API Key", "authentication_error", None),
}

# What a model that writes says to whoever wants embeddings of it: status, text, type and code.
NO_EMBEDDINGS: dict[str, tuple[int, str, str, str | None]] = {
    "openai": (403, "You are not allowed to generate embeddings from this model", "invalid_request_error", None),
    "llama": (
        501,
        "This server does not support embeddings. Start it with `--embeddings`",
        "not_supported_error",
        None,
    ),
    "lmstudio": (
        404,
        'Failed to load model "{model}". Error: Model is not embedding.',
        "invalid_request_error",
        "model_not_found",
    ),
}


@dataclass
class OpenAIBehaviour:
    """`fault` is a key of REFUSALS, or garbage, half line, die, crash, hang, stall, cut, redirect, no route."""

    dialect: Literal["openai", "llama", "lmstudio"] = "openai"
    text: str | Callable[[str], str] = "Hello from the other side."
    thinking: str = ""
    load_seconds: float = 0.0
    token_seconds: float = 0.0
    prompt_seconds: float = 0.0
    finish_reason: str = "stop"
    ends_with_done: bool = True
    slots: int = 1
    stop_seconds: float = 0.0  # that the llama dialect goes on computing when its client has left
    tells_slots: bool = True
    calls: tuple[tuple[str, str], ...] = ()  # what the model wants called: name and arguments, if it is given tools
    api_key: str = ""
    dimensions_fixed: bool = False
    fault: str = ""
    fault_times: int = 1_000_000
    fault_after_words: int = 0
    drips: bool = False
    models: tuple[str, ...] = ("llama3",)


class FakeOpenAI(FakeServer):
    """The `llama` dialect loads its one model for `load_seconds` from its construction, and says so to everything."""

    def __init__(self, behaviour: OpenAIBehaviour | None = None, port: int = 0) -> None:
        super().__init__(port)
        self.behaviour = behaviour or OpenAIBehaviour()
        self.computing: set[object] = set()
        self.begin_load()

    def begin_load(self) -> None:
        self._ready_at = time.monotonic() + self.behaviour.load_seconds

    def answer(self, exchange: Exchange) -> None:
        if time.monotonic() < self._ready_at:
            exchange.json(LOADING, 503)
        elif not self._may_pass(exchange):
            refuse(exchange, "unauthorized", "")
        elif exchange.seen.path == "/v1/models":
            exchange.json({"object": "list", "data": [self._listed(name) for name in self.behaviour.models]})
        elif exchange.seen.path == "/v1/chat/completions":
            self._chat(exchange)
        elif exchange.seen.path == "/v1/embeddings":
            self._embed(exchange)
        elif self.behaviour.dialect == "llama" and self._tells(exchange):
            pass
        else:
            self._unknown(exchange)

    def _tells(self, exchange: Exchange) -> bool:
        """What only a llama-server says."""
        path = exchange.seen.path.partition("?")[0]
        if path == "/props":
            exchange.json({"default_generation_settings": {"n_ctx": 4096}, "total_slots": self.behaviour.slots})
        elif path == "/slots" and self.behaviour.tells_slots:
            busy = len(self.computing)
            slots = range(max(busy, self.behaviour.slots))
            exchange.json([{"id": slot, "n_ctx": 4096, "is_processing": slot < busy} for slot in slots])
        elif path == "/slots":
            exchange.json({"error": {"code": 501, "message": "no slots endpoint", "type": "not_supported_error"}}, 501)
        return path in ("/props", "/slots")

    @contextmanager
    def _in_slot(self) -> Iterator[None]:
        """A slot computes on for a while when nobody reads any more."""
        mine = object()
        self.computing.add(mine)
        try:
            yield
        except ClientLeft:
            threading.Timer(self.behaviour.stop_seconds, self.computing.discard, (mine,)).start()
            raise
        self.computing.discard(mine)

    def _may_pass(self, exchange: Exchange) -> bool:
        key = self.behaviour.api_key
        return not key or exchange.seen.headers.get("Authorization") == f"Bearer {key}"

    def _unknown(self, exchange: Exchange) -> None:
        """LM Studio answers what it does not know with status 200."""
        if self.behaviour.dialect == "lmstudio":
            exchange.json({"error": f"Unexpected endpoint or method. (GET {exchange.seen.path})"})
        else:
            exchange.json({"error": {"code": 404, "message": "File Not Found", "type": "not_found_error"}}, 404)

    def _listed(self, name: str) -> dict[str, Any]:
        more = {"meta": {"n_ctx": 4096, "n_params": 1, "size": 96_576_768}} if self.behaviour.dialect == "llama" else {}
        return {"id": name, "object": "model", "owned_by": "someone", **more}

    def _chat(self, exchange: Exchange) -> None:
        fault = self._fault()
        if not self._refuses(exchange, fault):
            with self._in_slot():
                self._stream(exchange, fault)

    def _refuses(self, exchange: Exchange, fault: str) -> bool:
        """What is wrong before the answer begins."""
        model = exchange.seen.body["model"]
        if model not in self.behaviour.models:
            fault = "not found"
        if fault in REFUSALS:
            refuse(exchange, fault, model)
        elif fault == "no route":
            self._unknown(exchange)
        elif fault == "redirect":
            exchange.whole(b"", "text/plain", 302, {"Location": "http://127.0.0.1:9/"})
        elif fault == "hang":
            exchange.pause(3600)
        return fault in (*REFUSALS, "no route", "redirect")

    def _embed(self, exchange: Exchange) -> None:
        fault, body = self._fault(), exchange.seen.body
        if self._refuses(exchange, fault):
            return
        if not embeds(body["model"]):
            status, text, kind, code = NO_EMBEDDINGS[self.behaviour.dialect]
            error = {"message": text.format(model=body["model"]), "type": kind, "param": "model", "code": code}
            exchange.json({"error": error}, status)
            return
        exchange.pause(self.behaviour.prompt_seconds)
        openai_embeddings(exchange, fault, is_fixed=self.behaviour.dimensions_fixed)

    def _fault(self) -> str:
        if not self.behaviour.fault or self.behaviour.fault_times <= 0:
            return ""
        self.behaviour.fault_times -= 1
        return self.behaviour.fault

    def _stream(self, exchange: Exchange, fault: str) -> None:
        behaviour, body = self.behaviour, exchange.seen.body
        exchange.begin_stream("text/event-stream")
        exchange.line(": keep-alive\n")
        self._send(exchange, _chunk({"role": "assistant", "content": ""}))
        if body.get("return_progress"):
            for processed in (0, 128, 237):
                progress = {"total": 237, "cache": 0, "processed": processed, "time_ms": 5_706_760_300}
                self._send(exchange, {**_chunk({}), "prompt_progress": progress})
        if behaviour.prompt_seconds:
            exchange.pause(behaviour.prompt_seconds)
        if behaviour.thinking:
            self._send(exchange, _chunk({"reasoning_content": behaviour.thinking}))
        if behaviour.calls and body.get("tools") and body["messages"][-1]["role"] != "tool":
            self._call(exchange)
            return
        pieces = pieces_of(self.behaviour.text, body["messages"])
        for index, piece in enumerate(pieces):
            if fault and index == behaviour.fault_after_words:
                _fail(exchange, fault)
            if behaviour.token_seconds:
                exchange.pause(behaviour.token_seconds)
            self._send(exchange, _chunk({"content": piece}))
        self._finish(exchange, len(pieces))

    def _call(self, exchange: Exchange) -> None:
        """Arguments come in pieces, id and name once."""
        for index, (name, arguments) in enumerate(self.behaviour.calls):
            first = {"index": index, "id": f"call_{index}", "type": "function"}
            self._send(exchange, _chunk({"tool_calls": [{**first, "function": {"name": name, "arguments": ""}}]}))
            for start in range(0, len(arguments), 5):
                piece = {"index": index, "function": {"arguments": arguments[start : start + 5]}}
                self._send(exchange, _chunk({"tool_calls": [piece]}))
        self._finish(exchange, 10, "tool_calls")

    def _finish(self, exchange: Exchange, tokens: int, reason: str = "") -> None:
        self._send(exchange, _chunk({}, reason or self.behaviour.finish_reason))
        if (exchange.seen.body.get("stream_options") or {}).get("include_usage"):
            usage = {"prompt_tokens": 26, "completion_tokens": tokens, "total_tokens": 26 + tokens}
            timings = {"timings": {"prompt_n": 20, "cache_n": 6, "predicted_n": tokens, "predicted_per_second": 52.94}}
            more = timings if self.behaviour.dialect == "llama" else {}
            self._send(exchange, {**_chunk({}), "choices": [], "usage": usage, **more})
        if self.behaviour.ends_with_done:
            exchange.line("data: [DONE]\n")
        exchange.end_stream()

    def _send(self, exchange: Exchange, event: dict[str, Any]) -> None:
        data = f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode()
        step = 1 if self.behaviour.drips else len(data)
        for start in range(0, len(data), step):
            exchange.raw(data[start : start + step])


def refuse(exchange: Exchange, fault: str, model: str) -> None:
    status, text, kind, code = REFUSALS[fault]
    error = {"message": text.format(model=model), "type": kind, "param": None, "code": code}
    exchange.json({"error": error}, status, {"Retry-After": "1"} if status == 429 else None)


def _fail(exchange: Exchange, fault: str) -> None:
    if fault == "garbage":
        exchange.line("data: <html>\xff this is no JSON\n")
    elif fault == "half line":
        exchange.raw(f"data: {json.dumps(_chunk({'content': ' half'}))}".encode()[:60])
        exchange.end_stream()
        exchange.stop_short()
    elif fault == "cut":
        exchange.end_stream()
        exchange.stop_short()
    elif fault == "crash":
        exchange.line('data: {"error":{"code":500,"message":"the slot has crashed","type":"server_error"}}\n')
        exchange.end_stream()
        exchange.stop_short()
    elif fault == "stall":
        exchange.pause(3600)
    elif fault == "die":
        exchange.die()


def _chunk(delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1_758_113_912,
        "model": "llama3",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}],
    }


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--dialect", choices=["openai", "llama", "lmstudio"], default="openai")
    options.add_argument("--text", default=OpenAIBehaviour.text)
    options.add_argument("--load-seconds", type=float, default=0.0)
    options.add_argument("--token-seconds", type=float, default=0.05)
    options.add_argument("--prompt-seconds", type=float, default=0.0)
    options.add_argument("--fault", default="")
    options.add_argument("--fault-after-words", type=int, default=0)
    options.add_argument("--model", action="append", dest="models")
    chosen = vars(options.parse_args())
    port, names = chosen.pop("port"), chosen.pop("models") or ["llama3"]
    serve_forever(FakeOpenAI(OpenAIBehaviour(**chosen, models=tuple(names)), port))
