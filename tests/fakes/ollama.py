"""A pretended Ollama: its routes, its silence while it loads, its errors. `python -m tests.fakes.ollama --help`."""

import argparse
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.embeddings import embeds, ollama_embeddings
from tests.fakes.ollama_library import delete, full_name, pull
from tests.fakes.serving import ClientLeft, Exchange, FakeServer, pieces_of, serve_forever

CREATED = "2025-10-26T17:15:24.097767Z"
OUT_OF_MEMORY = "llama-server reported out-of-memory during startup: cudaMalloc failed: out of memory"
BUSY = "server busy, please try again.  maximum pending requests exceeded"
CRASHED = "an error was encountered while running the model: unexpected EOF"
TOO_LONG = "the prompt is longer than the context length currently available to the model; shorten the prompt"

# Faults that are an HTTP error before the answer: status and text, exactly as Ollama writes them.
REFUSALS = {
    "500": (500, "something went wrong inside"),
    "out of memory": (500, OUT_OF_MEMORY),
    "busy": (503, BUSY),
    "not found": (404, 'model "{model}" not found, try pulling it first'),
    "too long": (400, TOO_LONG),
}


@dataclass
class OllamaBehaviour:
    """`fault` is a key of REFUSALS, or garbage, half line, die, crash, hang, stall, cut, redirect."""

    text: str | Callable[[str], str] = "Hello from the other side."
    thinking: str = ""
    load_seconds: float = 0.0
    token_seconds: float = 0.0
    prompt_seconds: float = 0.0
    slots: int = 4
    calls: tuple[tuple[str, str], ...] = ()  # what the model wants called: name and arguments, if it is given tools
    lists_while_loading: bool = False
    ps_seconds: float = 0.0
    load_progress: tuple[int, ...] = ()
    done_reason: str = "stop"
    dimensions_fixed: bool = False
    fault: str = ""
    fault_times: int = 1_000_000
    fault_after_words: int = 0
    drips: bool = False
    shows: dict[str, list[str]] = field(default_factory=dict)  # capabilities that only /api/show tells
    unload_seconds: float = 0.0
    pullable: tuple[str, ...] = ()
    pull_seconds: float = 0.0
    models: dict[str, dict[str, Any]] = field(default_factory=lambda: {"llama3:latest": {"size": 4_661_224_676}})


