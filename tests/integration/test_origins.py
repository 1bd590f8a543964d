"""Pages of other origins cannot act with a signed-in browser's cookie; programs with a key can do so from anywhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import websocket

from tests.people import Person, new_key
from tests.raw_socket import RawSocket, cookies_of
from tests.running_server import LIMITS, RunningServer

FOREIGN = [
    "https://evil.example", "http://127.0.0.1", "http://127.0.0.1:1", "null", "http://[", "http://", "x", "file://",
    "http://127.0.0.1:{port}.evil.example", "https://127.0.0.1:{port}", "http://evil@127.0.0.1:{port}",
    "//127.0.0.1:{port}", "http://localhost:{port}", "\u00ff",
]  # fmt: skip


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server that its people reach by two names."""
    origins = "https://chat.example.org, http://intranet:8080"
    data_dir: Path = tmp_path_factory.mktemp("named")
    with RunningServer(data_dir, ALLOWED_ORIGINS=origins, LLM_SCRIPTED="on", **LIMITS) as running:
        yield running


def _writes(server: RunningServer) -> list[tuple[str, str]]:
    """Every operation that changes something, with ids that fit nothing."""
    paths = requests.get(f"{server.url}/api/openapi.json", timeout=10).json()["paths"]
    found = [(m.upper(), path) for path, methods in paths.items() for m in methods if m != "get"]
    return [(method, path.replace("{", "").replace("}", "")) for method, path in found]


def _without_origin(person: Person) -> requests.Session:
    http = requests.Session()
    http.headers["Cookie"] = cookies_of(person)
    return http


def test_a_foreign_page_changes_nothing_with_a_cookie(server: RunningServer) -> None:
    ada = Person(server.url, f"p{new_key()[:8]}").register()
    http = _without_origin(ada)
    writes = _writes(server)
    assert len(writes) >= 10
    for method, path in writes:
        for origin in FOREIGN:
            headers = {"Origin": origin.format(port=server.port).encode("latin-1")}
            answer = http.request(method, server.url + path, json={}, headers=headers, timeout=10)
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_allowed"), (path, origin)
            assert "Access-Control-Allow-Origin" not in answer.headers and "Set-Cookie" not in answer.headers
        for site in ("cross-site", "same-site"):
            answer = http.request(method, server.url + path, json={}, headers={"Sec-Fetch-Site": site}, timeout=10)
            assert answer.status_code == 403
    assert ada.get("/api/auth/me").ok, "still signed in"


def test_its_own_page_and_a_program_may(server: RunningServer) -> None:
    ada = Person(server.url, f"p{new_key()[:8]}").register()
    http = _without_origin(ada)
    for headers in ({}, {"Origin": server.url}, {"Origin": server.url, "Sec-Fetch-Site": "same-origin"}):
        body = {"room": "general", "content": "x", "client_id": new_key()}
        assert http.post(f"{server.url}/api/chat/message", json=body, headers=headers, timeout=10).status_code == 201


def test_a_key_is_good_from_every_origin(server: RunningServer) -> None:
    ada = Person(server.url, f"p{new_key()[:8]}").register()
    key = ada.post("/api/keys", name="x").json()["key"]
    body = {"room": "general", "content": "x", "client_id": new_key()}
    for headers in ({"Authorization": f"Bearer {key}"}, {"X-API-Key": key}):
        http = requests.Session()
        http.headers.update({**headers, "Origin": "https://evil.example"})
        assert http.post(f"{server.url}/api/chat/message", json=body, timeout=10).ok
        http.headers["Cookie"] = cookies_of(ada)
        http.headers.update({name: value.replace(key, "rt_nonsense") for name, value in headers.items()})
        assert http.post(f"{server.url}/api/chat/message", json=body, timeout=10).status_code == 401, "not the cookie"


@pytest.mark.parametrize("origin", FOREIGN)
def test_no_socket_for_a_foreign_page(server: RunningServer, origin: str) -> None:
    ada = Person(server.url, f"p{new_key()[:8]}").register()
    origin = origin.format(port=server.port)
    if origin.isascii():
        with pytest.raises(websocket.WebSocketBadStatusException) as refused:
            RawSocket(server.url, cookies_of(ada), origin)
        assert refused.value.status_code == 400
    headers: dict[str, str | bytes] = {"Origin": origin.encode("latin-1"), "Cookie": cookies_of(ada)}
    polling = f"{server.url}/socket.io/?EIO=4&transport=polling"
    for answer in (
        requests.get(polling, headers=headers, timeout=10),
        requests.post(polling, headers=headers, timeout=10),
    ):
        assert answer.status_code == 400 and "sid" not in answer.text
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert "Traceback" not in server.log()


def test_a_socket_for_its_own_page_and_for_a_program(server: RunningServer) -> None:
    ada = Person(server.url, f"p{new_key()[:8]}").register()
    for origin in (None, server.url):
        with RawSocket(server.url, cookies_of(ada), origin) as raw:
            assert raw.sign_in().startswith("40") and raw.still_works()


def test_configured_origins_replace_the_servers_own(named: RunningServer) -> None:
    ada = Person(named.url, f"p{new_key()[:8]}")
    ada.http.headers["Origin"] = "https://chat.example.org"
    ada.register()
    cookie = cookies_of(ada) or f"roundtable_session={next(iter(ada.http.cookies)).value}"
    allowed = {"https://chat.example.org": 201, "http://intranet:8080": 201}
    refused = {
        named.url: 403,
        "http://chat.example.org": 403,
        "https://chat.example.org.evil": 403,
        "http://intranet": 403,
    }
    for origin, status in {**allowed, **refused}.items():
        headers = {"Origin": origin, "Cookie": cookie}
        body = {"room": "general", "content": "x", "client_id": new_key()}
        answer = requests.post(f"{named.url}/api/chat/message", json=body, headers=headers, timeout=10)
        assert answer.status_code == status, origin
    for origin in allowed:
        with RawSocket(named.url, cookie, origin) as raw:
            assert raw.sign_in().startswith("40")
    for origin in refused:
        polling = f"{named.url}/socket.io/?EIO=4&transport=polling"
        assert requests.get(polling, headers={"Origin": origin}, timeout=10).status_code == 400


@pytest.mark.parametrize(
    "path",
    ["/", "/rooms/general", "/rooms/a/b", "/m/none", "/assets/none.js", "/api/openapi.json", "/api/auth/me",
     "/api/nothing", "/healthz"],
)  # fmt: skip
def test_every_answer_says_what_a_page_may_do(server: RunningServer, path: str) -> None:
    headers = requests.get(server.url + path, timeout=10).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["script-src"] == policy["connect-src"] == "'self'"
    assert policy["object-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers
    if path.startswith("/api/"):
        assert headers["Cache-Control"] == "no-store"


def test_a_script_of_another_version_is_not_answered_with_a_page(server: RunningServer) -> None:
    answer = requests.get(f"{server.url}/assets/index-of-last-week.js", timeout=10)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/json")
    assert "Reload the page" in answer.json()["error"]["message"]
