"""How many pieces of text a second one core passes on, when eight models write as fast as they can be read."""

import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial

from bench.answers import lines, numbers, question
from bench.asking import Line, Reply
from bench.crowd import Refused
from bench.fast_backend import text
from bench.processes import cpu_seconds
from bench.report import Finding, Measure, Observation, Spread
from bench.rounds import Options, alternate

STREAMS = 8
CHUNKS_A_SECOND = 5_000  # of one stream: what a round sends is that, times its seconds


def measure(options: Options) -> Finding:
    """A chunk counts when its text has arrived; the way from the backend without us is the ceiling."""
    with lines() as (served, open_line, stack):
        runs = {name: partial(_relay, _opened(stack, open_line, name), server.pid) for name, server in served.items()}
        windows = alternate(runs, options)
    what = f"{STREAMS} streams, backend at full speed: its chunks passed on a second"
    found = Spread.of(window["chunks/s"] for window in windows["ours"])
    return Finding([Measure(what, found, must=20_000, aim=50_000)], [_observation(*item) for item in windows.items()])


def _opened(stack: ExitStack, open_line: Callable[[str], Line], name: str) -> list[Line]:
    return [stack.enter_context(open_line(name)) for _ in range(STREAMS)]


def _relay(lines: Sequence[Line], pid: int, *, seconds: float) -> dict[str, float]:
    """One long answer on each line, all at once. Raises `Refused` unless every text is what the backend said."""
    chunks = round(seconds * CHUNKS_A_SECOND)
    replies: list[Reply] = []
    cpu, began = cpu_seconds(pid), time.perf_counter()
    for line in lines:
        line.ask(question(next(numbers), chunks, is_stream=True), replies.append)
    lines[0].loop.until(lambda: len(replies) == len(lines))
    took, cpu = max(reply.ended_at for reply in replies) - began, cpu_seconds(pid) - cpu
    pieces = [reply.texts() for reply in replies]
    if any("".join(said) != text(chunks) for said in pieces):
        raise Refused("a text was not what the backend said")
    return {
        "chunks/s": chunks * len(lines) / took,
        "chunks/CPU s": chunks * len(lines) / max(cpu, 0.01),
        "sent to clients/s": sum(map(len, pieces)) / took,
        "first text ms": statistics.median(reply.first_at - reply.sent_at for reply in replies) * 1000,
        "server CPU": cpu / took,
    }


def _observation(name: str, windows: Sequence[dict[str, float]]) -> Observation:
    middle = {what: statistics.median(window[what] for window in windows) for what in windows[0]}
    return {"server": name, **middle}
