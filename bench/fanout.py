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
from bench.loads import Window, closed_loop
from bench.report import Finding, Measure, Observation, Spread
from bench.rounds import Options, alternate
from bench.servers import Served


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
    measures, observations = [], []
    with ExitStack() as stack:
        loop = Loop()
        starts = (servers.ours(MOST), servers.node(), servers.bare(), servers.blaster())
        rooms = [(server, _crowd(stack, loop, server)) for server in map(stack.enter_context, starts)]
        for shape in SHAPES:
            for _, crowd in rooms:
                crowd.grow_to(shape.members)
            runs = {server.name: partial(closed_loop, crowd, shape.senders, pid=server.pid) for server, crowd in rooms}
            ceiling = runs.pop("blaster")(seconds=options.seconds)
            windows = {**alternate(runs, options), "blaster": [ceiling]}
            rates = {name: [shape.rate(window) for window in found] for name, found in windows.items()}
            ratio = Spread.of_ratios(rates["ours"], rates["node"])
            measures.append(Measure(f"{shape}: {shape.unit} ÷ Node", ratio, shape.must, shape.aim))
            observations += [observation(str(shape), name, found) for name, found in windows.items()]
    return Finding(measures, observations)


def _crowd(stack: ExitStack, loop: Loop, server: Served) -> Crowd:
    crowd = Crowd(loop, server.url, server.room, server.cookies)
    stack.callback(crowd.close)
    return crowd


def observation(shape: str, server: str, windows: list[Window]) -> Observation:
    """The medians of one server's rounds. CPU in shares of one core."""

    def median(figure: Callable[[Window], float]) -> float:
        return Spread.of(map(figure, windows)).median

    return {
        "load": shape,
        "server": server,
        "messages/s": median(lambda window: window.messages_per_second),
        "deliveries/s": median(lambda window: window.deliveries_per_second),
        "p50 ms": median(lambda window: window.latency(0.5) * 1000),
        "p99 ms": median(lambda window: window.latency(0.99) * 1000),
        "deliveries/CPU s": median(lambda window: window.deliveries_per_cpu_second),
        "server CPU": median(lambda window: window.server_cpu),
        "generator CPU": median(lambda window: window.generator_cpu),
    }
