"""What the members do while the clock runs, and what is counted meanwhile."""

import gc
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from bench.crowd import Crowd, Member
from bench.frames import new_key
from bench.processes import cpu_seconds
from bench.report import Observation, Spread

TEXT = "#{:010d} what is said in a room is about as long as this line of eighty signs"
STAMP = re.compile(rb"#(\d{10}) ")
OBSERVERS = 5  # members whose frames are searched for the stamp; the others only count


@dataclass(frozen=True)
class Window:
    """What was counted in `seconds`. CPU is in shares of one core; `latencies`, from sending to seeing, in seconds."""

    seconds: float
    messages: int
    deliveries: int
    latencies: list[float]
    generator_cpu: float
    server_cpu: float

    @property
    def deliveries_per_cpu_second(self) -> float:
        """What the server gets done in a second of its own: what other work on the machine disturbs least."""
        return self.deliveries / max(self.server_cpu * self.seconds, 0.01)

    @property
    def messages_per_second(self) -> float:
        return self.messages / self.seconds

    @property
    def deliveries_per_second(self) -> float:
        return self.deliveries / self.seconds

    def latency(self, quantile: float) -> float:
        return self.latencies[min(len(self.latencies) - 1, int(len(self.latencies) * quantile))]


class _Load:
    """Messages on their way: who sends, when each was sent, how long it took to be seen."""

    def __init__(self, crowd: Crowd, senders: Sequence[Member]) -> None:
        self.crowd, self.senders = crowd, senders
        self.sent = self.acked = 0
        self.latencies: list[float] = []
        self._sent_at: dict[int, float] = {}
        self._heard_before = crowd.deliveries()
        sending = set(senders)
        others = [member for member in crowd.members if member not in sending]
        self._observers = others[:: max(1, len(others) // OBSERVERS)]
        for observer in self._observers:
            observer.listener = self._saw
        prompt = {*sending, *self._observers}
        for member in crowd.members:
            member.set_prompt(member in prompt)

    def send(self, member: Member, due: float | None = None) -> None:
        """One message. Its latency counts from `due`, when it should have been sent, or from now."""
        self.sent += 1
        self._sent_at[self.sent] = due or time.perf_counter()
        content = TEXT.format(self.sent)
        message = {"room": self.crowd.server.room, "content": content, "client_id": new_key()}
        member.call("send_message", message, lambda _: self._answered(member))

    def _answered(self, member: Member) -> None:
        self.acked += 1

    def _saw(self, payload: bytes) -> None:
        found = STAMP.search(payload)
        if found:
            self.latencies.append(time.perf_counter() - self._sent_at[int(found[1])])

    def settle(self) -> None:
        """Waits until everybody has heard everything: what does not arrive is an error, not a better result."""
        expected = self._heard_before + self.sent * len(self.crowd.members)
        self.crowd.loop.until(lambda: self.acked == self.sent and self.crowd.deliveries() >= expected)
        assert self.crowd.deliveries() == expected, "somebody heard a message twice"
        for observer in self._observers:
            observer.listener = None

    @contextmanager
    def window(self) -> Iterator[list[Window]]:
        """Counts from entering to leaving; the list then has the one result."""
        result: list[Window] = []
        server_pid = self.crowd.server.pid
        gc.collect()
        gc.disable()
        self.latencies.clear()
        acked, heard = self.acked, self.crowd.deliveries()
        server, own, began = cpu_seconds(server_pid), time.process_time(), time.perf_counter()
        try:
            yield result
        finally:
            gc.enable()
        took = time.perf_counter() - began
        result.append(
            Window(
                seconds=took,
                messages=self.acked - acked,
                deliveries=self.crowd.deliveries() - heard,
                latencies=sorted(self.latencies),
                generator_cpu=(time.process_time() - own) / took,
                server_cpu=(cpu_seconds(server_pid) - server) / took,
            )
        )


class _ClosedLoad(_Load):
    """Each sender has one message in flight: the next one leaves when the last one is acknowledged."""

    stopping = False

    def _answered(self, member: Member) -> None:
        super()._answered(member)
        if not self.stopping:
            self.send(member)


def closed_loop(crowd: Crowd, senders: int, seconds: float) -> Window:
    """As fast as the server acknowledges."""
    return closed_loops([crowd], senders, seconds)[0]


def closed_loops(crowds: Sequence[Crowd], senders: int, seconds: float) -> list[Window]:
    """The same in several rooms at once, with so many senders in each; the crowds share a loop."""
    loads = [_ClosedLoad(crowd, crowd.members[:senders]) for crowd in crowds]
    for load in loads:
        for member in load.senders:
            load.send(member)
    with _windows(loads) as results:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            crowds[0].loop.turn(0.01)
    for load in loads:
        load.stopping = True
    for load in loads:
        load.settle()
    return [window for result in results for window in result]


def open_loop(crowd: Crowd, per_second: float, seconds: float) -> Window:
    """At a fixed rate, by all members but the observers in turn, whether or not the last one has arrived."""
    return _paced([_Load(crowd, crowd.members[:-OBSERVERS])], per_second, seconds)[0]


def open_loops(crowds: Sequence[Crowd], per_second: float, seconds: float) -> list[Window]:
    """At a fixed rate in each of several rooms. Every other member sends, so that the observers are among the rest."""
    return _paced([_Load(crowd, crowd.members[::2]) for crowd in crowds], per_second, seconds)


def _paced(loads: Sequence[_Load], per_second: float, seconds: float) -> list[Window]:
    """In the rooms by turns: on one core they would hinder each other more than on two."""
    with _windows(loads) as results:
        began = time.perf_counter()
        for number in range(int(per_second * seconds) * len(loads)):
            due = began + number / per_second / len(loads)
            while (left := due - time.perf_counter()) > 0:
                loads[0].crowd.loop.turn(left)
            turn, room = divmod(number, len(loads))
            load = loads[room]
            load.send(load.senders[turn % len(load.senders)], due)
    for load in loads:
        load.settle()
    return [window for result in results for window in result]


@contextmanager
def _windows(loads: Sequence[_Load]) -> Iterator[list[list[Window]]]:
    """What all of them count meanwhile, a list with one result for each."""
    with ExitStack() as stack:
        yield [stack.enter_context(load.window()) for load in loads]


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
