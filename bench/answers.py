"""What our server adds to a model's answer: to its first word, and to an answer in one piece."""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import count
from typing import Any

from bench import servers
from bench.asking import Line, Reply
from bench.crowd import Loop, Refused
from bench.fast_backend import MODEL, text
from bench.report import Finding, Measure, Observation, Spread
from bench.rounds import Options, alternate

CHUNKS = 16
numbers = count()  # no two questions are equal, or the cache would answer

Run = Callable[..., list[Reply]]


def measure(options: Options) -> Finding:
    """Both ways in turns, one question at a time; the difference of their medians, round by round."""
    with lines() as (_, open_line, stack):
        ours, direct = (stack.enter_context(open_line(name)) for name in ("ours", "direct"))
        streams = alternate(_runs(ours, direct, is_stream=True), options)
        wholes = alternate(_runs(ours, direct, is_stream=False), options)
    first = _milliseconds(streams, lambda reply: reply.first_at - reply.sent_at)
    all_of_it = _milliseconds(wholes, lambda reply: reply.seconds)
    return Finding(
        [
            Measure("first text: ours − direct", _added(first), must=4, aim=2, is_cost=True, unit=" ms"),
            Measure("answer in one piece: ours − direct", _added(all_of_it), must=3, aim=1.5, is_cost=True, unit=" ms"),
        ],
        [*_observations("stream: first text", first), *_observations("in one piece", all_of_it)],
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


def _runs(ours: Line, direct: Line, *, is_stream: bool) -> Mapping[str, Run]:
    return {name: partial(_ask, line, is_stream=is_stream) for name, line in (("ours", ours), ("direct", direct))}


def _ask(line: Line, *, is_stream: bool, seconds: float) -> list[Reply]:
    """One question after the other. Raises `Refused` unless each answer is complete."""
    replies: list[Reply] = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        replies.append(line.answer(question(next(numbers), CHUNKS, is_stream=is_stream)))
    if any("".join(reply.texts()) != text(CHUNKS) for reply in replies):
        raise Refused("an answer was not what the model said")
    return replies


def _milliseconds(found: Mapping[str, list[list[Reply]]], of: Callable[[Reply], float]) -> dict[str, list[list[float]]]:
    """By name, for each round, for each reply."""
    return {name: [[of(reply) * 1000 for reply in replies] for replies in rounds] for name, rounds in found.items()}


def _added(found: Mapping[str, list[list[float]]]) -> Spread:
    medians = {name: [statistics.median(round_) for round_ in rounds] for name, rounds in found.items()}
    return Spread.of_differences(medians["ours"], medians["direct"])


def _observations(load: str, found: Mapping[str, list[list[float]]]) -> Iterator[Observation]:
    for name, rounds in found.items():
        every = sorted(one for round_ in rounds for one in round_)
        p99 = every[int(len(every) * 0.99)]
        yield {"load": load, "server": name, "answers": len(every), "p50 ms": every[len(every) // 2], "p99 ms": p99}