class FakeOllama(FakeServer):
    """`loaded` is what is in memory, `loads` counts the finished loads, `aborted_loads` those whose client left."""

    def __init__(self, behaviour: OllamaBehaviour | None = None, port: int = 0) -> None:
        super().__init__(port)
        self.behaviour = behaviour or OllamaBehaviour()
        self.loaded: set[str] = set()
        self.loading: set[str] = set()
        self.loads = 0
        self.aborted_loads = 0
        self._one_load = threading.Lock()
        self._slots = threading.BoundedSemaphore(self.behaviour.slots)

    def answer(self, exchange: Exchange) -> None:
        routes = {
            "/": lambda e: e.whole(b"Ollama is running", "text/plain"),
            "/api/version": lambda e: e.json({"version": "0.33.0"}),
            "/api/tags": self._tags,
            "/api/ps": self._ps,
            "/api/show": self._show,
            "/api/chat": self._chat,
            "/api/pull": lambda e: pull(e, self.behaviour),
            "/api/delete": lambda e: delete(e, self.behaviour),
            "/api/embed": self._embed,
        }
        route = routes.get(exchange.seen.path)
        if route is None:
            exchange.whole(b"404 page not found", "text/plain", 404)
        else:
            route(exchange)

    def _tags(self, exchange: Exchange) -> None:
        models = [
            {
                "name": name,
                "model": name,
                "size": 1,
                "digest": f"sha256:{name}",
                "details": {"family": "llama"},
                **facts,
            }
            for name, facts in self.behaviour.models.items()
        ]
        exchange.json({"models": models})

    def _ps(self, exchange: Exchange) -> None:
        exchange.pause(self.behaviour.ps_seconds)
        listed = self.loaded | (self.loading if self.behaviour.lists_while_loading else set())
        row = {"size": 5, "size_vram": 5, "expires_at": "2318-06-04T14:38:31.83753-07:00", "context_length": 4096}
        exchange.json({"models": [{"name": name, "model": name, **row} for name in sorted(listed)]})

    def _show(self, exchange: Exchange) -> None:
        shown = self.behaviour.shows.get(exchange.seen.body["model"])
        more = {"capabilities": shown} if shown else {}
        exchange.json({"details": {"family": "llama"}, "model_info": {}, **more})

    def _chat(self, exchange: Exchange) -> None:
        body = exchange.seen.body
        name = full_name(body["model"])
        if name in self.behaviour.models and not body["messages"] and body.get("keep_alive") == 0:
            self._unload(exchange, name)
            return
        fault = self._fault(is_warm_up=not body["messages"])
        if self._refuses(exchange, name, fault):
            return
        if embeds(name):
            exchange.json({"error": f'"{body["model"]}" does not support chat'}, 400)
            return
        self._load(exchange, name)
        if not body["messages"]:
            over = _line(name, "", done=True, done_reason="load")
            exchange.last_line(json.dumps(over)) if exchange.is_stream else exchange.json(over)
            return
        with self._slots:
            self._stream(exchange, name, fault)

    def _unload(self, exchange: Exchange, name: str) -> None:
        """The answer comes at once; the model leaves when its answers are written."""
        threading.Timer(self.behaviour.unload_seconds, lambda: self.loaded.discard(name)).start()
        exchange.json(_line(name, "", done=True, done_reason="unload"))

    def _embed(self, exchange: Exchange) -> None:
        name, fault = full_name(exchange.seen.body["model"]), self._fault(is_warm_up=False)
        if self._refuses(exchange, name, fault):
            return
        if embeds(name):
            self._load(exchange, name)
        with self._slots:
            exchange.pause(self.behaviour.prompt_seconds)
            ollama_embeddings(exchange, name, fault, is_fixed=self.behaviour.dimensions_fixed)

    def _refuses(self, exchange: Exchange, name: str, fault: str) -> bool:
        """What is wrong before anything is loaded."""
        if name not in self.behaviour.models:
            fault = "not found"
        if fault in REFUSALS:
            status, text = REFUSALS[fault]
            exchange.json({"error": text.format(model=name)}, status)
        elif fault == "redirect":
            exchange.whole(b"", "text/plain", 302, {"Location": "http://127.0.0.1:9/"})
        elif fault == "hang":
            exchange.pause(3600)
        return fault in (*REFUSALS, "redirect")

    def _fault(self, is_warm_up: bool) -> str:
        """Faults of the answer itself do not concern a warm-up."""
        behaviour = self.behaviour
        fault = behaviour.fault
        if not fault or behaviour.fault_times <= 0 or (is_warm_up and fault not in (*REFUSALS, "hang", "redirect")):
            return ""
        behaviour.fault_times -= 1
        return fault

    def _load(self, exchange: Exchange, name: str) -> None:
        with self._one_load:
            if name in self.loaded:
                return
            self.loading.add(name)
            try:
                if self.behaviour.load_seconds:
                    self._take_time(exchange, name)
            except ClientLeft:
                # Closing the connection during a load aborts the load.
                self.aborted_loads += 1
                raise
            finally:
                self.loading.discard(name)
            self.loaded.add(name)
            self.loads += 1

    def _take_time(self, exchange: Exchange, name: str) -> None:
        """In silence, as all releases so far; one that tells how far it is does so in a stream without messages."""
        body, percents = exchange.seen.body, self.behaviour.load_progress
        if not percents or body.get("messages") != [] or not body.get("stream", True):
            exchange.pause(self.behaviour.load_seconds)
            return
        exchange.begin_stream("application/x-ndjson")
        for percent in percents:
            exchange.line(json.dumps({"model": name, "load_progress": percent, "done": False}))
            exchange.pause(self.behaviour.load_seconds / len(percents))

    def _stream(self, exchange: Exchange, name: str, fault: str) -> None:
        if self.behaviour.prompt_seconds:
            exchange.pause(self.behaviour.prompt_seconds)
        # Headers come with the first token, not before.
        exchange.begin_stream("application/x-ndjson")
        if self.behaviour.thinking:
            exchange.line(json.dumps(_line(name, "", thinking=self.behaviour.thinking)))
        body = exchange.seen.body
        if self.behaviour.calls and body.get("tools") and body["messages"][-1]["role"] != "tool":
            for called, arguments in self.behaviour.calls:
                call = {"function": {"name": called, "arguments": json.loads(arguments)}}
                exchange.line(json.dumps(_line(name, "", tool_calls=[call])))
            exchange.line(json.dumps(_final(name, 10, "stop")))
            exchange.end_stream()
            return
        pieces = pieces_of(self.behaviour.text, body["messages"])
        began = time.monotonic()
        for index, piece in enumerate(pieces):
            if fault and index == self.behaviour.fault_after_words:
                _fail(exchange, name, fault)
            if self.behaviour.token_seconds:
                due = began + (index + 1) * self.behaviour.token_seconds  # so that small delays do not add up
                exchange.pause(max(0.0, due - time.monotonic()))
            self._say(exchange, json.dumps(_line(name, piece), ensure_ascii=False))
        exchange.line(json.dumps(_final(name, len(pieces), self.behaviour.done_reason)))
        exchange.end_stream()

    def _say(self, exchange: Exchange, line: str) -> None:
        """Dripping cuts lines, and even characters, at arbitrary bytes."""
        data = line.encode() + b"\n"
        step = 1 if self.behaviour.drips else len(data)
        for start in range(0, len(data), step):
            exchange.raw(data[start : start + step])


