"""PostgreSQL is started again, or killed, under a server of ours that goes on: nothing acknowledged is lost."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from sqlalchemy import Connection, event

from chat.db.opening import open_database
from chat.errors import NotStored
from chat.events import Event, MessagePosted
from chat.publishing import Publisher
from tests.crowd import Crowd
from tests.people import Person, new_key
from tests.postgres_server import PostgresServer
from tests.running_server import LIMITS, RunningServer
from tests.services.den import Den

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


def test_a_unit_that_is_lost_in_a_crash_is_not_taken_for_the_next_one(postgres: PostgresServer) -> None:
    """PostgreSQL gives the next one the number of the transaction that it has lost."""
    heard: list[Event] = []
    publisher = Publisher()
    publisher.subscribe(heard.append)
    url = postgres.address.format("template1")
    db, other = open_database(url, publisher), open_database(url, publisher)
    den = Den(db, heard)

    def crash(_: Connection) -> None:
        postgres.kill()
        postgres.start()
        den.db = other
        den.say(den.mira, "kept")

    event.listen(db._write, "commit", crash, once=True)
    with pytest.raises(NotStored, match="Nothing was stored"):
        den.say(den.ada, "lost")
    announced = [one.message.content for one in heard if isinstance(one, MessagePosted)]
    assert announced == [message.content for message in den.history()] == ["kept"]
    for database in (db, other):
        database.close()


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
        crowd.check()
        print(crowd.counts())
        assert crowd.written > 10 * TIMES
