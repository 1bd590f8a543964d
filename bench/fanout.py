"""How fast one room hears its senders, against the official Socket.IO server for Node and a bare Flask-SocketIO.

Ours is signed in, checked, and on disk (`synchronous=FULL`) before its ack, and its message carries author, times and
numbers. The peers do nothing of that: they pass on what came.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from bench import servers
from bench.crowd import Crowd, Loop
from bench.loads import Window, closed_loop, observation
from bench.report import Finding, Measure, Spread
from bench.rounds import Options, alternate


@dataclass(frozen=True)
class Shape:
    members: int
    senders: int
    must: float
    aim: float
    rate: Callable[[Window], float]
    unit: str

    def __str__(self) -> str:
        return f"{self.members} members, {self.senders} sending"


SHAPES = (
    Shape(100, 16, 0.8, 1.2, lambda window: window.deliveries_per_second, "deliveries/s"),
    Shape(100, 1, 0.75, 1.2, lambda window: window.messages_per_second, "messages/s"),
    Shape(500, 4, 0.9, 1.2, lambda window: window.deliveries_per_second, "deliveries/s"),
)
MOST = max(shape.members for shape in SHAPES)


def measure(options: Options) -> Finding:
    """Each shape in turns on all servers; the ceiling once."""
    measures, observations = [], []
    with ExitStack() as stack:
        loop = Loop()
        starts = (servers.ours(MOST), servers.node(), servers.bare(), servers.blaster())
        crowds = [stack.enter_context(Crowd(loop, stack.enter_context(start))) for start in starts]
        for shape in SHAPES:
            for crowd in crowds:
                crowd.grow_to(shape.members)
            runs = {crowd.server.name: partial(closed_loop, crowd, shape.senders) for crowd in crowds}
            ceiling = runs.pop("blaster")(seconds=options.seconds)
            windows = {**alternate(runs, options), "blaster": [ceiling]}
            rates = {name: [shape.rate(window) for window in found] for name, found in windows.items()}
            ratio = Spread.of_ratios(rates["ours"], rates["node"])
            measures.append(Measure(f"{shape}: {shape.unit} ÷ Node", ratio, shape.must, shape.aim))
            observations += [observation(str(shape), name, found) for name, found in windows.items()]
    return Finding(measures, observations)
