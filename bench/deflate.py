"""What it costs that clients offer permessage-deflate, as every browser does: nothing, if the server declines."""

from contextlib import ExitStack
from functools import partial

from bench import servers
from bench.crowd import Crowd, Loop
from bench.loads import closed_loop, observation
from bench.report import Finding, Measure, Spread
from bench.rounds import Options, alternate

MEMBERS, SENDERS = 100, 16
LOAD = f"{MEMBERS} members, {SENDERS} sending"


def measure(options: Options) -> Finding:
    """Two servers of ours; all the members of one offer it, and none of the other."""
    with ExitStack() as stack:
        loop = Loop()
        offering, plain = (
            stack.enter_context(Crowd(loop, stack.enter_context(servers.ours(MEMBERS)))) for _ in range(2)
        )
        offering.grow_to(MEMBERS, offers_deflate=True)
        plain.grow_to(MEMBERS)
        runs = {"offered": partial(closed_loop, offering, SENDERS), "plain": partial(closed_loop, plain, SENDERS)}
        windows = alternate(runs, options)
    rates = {name: [window.deliveries_per_second for window in found] for name, found in windows.items()}
    ratio = Spread.of_ratios(rates["offered"], rates["plain"])
    return Finding(
        [Measure(f"{LOAD}: deliveries/s with the offer ÷ without", ratio, must=0.95, aim=1.0)],
        [observation(LOAD, name, found) for name, found in windows.items()],
    )
