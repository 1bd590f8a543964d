"""The wall clock jumps, while the server runs and between two runs: an hour back, a day forward, back again."""

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.crowd import Crowd
from tests.people import Person
from tests.running_server import LIMITS, ROOT, RunningServer

PAGES = 6
HOUR, DAY = 3_600, 86_400


class Clock:
    """The server's."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.set_ahead(0)

    def set_ahead(self, seconds: int) -> None:
        new = self.file.with_suffix(".new")
        new.write_text(str(seconds))
        new.replace(self.file)  # at once: the server may be reading


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path / "ahead")


@pytest.fixture
def server(tmp_path: Path, clock: Clock) -> Iterator[RunningServer]:
    where = {"PYTHONPATH": str(ROOT / "tests/fakes/clock"), "CLOCK_FILE": str(clock.file)}
    with RunningServer(tmp_path, **{**LIMITS, "MESSAGE_RATE_LIMIT": "300"}, **where) as running:
        yield running


def test_steps_of_the_clock_change_no_order_and_sign_nobody_out(server: RunningServer, clock: Clock) -> None:
    with Crowd(server, PAGES) as crowd:
        for ahead in (0, -HOUR, DAY, -HOUR, 0):
            clock.set_ahead(ahead)
            time.sleep(1)
            assert crowd.host.get("/api/auth/me").ok
        assert sum(tab.connects for tab in crowd.tabs) == PAGES, "nobody was disconnected"
        for ahead in (-HOUR, DAY, 0):
            clock.set_ahead(ahead)
            server.kill()
            server.start()
            time.sleep(1)
            assert crowd.host.get("/api/auth/me").ok
        crowd.check()
        times = [message["created_at"] for message in crowd.host.history(crowd.room)]
        print(f"from {min(times)} to {max(times)}, {crowd.counts()}")
        spread = datetime.fromisoformat(max(times)) - datetime.fromisoformat(min(times))
        assert times != sorted(times) and spread.total_seconds() > DAY + HOUR, "the clock did jump"


@pytest.mark.parametrize("ahead", [-HOUR, DAY])
def test_a_step_of_the_clock_locks_nobody_out(server: RunningServer, clock: Clock, ahead: int) -> None:
    """Whoever has used up a limit waits for a minute, as before, not until the clock is where it was."""
    ada = Person(server.url, "ada").register().connect()
    ada.join()
    answers = [ada.send("again") for _ in range(301)]
    assert [answer["ok"] for answer in answers] == [True] * 300 + [False]
    assert answers[-1]["error"]["retry_after"] <= 60
    clock.set_ahead(ahead)
    answer = ada.send("after the step")
    ada.disconnect()
    assert answer["ok"] or answer["error"]["retry_after"] <= 60, answer["error"]