def _fail(exchange: Exchange, name: str, fault: str) -> None:
    if fault == "garbage":
        exchange.line("<html>\xff this is no JSON")
    elif fault == "half line":
        exchange.raw(json.dumps(_line(name, " half"))[:40].encode())
        exchange.end_stream()
        exchange.stop_short()
    elif fault == "cut":
        exchange.end_stream()
        exchange.stop_short()
    elif fault == "crash":
        exchange.line(json.dumps({"error": CRASHED}))
        exchange.end_stream()
        exchange.stop_short()
    elif fault == "stall":
        exchange.pause(3600)
    elif fault == "die":
        exchange.die()


def _line(
    name: str,
    content: str,
    thinking: str = "",
    done: bool = False,
    tool_calls: list[dict[str, Any]] | None = None,
    **more: Any,
) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": content}
    message |= {"thinking": thinking} if thinking else {}
    message |= {"tool_calls": tool_calls} if tool_calls else {}
    return {"model": name, "created_at": CREATED, "message": message, "done": done, **more}


def _final(name: str, tokens: int, reason: str) -> dict[str, Any]:
    durations = {"total_duration": 4_883_583_458, "load_duration": 1_334_875, "prompt_eval_duration": 342_546_000}
    counts = {"prompt_eval_count": 26, "eval_count": tokens, "eval_duration": tokens * 10_000_000}
    return {**_line(name, "", done=True, done_reason=reason), **durations, **counts}


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--text", default=OllamaBehaviour.text)
    options.add_argument("--load-seconds", type=float, default=0.0)
    options.add_argument("--token-seconds", type=float, default=0.05)
    options.add_argument("--prompt-seconds", type=float, default=0.0)
    options.add_argument("--slots", type=int, default=1)
    options.add_argument("--fault", default="")
    options.add_argument("--fault-after-words", type=int, default=0)
    options.add_argument("--model", action="append", dest="models")
    chosen = vars(options.parse_args())
    port, names = chosen.pop("port"), chosen.pop("models") or ["llama3:latest"]
    serve_forever(FakeOllama(OllamaBehaviour(**chosen, models={name: {} for name in names}), port))
