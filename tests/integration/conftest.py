"""One server with a scripted model for all tests of a module; each test makes its own people and rooms."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fakes.ollama import FakeOllama
from tests.people import Person, new_key
from tests.running_server import LIMITS, RunningServer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    data_dir: Path = tmp_path_factory.mktemp("data")
    with RunningServer(data_dir, LLM_SCRIPTED="on", **LIMITS) as running:
        yield running


@pytest.fixture(scope="module")
def ollama() -> Iterator[FakeOllama]:
    """A pretended Ollama, for the modules whose server asks one."""
    with FakeOllama() as fake:
        yield fake


@pytest.fixture(scope="module")
def admin(server: RunningServer) -> Person:
    """The first account, where a module's tests ask for it before anybody else comes."""
    return Person(server.url, f"p{new_key()[:12]}").register()


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


@pytest.fixture
def open_tab(server: RunningServer) -> Iterator[Callable[[Person], Person]]:
    """Opens another browser of somebody who is there already."""
    opened: list[Person] = []

    def open_one(person: Person) -> Person:
        opened.append(Person(server.url, person.username).sign_in().connect())
        return opened[-1]

    yield open_one
    for tab in opened:
        tab.disconnect()
