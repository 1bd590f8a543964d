"""docs/protocol.md and the server say the same: every route and event in one is in the other."""

import re
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import pytest
from flask import Flask

from chat.bootstrap import create_app
from chat.config import Config
from chat.wire.catalog import CLIENT_EVENTS, SERVER_EVENTS
from tests.repository.sources import none_of, read

PROTOCOL = "docs/protocol.md"
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
DOCUMENTED = re.compile(
    r"`(?:(?P<methods>(?:GET|POST|PUT|PATCH|DELETE)(?:/[A-Z]+)*) )?"
    r"(?P<path>/(?:api|v1)/[^`\s?]*)[^`]*`"
)
OURS = ("/api/", "/v1/")
# Socket.IO's own, which no wire model describes.
TRANSPORT = {"connect", "disconnect"}


class Route(NamedTuple):
    method: str
    path: str


def documented_routes(text: str) -> list[Route]:
    """`GET/POST /api/rooms/{room}/join|leave` are four routes; without a method any will do (`*`)."""
    found = []
    for match in DOCUMENTED.finditer(text.replace("\\|", "|")):
        methods = (match["methods"] or "*").split("/")
        found += [Route(method, path) for method, path in product(methods, _alternatives(match["path"]))]
    return found


def _alternatives(path: str) -> list[str]:
    segments = [segment.split("|") for segment in path.rstrip("/").split("/")]
    return ["/".join(chosen) for chosen in product(*segments)]


def same_path(documented: str, served: str) -> bool:
    """`/api/rooms/{room}` and `/api/rooms/<room>` are the same."""
    ours, theirs = documented.split("/"), served.rstrip("/").split("/")
    return len(ours) == len(theirs) and all(
        a == b or (a[:1] in "{<:" and a and b[:1] == "<") for a, b in zip(ours, theirs, strict=True)
    )


def matches(documented: Route, served: Route) -> bool:
    return documented.method in ("*", served.method) and same_path(documented.path, served.path)


def documented_events(text: str, heading: str) -> set[str]:
    """The names in the first column of the tables below the heading that begins so."""
    section = re.search(rf"^##+ {re.escape(heading)}[^\n]*\n(.*?)(?=^##? |\Z)", text, flags=re.MULTILINE | re.DOTALL)
    rows = re.findall(r"^\| *((?:`[^`]+`[, ]*)+)\|", section[1] if section else "", flags=re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The real application with no model behind it. Threads, so that nothing has to be patched for it."""
    settings = {"DATA_DIR": str(tmp_path_factory.mktemp("data")), "ASYNC_MODE": "threading"}
    application = create_app(Config.from_env(settings), backends=())
    yield application.core.flask
    application.close()


@pytest.fixture(scope="module")
def served(app: Flask) -> list[Route]:
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith(OURS)]
    return [Route(method, rule.rule) for rule in rules for method in sorted((rule.methods or set()) & METHODS)]


def test_every_documented_route_is_served(served: list[Route]) -> None:
    documented = documented_routes(read(PROTOCOL))
    assert documented
    none_of(f"{route.method} {route.path}" for route in documented if not any(matches(route, ours) for ours in served))


def test_every_served_route_is_documented(served: list[Route]) -> None:
    documented = documented_routes(read(PROTOCOL))
    none_of(f"{route.method} {route.path}" for route in served if not any(matches(said, route) for said in documented))


@pytest.mark.parametrize(
    ("heading", "known"), [("Socket.IO, client → server", CLIENT_EVENTS), ("Socket.IO, server → client", SERVER_EVENTS)]
)
def test_events_in_the_document_and_in_the_catalog_are_the_same(heading: str, known: dict[str, type]) -> None:
    assert documented_events(read(PROTOCOL), heading) - TRANSPORT == known.keys()


def test_the_server_listens_for_exactly_the_events_of_the_catalog(app: Flask) -> None:
    listened_for = set(app.extensions["socketio"].server.handlers["/"])
    assert listened_for - TRANSPORT - {"*"} == CLIENT_EVENTS.keys()


def test_the_checkers_read_the_document() -> None:
    text = """
| `GET/POST /api/rooms` | `/api/rooms/{room}/join\\|leave` · `GET /api/chat/history?room&before` |
`POST /v1/chat/completions` and `GET /healthz`
## Socket.IO, client → server (each answers)
| event | payload |
|---|---|
| `a_b`, `c` | `{x}` |
### More
| `d` | |
## Next
| `e` | |
"""
    assert documented_routes(text) == [
        Route("GET", "/api/rooms"),
        Route("POST", "/api/rooms"),
        Route("*", "/api/rooms/{room}/join"),
        Route("*", "/api/rooms/{room}/leave"),
        Route("GET", "/api/chat/history"),
        Route("POST", "/v1/chat/completions"),
    ]
    assert documented_events(text, "Socket.IO, client → server") == {"a_b", "c", "d"}


@pytest.mark.parametrize(
    ("documented", "path", "expected"),
    [
        ("/api/rooms/{room}/join", "/api/rooms/<room>/join", True),
        ("/api/rooms/{room}", "/api/rooms/<room>/join", False),
        ("/api/rooms/lobby", "/api/rooms/<room>", False),
        ("/api/rooms", "/api/rooms/", True),
    ],
)
def test_the_checker_compares_paths(documented: str, path: str, expected: bool) -> None:
    assert same_path(documented, path) is expected
