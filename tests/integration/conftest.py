"""One server with a scripted model for all tests of a module; each test makes its own people and rooms."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.people import Person, new_key
from tests.running_server import RunningServer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    data_dir: Path = tmp_path_factory.mktemp("data")
    limits = {"LOGIN_RATE_LIMIT": "1000", "LLM_RATE_LIMIT": "1000", "MESSAGE_RATE_LIMIT": "100000"}
    with RunningServer(data_dir, LLM_SCRIPTED="on", **limits) as running:
        yield running


@pytest.fixture
def newcomer(server: RunningServer) -> Iterator[Callable[[], Person]]:
    """Makes a person with an account of their own and an open socket."""
    people: list[Person] = []

    def make() -> Person:
        person = Person(server.url, f"p{new_key()[:12]}").register().connect()
        people.append(person)
        return person

    yield make
    for person in people:
        person.disconnect()
