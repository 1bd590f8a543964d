"""The quick way to read the head of a request understands it as the library does, or leaves it to the library."""

import io
from types import SimpleNamespace
from typing import Any

import pytest
from eventlet.wsgi import FileObjectForHeaders, HttpProtocol

from chat.realtime.plain_heads import PlainHeads, read_plain

LINE = b"POST /v1/chat?x=1 HTTP/1.1\r\n"
USUAL = b"Host: a:5000\r\nAuthorization: Bearer rt_x\r\nContent-Type: application/json\r\nContent-Length: 3\r\n\r\n"
PLAIN = {
    "usual": (LINE, USUAL),
    "nothing but a host": (b"GET / HTTP/1.1\r\n", b"Host: a\r\n\r\n"),
    "spaces": (LINE, b"Host:   a \t\r\nX-Empty:\r\nX-Colon: a: b\r\n\r\n"),
    "twice": (LINE, b"X-Forwarded-For: 1\r\nx-forwarded-for: 2\r\n\r\n"),
    "close": (LINE, b"Connection: Close\r\n\r\n"),
    "keep alive": (LINE, b"Connection: keep-alive\r\n\r\n"),
    "latin": (LINE, b"X-Name: \xe4\xff\r\n\r\n"),
    "not ours": (LINE, b"Transfer-Encoding: chunked\r\nUpgrade: websocket\r\nSec-Fetch-Site: none\r\n\r\n"),
}
ODD = {
    "old": (b"GET / HTTP/1.0\r\n", USUAL),
    "two slashes": (b"GET //evil.example HTTP/1.1\r\n", USUAL),
    "no path": (b"GET * HTTP/1.1\r\n", USUAL),
    "a line feed alone": (b"GET / HTTP/1.1\n", USUAL),
    "three words too many": (b"GET / x HTTP/1.1\r\n", USUAL),
    "folded": (LINE, b"X-Long: a\r\n b\r\n\r\n"),
    "space before the colon": (LINE, b"X-A : b\r\n\r\n"),
    "underscore": (LINE, b"X_A: b\r\n\r\n"),
    "no name": (LINE, b": b\r\n\r\n"),
    "no colon": (LINE, b"Host a\r\n\r\n"),
    "no header": (LINE, b"\r\n"),
    "waits for a continue": (LINE, b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n"),
    "line feeds in a value": (LINE, b"X-A: b\nX-C: d\r\n\r\n"),
    "too many": (LINE, b"A: b\r\n" * 101 + b"\r\n"),
    "two lengths": (LINE, b"Content-Length: 1\r\ncontent-length: 1\r\n\r\n"),
    "a length with a sign": (LINE, b"Content-Length: +1\r\n\r\n"),
    "not whole": (LINE, USUAL[:-2]),
}


class Library(HttpProtocol):  # type: ignore[misc]  # the library has no types
    """Without a connection."""

    def __init__(self, line: bytes, rest: bytes) -> None:
        self.raw_requestline = line
        self.rfile = FileObjectForHeaders(io.BufferedReader(io.BytesIO(rest)))  # type: ignore[arg-type]  # it is raw enough
        self.server = SimpleNamespace(get_environ=dict)
        self.request = self.connection = SimpleNamespace(getsockname=lambda: ("127.0.0.1", 5000))
        self.client_address = ("127.0.0.1", 1234)
        self.conn_state = [None, None, None]

    def said(self) -> dict[str, Any]:
        """What the application gets to know, and where the body begins."""
        assert self.parse_request()
        environ = self.get_environ()
        more = {"close": bool(self.close_connection), "line": self.requestline, "version": self.request_version}
        return {name: str(value) for name, value in environ.items() if isinstance(value, str | tuple)} | more


class Quick(PlainHeads, Library):
    """As the server's."""


@pytest.mark.parametrize("request_", PLAIN.values(), ids=PLAIN)
def test_a_plain_head_means_what_it_means_to_the_library(request_: tuple[bytes, bytes]) -> None:
    line, rest = request_
    assert read_plain(line, rest)
    quick, library = Quick(line, rest + b"body"), Library(line, rest + b"body")
    assert quick.said() == library.said()
    assert quick.rfile.fp.read() == library.rfile.fp.read() == b"body"


@pytest.mark.parametrize("request_", ODD.values(), ids=ODD)
def test_anything_else_is_left_to_the_library(request_: tuple[bytes, bytes]) -> None:
    assert read_plain(*request_) is None


@pytest.mark.parametrize("lengths", [b"1, 1", b"+1", b"1_0", b"-1", b"0x1", b"", b"\xb2", b"1\r\nContent-Length: 1"])
def test_a_length_that_can_be_read_in_two_ways_is_refused(lengths: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    quick, refused = Quick(LINE, b"Host: a\r\nContent-Length: " + lengths + b"\r\n\r\nb"), list[int]()
    monkeypatch.setattr(quick, "send_error", refused.append)
    assert not quick.parse_request()
    assert refused == [400] and quick.close_connection
