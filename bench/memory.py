"""What a connected member costs in memory while nothing happens."""

import time
from contextlib import AbstractContextManager

from bench import servers
from bench.crowd import Crowd, Loop
from bench.processes import Held
from bench.report import Finding, Measure, Spread
from bench.rounds import Options
from bench.servers import Served

MEMBERS, FIRST = 2_000, 20  # the first ones make the server load and build what it needs once
QUIET_SECONDS = 3.0


def measure(_: Options) -> Finding:
    """Once: it is the same every time. The peers' figures stand beside ours."""
    starts = (servers.ours(FIRST + MEMBERS), servers.node(), servers.bare())
    found = dict(_kilobytes_per_member(start) for start in starts)
    return Finding(
        [Measure("idle member", Spread.of([found["ours"]]), must=60, aim=40, is_cost=True, unit=" KB")],
        [{"server": name, "KB a member": kilobytes} for name, kilobytes in found.items()],
    )


def _kilobytes_per_member(start: AbstractContextManager[Served]) -> tuple[str, float]:
    with start as server, Crowd(Loop(), server) as crowd:
        crowd.grow_to(FIRST)
        before = _quiet_mb(crowd)
        crowd.grow_to(FIRST + MEMBERS)
        return server.name, (_quiet_mb(crowd) - before) / MEMBERS * 1000


def _quiet_mb(crowd: Crowd) -> float:
    """The server's memory, after a while in which only pings are answered."""
    end = time.perf_counter() + QUIET_SECONDS
    while time.perf_counter() < end:
        crowd.loop.turn(0.1)
    return Held.by(crowd.server.pid).resident_mb
