"""What our server adds to a model's answer: to its first word, and to an answer in one piece."""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any

from bench import servers
from bench.asking import Line, Reply
from bench.crowd import Loop, Refused
from bench.fast_backend import MODEL, text
from bench.processes import cpu_seconds
from bench.report import Finding, Measure, Observation, Spread
from bench.rounds import Options, alternate

CHUNKS = 16
numbers = count()  # no two questions are equal, or the cache would answer


@dataclass(frozen=True)
class Round:
    """The answers of one round, and the processor time that the server took for each."""

    replies: Sequence[Reply]
    cpu_ms: float


def measure(options: Options) -> Finding:
    """Both ways in turns, one question at a time; the difference of their medians, round by round."""
    with lines() as (served, open_line, stack):
        opened = {name: stack.enter_context(open_line(name)) for name in served}
        found = {
            is_stream: alternate(
                {name: partial(_ask, opened[name], server.pid, is_stream=is_stream) for name, server in served.items()},
                options,
            )
            for is_stream in (True, False)
        }
    return Finding(
        [
            Measure("first text: ours − direct", _added(found[True]), must=4, aim=2, is_cost=True, unit=" ms"),
            Measure("in one piece: ours − direct", _added(found[False]), must=3, aim=1.5, is_cost=True, unit=" ms"),
        ],
        [*_observations("stream: first text", found[True]), *_observations("in one piece", found[False])],
    )


@contextmanager
def lines() -> Iterator[tuple[dict[str, servers.Served], Callable[[str], Line], ExitStack]]:
    """Our server over the fast backend, and a function that opens a line to either of them."""
    with ExitStack() as stack:
        backend = stack.enter_context(servers.fast_backend())
        ours = stack.enter_context(servers.ours(1, OPENAI_BASE_URL=backend.url))
        served, loop = {"ours": ours, "direct": backend}, Loop()
        yield served, lambda name: Line(served[name].url, served[name].key, loop), stack


def question(number: int, chunks: int, *, is_stream: bool) -> dict[str, Any]:
    """As an SDK writes it."""
    turns = [{"role": "user", "content": f"Question {number}"}]
    return {"model": MODEL, "messages": turns, "stream": is_stream, "max_tokens": chunks}


def _ask(line: Line, pid: int, *, is_stream: bool, seconds: float) -> Round:
    """One question after the other. Raises `Refused` unless each answer is complete."""
    replies: list[Reply] = []
    cpu, until = cpu_seconds(pid), time.perf_counter() + seconds
    while time.perf_counter() < until:
        replies.append(line.answer(question(next(numbers), CHUNKS, is_stream=is_stream)))
    cpu = cpu_seconds(pid) - cpu
    if any("".join(reply.texts()) != text(CHUNKS) for reply in replies):
        raise Refused("an answer was not what the model said")
    return Round(replies, cpu * 1000 / len(replies))


def _waited(round_: Round) -> list[float]:
    """Milliseconds until the first text, which in an answer in one piece comes with its last."""
    return sorted((reply.first_at - reply.sent_at) * 1000 for reply in round_.replies)


def _added(found: Mapping[str, Sequence[Round]]) -> Spread:
    ours, direct = ([statistics.median(_waited(one)) for one in found[name]] for name in ("ours", "direct"))
    return Spread.of_differences(ours, direct)


def _observations(load: str, found: Mapping[str, Sequence[Round]]) -> Iterator[Observation]:
    for name, rounds in found.items():
        waited = sorted(one for round_ in rounds for one in _waited(round_))
        yield {
            "load": load,
            "server": name,
            "answers": len(waited),
            "p50 ms": statistics.median(waited),
            "p99 ms": waited[int(len(waited) * 0.99)],
            "CPU ms an answer": statistics.median(round_.cpu_ms for round_ in rounds),
        }
