"""Two web processes against one: what each of them does for a delivery, and what it costs that they hear each other.

What is compared is processor time: clients, web processes, Redis and PostgreSQL compete for a small machine's cores.
What a process takes for a delivery depends on how much of a core it has (with little, each turn of its loop finds less
to do at once), so two that share a core are held against two on the same core that know nothing of each other, which on
cores of their own carry twice what one does. PostgreSQL waits for the disk.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

from redis import Redis

from bench import servers
from bench.crowd import Crowd, Loop, ScatteredCrowd
from bench.loads import Window, closed_loops, open_loops
from bench.processes import SHARED_CORE, WEB_CORES, cpu_seconds, family, on_core
from bench.report import Finding, Measure, Observation, Spread
from bench.rounds import Options, alternate
from scripts.programs import find
from scripts.servers import REDIS, find_postgres
from tests.postgres_server import PostgresServer
from tests.running_redis import RunningRedis

MEMBERS, SENDERS, PER_SECOND = 100, 16, 50
FULL, PACED = "full speed", f"{PER_SECOND}/s"
ALONE, ONE, SPREAD, APART = "one, no Redis", "one, Redis", "a room on two", "a room each"
STRANGERS = "two that share nothing"
WEB, REDIS_ITSELF, DATABASE = ("web 1", "web 2"), "Redis", "database"
MEDIAN, SLOW = 0.5, 0.95


@dataclass(frozen=True)
class Sample:
    """One round of a case. `deliveries` are by room and `cpu` is in seconds by process, until all was heard."""

    windows: Sequence[Window]
    messages: int
    deliveries: Sequence[int]
    cpu: Mapping[str, float]
    redis_bytes: float

    @property
    def deliveries_per_second(self) -> float:
        return sum(window.deliveries_per_second for window in self.windows)

    @property
    def web_cpu(self) -> float:
        """Seconds of processor that all web processes took for a delivery."""
        return sum(self.cpu[name] for name in WEB if name in self.cpu) / sum(self.deliveries)

    @property
    def capacity(self) -> float:
        """Deliveries a second of all web processes, if each had a core for itself and its own room."""
        return sum(made / self.cpu[name] for made, name in zip(self.deliveries, WEB, strict=False))

    def microseconds(self, name: str) -> float:
        """Of processor for a delivery; 0 for a process that has no part in it."""
        return self.cpu.get(name, 0.0) / sum(self.deliveries) * 1e6

    def milliseconds_later(self, quantile: float) -> float:
        """From sending to seeing."""
        return max(window.latency(quantile) for window in self.windows) * 1000


@dataclass(frozen=True)
class Case:
    """Who writes where: the crowd of each room, the web processes, and what these share."""

    crowds: Sequence[Crowd]
    web: Sequence[int]
    database: PostgresServer
    redis: RunningRedis | None

    def run(self, load: Callable[[float], list[Window]], seconds: float) -> Sample:
        heard, cpu, told = self._heard(), self._cpu(), self._told()
        windows = load(seconds)
        deliveries = [now - before for now, before in zip(self._heard(), heard, strict=True)]
        return Sample(
            windows=windows,
            messages=sum(deliveries) // MEMBERS,
            deliveries=deliveries,
            cpu={name: now - cpu[name] for name, now in self._cpu().items()},
            redis_bytes=self._told() - told,
        )

    def _heard(self) -> list[int]:
        return [crowd.deliveries() for crowd in self.crowds]

    def _cpu(self) -> dict[str, float]:
        found = dict(zip(WEB, map(cpu_seconds, self.web), strict=False))
        found[DATABASE] = sum(map(cpu_seconds, family(self.database.pid)))
        if self.redis:
            found[REDIS_ITSELF] = cpu_seconds(self.redis.pid)
        return found

    def _told(self) -> float:
        """Bytes that Redis has sent so far."""
        return float(Redis.from_url(self.redis.url).info("stats")["total_net_output_bytes"]) if self.redis else 0.0


def measure(options: Options) -> Finding:
    """Each case as fast as it goes, and at a rate that leaves time, in turns."""
    with _cases() as cases:
        runs = {}
        for name, case in cases.items():
            full = partial(closed_loops, case.crowds, SENDERS)
            paced = partial(open_loops, case.crowds, PER_SECOND)
            runs[f"{name}: {FULL}"] = partial(case.run, full)
            runs[f"{name}: {PACED}"] = partial(case.run, paced)
        found = alternate(runs, options)
    return Finding(_measures(found), [_observation(name, samples) for name, samples in found.items()])


@contextmanager
def _cases() -> Iterator[dict[str, Case]]:
    """Servers of one process, with Redis and without, and one of two processes, whose people are in three rooms."""
    os.environ.update(ROUNDTABLE_POSTGRES=find_postgres(), ROUNDTABLE_REDIS=find(REDIS))
    with ExitStack() as stack:
        with on_core(SHARED_CORE):
            database = stack.enter_context(PostgresServer(is_durable=True))
            lonely, shared = (stack.enter_context(RunningRedis()) for _ in range(2))
        loop = Loop()

        def start(name: str, cores: Sequence[int], rooms: int, redis_url: str) -> list[list[servers.Served]]:
            settings = {"DATABASE_URL": database.create_database(name), "REDIS_URL": redis_url}
            return stack.enter_context(servers.several(cores, MEMBERS, rooms, **settings))

        ((alone,),) = start("alone", WEB_CORES[:1], 1, "")
        ((one,),) = start("one", WEB_CORES[:1], 1, lonely.url)
        ((stranger,),) = start("stranger", WEB_CORES[1:], 1, "")
        (first, second) = start("two", WEB_CORES, 3, shared.url)
        two = [first[0].pid, second[0].pid]
        crowd_alone = Crowd(loop, alone)
        cases = {
            ALONE: Case([crowd_alone], [alone.pid], database, None),
            STRANGERS: Case([crowd_alone, Crowd(loop, stranger)], [alone.pid, stranger.pid], database, None),
            ONE: Case([Crowd(loop, one)], [one.pid], database, lonely),
            SPREAD: Case([ScatteredCrowd(loop, [first[2], second[2]])], two, database, shared),
            APART: Case([Crowd(loop, first[0]), Crowd(loop, second[1])], two, database, shared),
        }
        for crowd in dict.fromkeys(crowd for case in cases.values() for crowd in case.crowds):
            stack.enter_context(crowd).grow_to(MEMBERS)
        yield cases


def _measures(found: Mapping[str, Sequence[Sample]]) -> list[Measure]:
    """Round by round against one process without Redis: what somebody has who needs no second one."""

    def ratio(case: str, load: str, figure: Callable[[Sample], float]) -> Spread:
        over, under = (list(map(figure, found[f"{name}: {load}"])) for name in (case, ALONE))
        return Spread.of_ratios(over, under)

    def carried(load: str) -> Spread:
        """How many times what one does: two that know nothing of each other would carry twice that."""
        together, apart = ([one.capacity for one in found[f"{name}: {load}"]] for name in (APART, STRANGERS))
        return Spread.of_ratios([2 * capacity for capacity in together], apart)

    def costs(load: str) -> Spread:
        return ratio(SPREAD, load, lambda one: one.web_cpu)

    def later(quantile: float) -> Spread:
        of = [[sample.milliseconds_later(quantile) for sample in found[f"{name}: {PACED}"]] for name in (SPREAD, ALONE)]
        return Spread.of_differences(*of)

    web = [
        *(Measure(f"{APART}, {load}: deliveries × 2 ÷ {STRANGERS}", carried(load), 1.7, 1.9) for load in (FULL, PACED)),
        *(Measure(f"{SPREAD}, {load}: web CPU ÷ one", costs(load), 2, 1.5, is_cost=True) for load in (FULL, PACED)),
        Measure(f"{SPREAD}, {PACED}: p50 through Redis − one", later(MEDIAN), 10, 3, is_cost=True, unit=" ms"),
        Measure(f"{SPREAD}, {PACED}: p95 through Redis − one", later(SLOW), 20, 6, is_cost=True, unit=" ms"),
    ]
    if len(set(WEB_CORES)) < len(WEB_CORES):
        return web
    wall = ratio(APART, FULL, lambda one: one.deliveries_per_second)
    return [Measure(f"{APART}: deliveries/s ÷ one, a core each", wall, 1.7, 1.9), *web]


def _observation(name: str, samples: Sequence[Sample]) -> Observation:
    """The medians of the rounds. `µs` are of processor time, for a delivery."""

    def median(figure: Callable[[Sample], float]) -> float:
        return Spread.of(map(figure, samples)).median

    def of(process: str) -> float:
        return median(lambda one: one.microseconds(process))

    return {
        "load": name,
        "messages/s": median(lambda one: sum(window.messages_per_second for window in one.windows)),
        "deliveries/s": median(lambda one: one.deliveries_per_second),
        "p50 ms": median(lambda one: one.milliseconds_later(MEDIAN)),
        "p95 ms": median(lambda one: one.milliseconds_later(SLOW)),
        **{f"{process} µs": of(process) for process in (*WEB, REDIS_ITSELF, DATABASE)},
        "generator CPU": median(lambda one: one.windows[0].generator_cpu),
        "Redis bytes/message": median(lambda one: one.redis_bytes / one.messages),
    }
