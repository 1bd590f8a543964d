"""Processes that are one server: one database file, one Redis."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import Person, new_key
from tests.running_redis import RunningRedis
from tests.running_server import LIMITS, RunningServer
from tests.services.teams import until


@dataclass(frozen=True)
class Pair:
    """`person_at(server)` has a new account and an open socket there."""

    redis: RunningRedis
    one: RunningServer
    other: RunningServer
    person_at: Callable[[RunningServer], Person]

    def wait_for_redis(self, state: str) -> None:
        """Until both say so where they are asked whether they are ready, which they are in any case."""
        for server in (self.one, self.other):
            until(lambda at=server: _redis_at(at) == state)


def _redis_at(server: RunningServer) -> str:
    answer = requests.get(f"{server.url}/readyz", timeout=10)
    assert answer.status_code == 200, answer.text
    state: str = answer.json()["checks"]["redis"]
    return state


@pytest.fixture(scope="module")
def redis() -> Iterator[RunningRedis]:
    with RunningRedis() as running:
        yield running


@pytest.fixture(scope="module")
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama(OllamaBehaviour()) as fake:
        yield fake


@pytest.fixture(scope="module")
def servers(
    redis: RunningRedis, ollama: FakeOllama, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[RunningServer, ...]]:
    data_dir: Path = tmp_path_factory.mktemp("data")
    settings = {"REDIS_URL": redis.url, "OLLAMA_BASE_URL": ollama.url, **LIMITS}
    with RunningServer(data_dir, **settings) as one, RunningServer(data_dir, **settings) as other:
        yield one, other


@pytest.fixture
def pair(redis: RunningRedis, servers: tuple[RunningServer, ...]) -> Iterator[Pair]:
    people: list[Person] = []

    def person_at(server: RunningServer) -> Person:
        people.append(Person(server.url, f"p{new_key()[:12]}").register().connect())
        return people[-1]

    made = Pair(redis, *servers, person_at)
    made.wait_for_redis("ok")
    yield made
    for person in people:
        person.disconnect()


def room_of(*people: Person) -> str:
    """A new room with all of them in it."""
    room: str = people[0].post("/api/rooms", name="Den", kind="public").json()["room"]["id"]
    for person in people:
        person.join(room)
    return room


def seqs(person: Person, room: str) -> list[int]:
    """Of all messages there that this person has heard, in the order of hearing."""
    return [message["seq"] for message in person.seen("message") if message["room"] == room]
