"""A server with a sign-in provider on loopback."""

from collections.abc import Iterator

import pytest

from tests.fakes.oidc import FakeProvider, ProviderBehaviour
from tests.people import Person, new_key
from tests.running_server import RunningServer
from tests.sign_in_browser import settings_of


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeProvider]:
    with FakeProvider() as fake:
        yield fake


@pytest.fixture(scope="module")
def server(provider: FakeProvider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with RunningServer(tmp_path_factory.mktemp("data"), **settings_of(provider)) as running:
        yield running


@pytest.fixture(scope="module")
def admin(server: RunningServer) -> Person:
    """The first account."""
    return Person(server.url, "root").register()


@pytest.fixture(autouse=True)
def calm(provider: FakeProvider, admin: Person) -> None:
    name = f"p{new_key()[:12]}"
    profile = {"preferred_username": name, "name": "Ada Lovelace", "email": "root@example.org"}
    provider.intercept = lambda _: False
    provider.behaviour = ProviderBehaviour(subject=new_key(), profile=profile)
