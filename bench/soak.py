"""Half of the most that the server can do, for a long time: `make soak`, SOAK_MINUTES (30).

Memory must not grow, and what clients held must be free when they have left. That is seen from outside, in /proc; only
green threads are counted by the server itself.
"""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import servers
from bench.crowd import Crowd, Loop
from bench.habits import Habits
from bench.loads import closed_loop
from bench.processes import Held, pin_generator, raise_file_limit
from bench.report import Finding, Measure, Observation, Spread, keep, show
from bench.trend import Trend

MEMBERS, SENDERS = 100, 16
MAXIMUM_SECONDS = 5.0  # for finding out the most that the server can do
FIRST_SECONDS = 10.0  # of all habits, so that what is made once is made
SAMPLE_EVERY = 10.0
SETTLE_SECONDS = 60.0  # for the server to let go of those who have left
GREEN_THREADS = "green threads"  # the file
CACHE_SECONDS = "60"  # instead of an hour: answers that are kept for longer than the measurement would look like a leak


def main() -> int:
    """0 if nothing grew and nothing was kept."""
    seconds = float(os.environ.get("SOAK_MINUTES", "30")) * 60
    pin_generator()
    raise_file_limit()
    with (
        tempfile.TemporaryDirectory() as folder,
        servers.ours(
            MEMBERS,
            program=("-m", "bench.counted", f"{folder}/{GREEN_THREADS}"),
            LLM_SCRIPTED="on",
            LLM_CACHE_TTL=CACHE_SECONDS,
        ) as server,
    ):
        green_threads = Path(folder) / GREEN_THREADS
        with Crowd(Loop(), server) as crowd:
            crowd.grow_to(MEMBERS)
            maximum = closed_loop(crowd, SENDERS, MAXIMUM_SECONDS).messages_per_second
            Habits(crowd, maximum / 2).live(FIRST_SECONDS)
        time.sleep(SETTLE_SECONDS)
        before, waiting = Held.by(server.pid), _count(green_threads, server.pid)
        print(f"The most is {maximum:.0f} messages/s; {seconds / 60:g} minutes at half of that.", flush=True)
        with Crowd(Loop(), server) as crowd:
            crowd.grow_to(MEMBERS)
            observations = list(_soak(crowd, maximum / 2, seconds))
        time.sleep(SETTLE_SECONDS)
        after, still_waiting = Held.by(server.pid), _count(green_threads, server.pid)
    print(f"Green threads: {waiting} before, {still_waiting} after.")
    kept = {
        "files": after.files - before.files,
        "threads": after.threads - before.threads,
        "green threads": still_waiting - waiting,
    }
    measures = [_memory(observations), *map(_kept, kept.items())]
    show("soak", Finding(measures))
    keep("soak", Finding(measures, observations))
    return 0 if Finding(measures).is_good else 1


def _soak(crowd: Crowd, messages_per_second: float, seconds: float) -> Iterator[Observation]:
    """What the server holds, every `SAMPLE_EVERY` seconds."""
    habits = Habits(crowd, messages_per_second)
    began = time.perf_counter()
    while (at := time.perf_counter() - began) < seconds:
        held = Held.by(crowd.server.pid)
        print(
            f"  {at / 60:5.1f} min  {held.resident_mb:6.1f} MB  {held.threads} threads  {held.files} files  "
            f"{habits.came} came again  {habits.answered:,} events",
            flush=True,
        )
        yield {
            "minute": at / 60,
            "events": habits.answered,
            "came again": habits.came,
            "MB": held.resident_mb,
            "threads": held.threads,
            "files": held.files,
        }
        habits.live(SAMPLE_EVERY)


def _memory(observations: list[Observation]) -> Measure:
    trend = Trend.of([(float(observed["minute"]), float(observed["MB"])) for observed in observations])
    what = "memory: growth after the first third, against its noise"
    return Measure(what, Spread.of([trend.growth]), must=round(trend.noise, 2), aim=0, is_cost=True, unit=" MB")


def _kept(what_and_more: tuple[str, int]) -> Measure:
    """What there is more of than before the crowd came, once it has left."""
    what, more = what_and_more
    return Measure(f"{what} that stay when all have left", Spread.of([more]), must=0, aim=0, is_cost=True)


def _count(answer: Path, pid: int) -> int:
    """How many green threads the server has now."""
    answer.unlink(missing_ok=True)
    os.kill(pid, signal.SIGUSR2)
    while not answer.exists():
        time.sleep(0.05)
    return int(answer.read_text())


if __name__ == "__main__":
    sys.exit(main())
