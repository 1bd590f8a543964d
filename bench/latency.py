"""How long a message takes from sending to another member's screen, at a rate that leaves the server room to breathe.

The rate is fixed: what waits because the server was busy counts from when it should have been sent.
"""

from contextlib import ExitStack
from functools import partial

from bench import servers
from bench.crowd import Crowd, Loop
from bench.loads import observation, open_loop
from bench.report import Finding, Measure, Spread
from bench.rounds import Options, alternate

MEMBERS, PER_SECOND = 100, 50
STRETCH = 3  # so many times the usual seconds: a percentile of the slowest needs many messages
QUANTILE = 0.99
LOAD = f"{MEMBERS} members, {PER_SECOND} messages/s"


def measure(options: Options) -> Finding:
    """Against Flask-SocketIO, which also waits for nobody's disk."""
    with ExitStack() as stack:
        loop = Loop()
        starts = (servers.ours(MEMBERS), servers.bare())
        crowds = [stack.enter_context(Crowd(loop, stack.enter_context(start))) for start in starts]
        for crowd in crowds:
            crowd.grow_to(MEMBERS)
        runs = {crowd.server.name: partial(open_loop, crowd, PER_SECOND) for crowd in crowds}
        windows = alternate(runs, Options(options.rounds, options.seconds * STRETCH))
    slowest = {name: [window.latency(QUANTILE) for window in found] for name, found in windows.items()}
    ratio = Spread.of_ratios(slowest["ours"], slowest["bare"])
    return Finding(
        [Measure(f"{LOAD}: p99 ÷ bare Flask-SocketIO", ratio, must=1.3, aim=1.0, is_cost=True)],
        [observation(LOAD, name, found) for name, found in windows.items()],
    )
