"""A server behind nginx and behind Caddy, with the configuration of `deploy/`; every test runs with both."""

from collections.abc import Callable, Iterator

import pytest

from tests.fakes.ollama import FakeOllama
from tests.fakes.recorder import Recorder
from tests.people import Person, new_key
from tests.proxies import CERTIFICATES, Caddy, Nginx, Proxy
from tests.running_server import LIMITS, RunningServer

KINDS = {"nginx": Nginx, "caddy": Caddy}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, ollama: FakeOllama) -> Iterator[RunningServer]:
    data_dir = tmp_path_factory.mktemp("data")
    with RunningServer(data_dir, TRUSTED_PROXIES="1", OLLAMA_BASE_URL=ollama.url, **LIMITS) as running:
        yield running


@pytest.fixture(params=KINDS)
def start(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Proxy]]:
    """Starts a proxy in front of servers at these ports; the clients of the test trust its certificate."""
    running: list[Proxy] = []

    def start_one(*ports: int) -> Proxy:
        proxy = KINDS[request.param](tmp_path_factory.mktemp("proxy"), *(f"127.0.0.1:{port}" for port in ports))
        for name in CERTIFICATES:
            monkeypatch.setenv(name, str(proxy.certificates))
        running.append(proxy.__enter__())
        return proxy

    yield start_one
    for proxy in running:
        proxy.__exit__()


@pytest.fixture
def proxy(start: Callable[..., Proxy], server: RunningServer) -> Proxy:
    """In front of the module's server."""
    return start(server.port)


@pytest.fixture
def recorder(start: Callable[..., Proxy]) -> Iterator[tuple[Proxy, Recorder]]:
    """In front of somebody who only writes down what comes."""
    with Recorder() as upstream:
        yield start(upstream.port), upstream


@pytest.fixture
def newcomer(proxy: Proxy) -> Iterator[Callable[..., Person]]:
    """Makes a person with an account of their own who has come through the proxy, with an open socket."""
    people: list[Person] = []

    def make(transport: str = "websocket") -> Person:
        people.append(Person(proxy.url, f"p{new_key()[:12]}").register().connect(transport))
        return people[-1]

    yield make
    for person in people:
        person.disconnect()
