"""How fast the built-in model's text comes through our server, against the same llama.cpp asked directly."""

import secrets
import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from bench import servers
from bench.asking import Line, Reply
from bench.crowd import Loop, Refused
from bench.processes import GENERATOR_CORE, on_core
from bench.report import Finding, Measure, Observation, Spread
from bench.rounds import Options, alternate
from chat.llm.base import CancelToken
from chat.llm.embedded import EMBEDDED_MODEL, find_weights
from chat.llm.embedded_child import Child
from chat.llm.embedded_server import ServerSettings

LEAST_TOKENS, TOKENS_A_SECOND = 64, 50  # of an answer, for each second that a round is to take


def measure(options: Options) -> Finding:
    """The model runs beside the generator, our server alone on its core; one stream at a time, in turns."""
    with _model() as model, servers.ours(1, OPENAI_BASE_URL=model.url, OPENAI_API_KEY=model.key) as ours:
        speeds = alternate({server.name: partial(_write, server) for server in (ours, model)}, options)
    ratio = Spread.of_ratios(*([one["tokens/s"] for one in speeds[name]] for name in ("ours", "direct")))
    what = "built-in model, one stream: tokens/s ÷ direct"
    return Finding([Measure(what, ratio, must=0.97, aim=0.99)], [_observation(*item) for item in speeds.items()])


@contextmanager
def _model() -> Iterator[servers.Served]:
    """llama.cpp as the built-in model runs it, but with an address and a key that we know."""
    weights = find_weights()
    if weights is None:
        raise SystemExit("The built-in model is not installed: see requirements.txt.")
    key = secrets.token_urlsafe(32)
    with on_core(GENERATOR_CORE):
        child = Child(ServerSettings(key, str(weights), EMBEDDED_MODEL))
    try:
        yield servers.Served("direct", child.wait_ready(CancelToken()), child.pid, key=key)
    finally:
        child.end()


def _write(server: servers.Served, *, seconds: float) -> dict[str, float]:
    """One answer to a question that nobody has asked before, from its sending to its end; llama.cpp ends idle lines."""
    tokens = max(LEAST_TOKENS, round(seconds * TOKENS_A_SECOND))
    with Line(server.url, server.key, Loop()) as line:
        reply = line.answer(_question(tokens))
    written = _tokens(reply)
    if written < tokens / 2:
        raise Refused(f"the model wrote only {written} tokens")
    return {
        "tokens/s": written / reply.seconds,
        "tokens": written,
        "first text ms": (reply.first_at - reply.sent_at) * 1000,
    }


def _question(tokens: int) -> dict[str, Any]:
    turns = [
        {"role": "system", "content": "You are a helpful assistant."},
        {"role": "user", "content": f"Tell me a very long story about a ship called {secrets.token_hex(4)}."},
    ]
    wanted = {"stream": True, "stream_options": {"include_usage": True}, "max_tokens": tokens}
    return {"model": EMBEDDED_MODEL, "messages": turns, "seed": 1, **wanted}


def _tokens(reply: Reply) -> int:
    return max(int((event.get("usage") or {}).get("completion_tokens", 0)) for event in reply.events())


def _observation(name: str, rounds: Sequence[dict[str, float]]) -> Observation:
    return {"server": name, **{what: statistics.median(one[what] for one in rounds) for what in rounds[0]}}
