"""Another process writes to the database file for a while: a backup, an import, a look with the sqlite3 shell.

Whoever sends has to wait or is told that it did not work; everybody else notices nothing.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import requests

from tests.crowd import Crowd
from tests.people import Person
from tests.running_server import LIMITS, RunningServer

pytestmark = pytest.mark.alone

PAGES = 6
SOON = 1.0  # seconds: what nobody waits for takes a few milliseconds, on a busy machine some hundred


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with RunningServer(tmp_path, **LIMITS) as running:
        yield running


@contextmanager
def _foreign_writer(server: RunningServer) -> Iterator[sqlite3.Connection]:
    """Holds the write lock of the file, as soon as it gets it."""
    path = server.data_dir / "roundtable.db"
    with closing(sqlite3.connect(path, isolation_level=None, timeout=10)) as connection:
        connection.execute("begin immediate")
        yield connection
        connection.rollback()


class _Watch:
    """Asks again and again beside the others; `worst` is the longest that an answer took, in seconds."""

    def __init__(self, ask: Callable[[], requests.Response]) -> None:
        self._ask = ask
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.worst, self.statuses = 0.0, set[int]()

    def _run(self) -> None:
        while not self._stop.wait(0.05):
            began = time.monotonic()
            self.statuses.add(self._ask().status_code)
            self.worst = max(self.worst, time.monotonic() - began)

    def __enter__(self) -> "_Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


@pytest.mark.parametrize("seconds", [2, 12])
def test_only_senders_wait_for_another_process(server: RunningServer, seconds: int) -> None:
    """Twelve seconds are more than the server waits."""
    with Crowd(server, PAGES) as crowd:
        time.sleep(0.5)
        health = _Watch(lambda: requests.get(f"{server.url}/healthz", timeout=30))
        reading = _Watch(lambda: crowd.host.get("/api/chat/history", room=crowd.room))
        with _foreign_writer(server), health, reading:
            time.sleep(seconds)
        began = time.monotonic()
        crowd.check()
        print(f"locked for {seconds} s: health took {health.worst:.2f} s at most, history {reading.worst:.2f} s,")
        print(f"settled {time.monotonic() - began:.1f} s later, {crowd.counts()}")
        assert "Traceback" not in server.log()
        assert health.statuses == reading.statuses == {200}
        assert health.worst < SOON and reading.worst < SOON


def test_who_was_away_for_a_while_can_read_all_the_same(server: RunningServer) -> None:
    """When a session was seen last is noted now and then; that can wait."""
    ada = Person(server.url, "ada").register()
    with closing(sqlite3.connect(server.data_dir / "roundtable.db", timeout=10)) as connection, connection:
        connection.execute("update sessions set last_seen_at = last_seen_at - 3600000")
    with _foreign_writer(server):
        began = time.monotonic()
        assert ada.history() == []
        assert time.monotonic() - began < SOON
