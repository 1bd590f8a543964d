"""/readyz says whether people can be sent here, and if not, why and what to do."""

import resource
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.people import Person
from tests.running_server import LIMITS, RunningServer

SOON = 20.0  # seconds until it is noticed: the server waits ten for another program, and looks every five


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with RunningServer(tmp_path, LLM_SCRIPTED="on", **LIMITS) as running:
        yield running


def _ask(server: RunningServer) -> tuple[int, dict[str, Any]]:
    answer = requests.get(f"{server.url}/readyz", timeout=30)
    return answer.status_code, answer.json()


def _wait_until(server: RunningServer, status: int) -> dict[str, Any]:
    give_up = time.monotonic() + SOON
    while time.monotonic() < give_up:
        found, told = _ask(server)
        if found == status:
            return told
        time.sleep(0.2)
    raise AssertionError(f"still {found}: {told}")


def test_a_server_that_can_serve_is_ready(server: RunningServer) -> None:
    status, told = _ask(server)
    assert status == 200
    assert told == {"status": "ok", "checks": {"models": {"scripted": True}, "database": "ok"}}


def test_a_database_that_another_program_holds_is_said_so_until_it_lets_go(server: RunningServer) -> None:
    with closing(sqlite3.connect(server.data_dir / "roundtable.db", timeout=10, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        told = _wait_until(server, 503)
        assert told["status"] == "failing" and "Another program holds" in told["checks"]["database"]
        assert requests.get(f"{server.url}/healthz", timeout=5).ok, "it need not be started again"
        other.execute("ROLLBACK")
    assert _wait_until(server, 200)["status"] == "ok"


def test_a_disk_that_takes_nothing_is_said_so_though_everything_can_be_read(server: RunningServer) -> None:
    ada = Person(server.url, "ada").register()
    assert server.process and ada.post("/api/chat/message", room="general", content="hello", client_id="first").ok
    largest = max(path.stat().st_size for path in server.data_dir.iterdir())
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))
    fill = iter(range(10_000))
    while ada.post("/api/chat/message", room="general", content="x" * 15_000, client_id=f"k{next(fill)}").ok:
        pass
    told = _wait_until(server, 503)
    assert "disk" in told["checks"]["database"] and "admin" in told["checks"]["database"]
    assert ada.history()[0]["content"] == "hello"
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    assert _wait_until(server, 200)["checks"]["database"] == "ok"


def test_asking_often_does_not_make_the_disk_work(server: RunningServer) -> None:
    def written() -> int:
        return (server.data_dir / "roundtable.db-wal").stat().st_size

    _ask(server)
    before, began = written(), time.monotonic()
    asked = sum(_ask(server)[0] == 200 for _ in range(100))
    looks = 1 + (time.monotonic() - began) // 5
    assert asked == 100 and written() - before <= looks * 10 * 4120


def test_a_server_that_is_being_stopped_sends_people_elsewhere(server: RunningServer) -> None:
    assert server.process
    heard: list[tuple[int, dict[str, Any]]] = []
    with requests.Session() as session:
        session.get(f"{server.url}/readyz", timeout=5)
        server.process.send_signal(signal.SIGTERM)
        try:
            while True:
                answer = session.get(f"{server.url}/readyz", timeout=5)
                heard.append((answer.status_code, answer.json()))
        except requests.ConnectionError:
            assert server.process.wait(10) == 0
    status, told = heard[-1]
    assert status == 503 and told["status"] == "stopping" and "another one" in told["checks"]["server"]
