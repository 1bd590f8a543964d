"""Is what people are shown true? Backends write down what they do, and a room and a stream are compared with it."""

import json
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from bench.processes import SERVER_CORE, on_core
from bench.report import Finding, Measure, Observation, Spread
from bench.rounds import Options
from bench.timelines import Honesty, percentile
from tests.fakes.stand import KINDS, SCENARIOS, Stand
from tests.running_server import LIMITS, RunningServer


def measure(options: Options) -> Finding:
    """Every scenario once on every kind, one kind after the other; `seconds` is how long a load takes, roughly."""
    found = {kind: watch([Stand(kind, options.seconds)])[0].honesty() for kind in KINDS}
    delays = [percentile(_delays(of_kind), 0.99) * 1000 for of_kind in found.values()]
    wrong = [_wrong_percent(of_kind) for of_kind in found.values()]
    everything = [honesty for of_kind in found.values() for honesty in of_kind]
    p99, share = percentile(_delays(everything), 0.99) * 1000, _wrong_percent(everything)
    return Finding(
        [
            Measure("shown − true phase, p99", Spread(p99, min(delays), max(delays)), 150, 50, True, " ms"),
            Measure("time with a wrong phase", Spread(share, min(wrong), max(wrong)), 2, 0.5, True, " %"),
        ],
        [_observation(kind, of_kind) for kind, of_kind in found.items()],
    )


def watch(stands: Sequence[Stand]) -> Sequence[Stand]:
    """Plays all scenarios, on all stands at the same time, with one server of ours in front of them."""
    backends = json.dumps([stand.setting for stand in stands])
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        server = RunningServer(Path(folder), **LIMITS, LLM_MAX_RETRIES="0", LLM_BACKENDS=backends)
        with on_core(SERVER_CORE):
            stack.enter_context(server)
        for stand in stands:
            stand.enter(server.url)
            stack.callback(stand.close)
        with ThreadPoolExecutor(len(stands)) as pool:
            list(pool.map(_play, stands))
    return stands


def _play(stand: Stand) -> None:
    for scenario in SCENARIOS:
        scenario(stand)


def _delays(of_all: Sequence[Honesty]) -> list[float]:
    return [delay for honesty in of_all for delay in honesty.delays]


def _wrong_percent(of_all: Sequence[Honesty]) -> float:
    return 100 * sum(honesty.wrong_seconds for honesty in of_all) / sum(honesty.seconds for honesty in of_all)


def _observation(kind: str, of_kind: Sequence[Honesty]) -> Observation:
    delays = _delays(of_kind)
    return {
        "backend": kind,
        "questions": float(len(of_kind)),
        "changes": float(len(delays)),
        "p50 ms": percentile(delays, 0.5) * 1000,
        "p99 ms": percentile(delays, 0.99) * 1000,
        "most ms": max(delays) * 1000,
        "wrong %": _wrong_percent(of_kind),
    }
