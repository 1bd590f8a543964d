"""PostgreSQL is started again, or killed, under a server of ours that goes on: nothing acknowledged is lost."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.crowd import SETTLE_SECONDS, Crowd
from tests.people import Person, new_key
from tests.postgres_server import PostgresServer
from tests.running_server import LIMITS, RunningServer
from tests.stored import whole_history

PAGES, TIMES = 6, 3


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        yield server


@pytest.fixture
def server(postgres: PostgresServer, tmp_path: Path) -> Iterator[RunningServer]:
    url = postgres.address.format("postgres")
    with RunningServer(tmp_path, DATABASE_URL=url, **LIMITS) as running:
        yield running


def test_while_the_database_is_away_the_server_says_so_and_goes_on_when_it_is_back(
    postgres: PostgresServer, server: RunningServer
) -> None:
    ada = Person(server.url, f"p{new_key()[:12]}").register().connect()
    ada.join()
    before = ada.send("before")["message"]
    postgres.stop()
    refused = ada.call("send_message", {"room": ada.room, "content": "while", "client_id": new_key()})
    assert refused["error"]["code"] == "internal" and "does not answer" in refused["error"]["message"]
    assert refused["error"]["retry_after"]
    _wait_for_readiness(server, 503)
    postgres.start()
    assert ada.send("after")["message"]["seq"] == before["seq"] + 1
    _wait_for_readiness(server, 200)
    ada.disconnect()
    assert "Traceback" not in server.log()


def _wait_for_readiness(server: RunningServer, status: int) -> None:
    """It looks every few seconds."""
    until = time.monotonic() + 20
    while requests.get(f"{server.url}/readyz", timeout=30).status_code != status:
        assert time.monotonic() < until
        time.sleep(0.2)


@pytest.mark.parametrize("how", ["restart", "kill"])
def test_nothing_acknowledged_is_lost_when_the_database_goes(
    postgres: PostgresServer, server: RunningServer, how: str
) -> None:
    with Crowd(server, PAGES) as crowd:
        for _ in range(TIMES):
            time.sleep(1)
            if how == "kill":
                postgres.kill()
                postgres.start()
            else:
                postgres.restart()
            time.sleep(0.5)
            crowd.check_kept()
        crowd.be_quiet()
        for tab in crowd.tabs:
            tab.bring_up_to_date(SETTLE_SECONDS)
        crowd.check_kept().check(whole_history(crowd.host, crowd.room))
        print(crowd.counts())
        assert crowd.written > 10 * TIMES
