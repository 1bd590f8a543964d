"""How fast the built-in model's text comes through our server, against the same process asked directly."""

import json
import secrets
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from bench import servers
from bench.asking import Line, Reply
from bench.crowd import Loop, Refused
from bench.processes import GENERATOR_CORE, move
from bench.report import Finding, Measure, Observation, Spread
from bench.rounds import Options, alternate
from chat.llm.embedded import EMBEDDED_MODEL

PAIRS = 6  # of answers for each round: single ones differ by a tenth, which is more than what is measured
LEAST_TOKENS, TOKENS_A_SECOND = 64, 50  # of an answer, for each second that a round is to take


def measure(options: Options) -> Finding:
    """The model runs beside the generator, our server alone on its core; one stream at a time, in turns."""
    with ours_and_its_model() as both:
        often = replace(options, rounds=options.rounds * PAIRS)
        speeds = alternate({server.name: partial(_write, server) for server in both}, often)
    ratio = Spread.of_ratios(*([one["tokens/s"] for one in speeds[name]] for name in ("ours", "direct")))
    what = "built-in model, one stream: tokens/s ÷ direct"
    return Finding([Measure(what, ratio, must=0.97, aim=0.99)], [_observation(*item) for item in speeds.items()])


@contextmanager
def ours_and_its_model() -> Iterator[tuple[servers.Served, servers.Served]]:
    """Our server, and the process of its built-in model, which the first question starts and nobody ends."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "model.json"
        program = ("-m", "bench.told", str(told))
        with servers.ours(1, program=program, LLM_EMBEDDED="on", EMBEDDED_IDLE_SECONDS="0") as ours:
            _write(ours, seconds=0)
            model = json.loads(told.read_text())
            move(model["pid"], GENERATOR_CORE)
            yield ours, servers.Served("direct", model["url"], model["pid"], key=model["key"])


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
