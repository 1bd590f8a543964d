"""How often a second one core gives an answer that is in the cache."""

import statistics
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

from bench.answers import CHUNKS, lines, numbers, question
from bench.asking import Line, Reply
from bench.crowd import Refused
from bench.fast_backend import text
from bench.processes import cpu_seconds
from bench.report import Finding, Measure, Observation, Spread
from bench.rounds import Options, alternate

LINES = 8


def measure(options: Options) -> Finding:
    """On connections that stay open, one question in flight on each; in one piece, and as a stream."""
    with lines() as (served, open_line, stack):
        opened = [stack.enter_context(open_line("ours")) for _ in range(LINES)]
        pid, number = served["ours"].pid, next(numbers)
        forms = {"in one piece": False, "as a stream": True}
        runs = {
            name: partial(_ask, opened, question(number, CHUNKS, is_stream=is_stream), pid)
            for name, is_stream in forms.items()
        }
        windows = alternate(runs, options)
    found = Spread.of(window["answers/s"] for window in windows["in one piece"])
    what = f"cached answer, {LINES} connections: answers a second"
    return Finding([Measure(what, found, must=1_000, aim=2_000)], [_observation(*item) for item in windows.items()])


def _ask(lines: Sequence[Line], asked: dict[str, Any], pid: int, *, seconds: float) -> dict[str, float]:
    """Each line asks again as soon as it has its answer. Raises `Refused` unless all come from the cache."""
    lines[0].answer(asked)
    replies: list[Reply] = []
    cpu, began = cpu_seconds(pid), time.perf_counter()
    until = began + seconds

    def again(line: Line, reply: Reply) -> None:
        replies.append(reply)
        if reply.ended_at < until:
            line.ask(asked, partial(again, line))

    for line in lines:
        line.ask(asked, partial(again, line))
    lines[0].loop.until(lambda: time.perf_counter() > until and not any(line.is_busy for line in lines))
    took, cpu = max(reply.ended_at for reply in replies) - began, cpu_seconds(pid) - cpu
    for reply in replies:
        _check(reply)
    milliseconds = statistics.median(reply.seconds for reply in replies) * 1000
    return {
        "answers/s": len(replies) / took,
        "answers/CPU s": len(replies) / max(cpu, 0.01),
        "p50 ms": milliseconds,
        "server CPU": cpu / took,
    }


def _check(reply: Reply) -> None:
    told = list(reply.events())[-1] if reply.is_stream else reply.value()
    if not told.get("cached") or "".join(reply.texts()) != text(CHUNKS):
        raise Refused(f"this was not the answer in the cache: {told}")


def _observation(name: str, windows: Sequence[dict[str, float]]) -> Observation:
    middle = {what: statistics.median(window[what] for window in windows) for what in windows[0]}
    return {"answer": name, **middle}
