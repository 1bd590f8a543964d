"""Addresses, methods, headers and bodies of HTTP that no browser sends."""

import socket
import time
from collections.abc import Callable, Iterator

import pytest
import requests

from tests.people import Person, new_key
from tests.raw_socket import cookies_of
from tests.running_server import RunningServer

ERROR = {"code", "message", "retry_after", "field", "request_id"}


NewPerson = Callable[[], Person]


@pytest.fixture
def ada(server: RunningServer) -> Iterator[Person]:
    """Who asks; at the end the server still runs, still knows them, and its log has no traceback."""
    person = Person(server.url, f"p{new_key()[:12]}").register()
    yield person
    assert server.process and server.process.poll() is None
    assert person.get("/api/auth/me").ok
    assert "Traceback" not in server.log()


def _raw(server: RunningServer, request: bytes) -> bytes:
    """What the server says to these bytes until it hangs up or says no more for a second."""
    answer = b""
    with socket.create_connection(("127.0.0.1", server.port), timeout=1) as connection:
        try:
            connection.sendall(request)
            while piece := connection.recv(65_536):
                answer += piece
        except OSError:
            return answer
    return answer


def _request(server: RunningServer, line: str, *headers: str, body: bytes = b"") -> bytes:
    head = "\r\n".join((line, f"Host: 127.0.0.1:{server.port}", "Connection: close", *headers, "", ""))
    return _raw(server, head.encode("latin-1") + body)


def _status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def _assert_harmless(answer: bytes) -> None:
    assert b"Traceback" not in answer and b'File "' not in answer and b"site-packages" not in answer


API_PATHS = [
    "/api/../api/auth/me",
    "/api/..",
    "/api/%2e%2e/auth/me",
    "/api/auth/me/",
    "/api//auth/me",
    "/api/%00",
    "/api/auth/me%00",
    "/api/auth/me%0d%0aX-Evil:%20yes",
    "/api/rooms/%00/members",
    "/api/rooms/%ff%fe/members",
    "/api/rooms/..%2f..%2fx/members",
    "/api/rooms/" + "a" * 7000 + "/members",
    "/api/rooms/%20/members",
    "/api/rooms/'%20or%201=1--/members",
    "/api/" + "x" * 5000,
    "/api/chat/history?room=%00",
    "/api/chat/history?room=general%00",
    "/api/chat/history?room=" + "x" * 7000,
    "/api/chat/history?room=%ff",
    "/v1/nothing",
]


@pytest.mark.parametrize("path", API_PATHS, ids=range(len(API_PATHS)))
def test_an_odd_address_of_the_api_is_not_found(server: RunningServer, ada: Person, path: str) -> None:
    answer = _request(server, f"GET {path} HTTP/1.1", f"Cookie: {cookies_of(ada)}")
    _assert_harmless(answer)
    assert _status(answer) in (404, 308), answer
    assert b"\r\nX-Evil" not in answer
    if _status(answer) == 404:
        assert b'"code":"not_found"' in answer


PAGE_PATHS = [
    "/../../etc/passwd",
    "/..%2f..%2fetc%2fpasswd",
    "/%2e%2e/%2e%2e/app.py",
    "/assets/../../../app.py",
    "/assets/%2e%2e%2fapp.py",
    "/%00",
    "/index.html%00.js",
    "/%ff",
    "/" + "a" * 300,
    "/" + "a/" * 3000,
    "/assets",
    "/..",
    "/.env",
    "//evil.example/..",
    "/\\evil.example",
    "/%5cetc",
]


@pytest.mark.parametrize("path", PAGE_PATHS, ids=range(len(PAGE_PATHS)))
def test_an_odd_address_of_a_page_shows_no_file(server: RunningServer, ada: Person, path: str) -> None:
    answer = _request(server, f"GET {path} HTTP/1.1")
    _assert_harmless(answer)
    assert _status(answer) in (200, 308, 404, 503), answer[:200]
    assert b"root:" not in answer and b"monkey_patch" not in answer
    assert b"Location: //" not in answer and b"Location: http://evil" not in answer


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "FOO", "PROPFIND"])
def test_a_method_that_an_address_does_not_take(server: RunningServer, ada: Person, method: str) -> None:
    for path in ("/api/llm/models", "/api/openapi.json", "/api/chat/history", "/"):
        answer = _request(server, f"{method} {path} HTTP/1.1", f"Cookie: {cookies_of(ada)}")
        _assert_harmless(answer)
        assert _status(answer) == 405 and b'"error":{' in answer, answer


def test_a_body_of_five_megabytes_is_refused(server: RunningServer, ada: Person) -> None:
    json_type = {"Content-Type": "application/json"}
    try:
        answer = ada.http.post(f"{server.url}/api/rooms", data=b"x" * 5_000_000, headers=json_type, timeout=30)
    except requests.ConnectionError:
        return  # refused while it was still being sent
    assert answer.status_code == 413
    assert set(answer.json()["error"]) == ERROR and answer.json()["error"]["code"] == "too_large"


def test_a_body_that_nobody_reads_is_not_the_next_request(server: RunningServer, ada: Person) -> None:
    hidden = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    head = f"POST /api/auth/logout HTTP/1.1\r\nHost: x\r\nContent-Length: {len(hidden)}\r\n\r\n"
    answer = _raw(server, head.encode() + hidden)
    assert answer.count(b"HTTP/1.1 ") == 1 and b'"not_signed_in"' in answer


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x00" * 100,
        b"GET / HTTP/1.1\r\nHost: a\x00b\r\n\r\n",
        b"GET /api/auth/me HTTP/1.1\r\nHost: \xff\r\n\r\n",
        b"A" * 70_000,
        b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /api/rooms HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"POST /api/rooms HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /api/rooms HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nx\r\n0\r\n\r\n",
        b"POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n\r\n",
        b"POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999\r\n\r\n",
    ],
    ids=range(17),
)
def test_bytes_that_are_no_request(server: RunningServer, ada: Person, request_bytes: bytes) -> None:
    _assert_harmless(_raw(server, request_bytes))


@pytest.mark.parametrize(
    "header",
    [
        "Cookie: roundtable_session=\xff\xfe",
        "Cookie: roundtable_session=",
        "Cookie: roundtable_session=" + "x" * 8000,
        'Cookie: roundtable_session="\\"',
        "Cookie: =;=;;",
        "Authorization: Bearer \xff\xfe",
        "Authorization: Bearer rt_\xff",
        "Authorization: Bearer " + "x" * 8000,
        "Authorization: Basic YTpi",
        "Authorization: Bearer",
        "X-API-Key: rt_",
        "X-API-Key: \x01",
        "X-API-Key:",
    ],
    ids=range(13),
)
def test_a_sign_in_of_odd_bytes_is_none(server: RunningServer, ada: Person, header: str) -> None:
    answer = _request(server, "GET /api/auth/me HTTP/1.1", header)
    _assert_harmless(answer)
    assert _status(answer) == 401 and b'"not_signed_in"' in answer


def test_who_is_shut_out_while_a_body_comes_does_nothing_with_it(server: RunningServer, newcomer: NewPerson) -> None:
    eve = newcomer()
    body = b'{"name": "kept for later"}'
    head = (
        f"POST /api/keys HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nCookie: {cookies_of(eve)}\r\n"
        f"Connection: close\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(head.encode() + body[:-1])
        time.sleep(1)
        assert eve.post("/api/auth/logout").status_code == 204
        connection.sendall(body[-1:])
        assert _status(connection.recv(65_536)) == 401
    assert eve.sign_in().get("/api/keys").json()["keys"] == []
