"""The limits of what we read from a backend, and of how long."""

import time
from collections.abc import Callable, Iterator

import pytest

from chat.errors import ModelUnreachable
from chat.llm.cancelling import Cancelled, CancelToken
from chat.llm.http import Http
from chat.llm.http_errors import Broken, Refused
from chat.llm.http_lines import MAX_LINE_BYTES, PAUSE
from tests.fakes.serving import Exchange, FakeServer


class Answering(FakeServer):
    """Answers everything as `reply` says."""

    reply: Callable[[Exchange], None]

    def answer(self, exchange: Exchange) -> None:
        self.reply(exchange)


@pytest.fixture
def server() -> Iterator[Answering]:
    with Answering() as server:
        yield server


@pytest.fixture
def http(server: Answering) -> Http:
    return Http(server.url, "The server")


def lines_of(http: Http) -> list[str]:
    with http.stream("/", {}, CancelToken()) as lines:
        return [line for line in lines if line != PAUSE]


def streaming(*pieces: bytes) -> Callable[[Exchange], None]:
    def reply(exchange: Exchange) -> None:
        exchange.begin_stream("application/x-ndjson")
        for piece in pieces:
            exchange.raw(piece)
        exchange.end_stream()

    return reply


def test_lines_are_whole_however_they_are_cut(server: Answering, http: Http) -> None:
    server.reply = streaming(b'{"a"', b':1}\r\n\n{"b":"\xc3', b'\xbc"}\n{"c":3}')
    assert lines_of(http) == ['{"a":1}', '{"b":"ü"}', '{"c":3}']


def test_a_pause_follows_the_lines_that_came_together(server: Answering, http: Http) -> None:
    def reply(exchange: Exchange) -> None:
        exchange.begin_stream("application/x-ndjson")
        exchange.raw(b"1\n2\n\n3\n4")
        exchange.pause(0.3)
        exchange.raw(b"5\n")
        exchange.end_stream()

    server.reply = reply
    with http.stream("/", {}, CancelToken()) as lines:
        assert list(lines) == ["1", "2", "3", PAUSE, "45", PAUSE]


def test_a_body_that_ends_before_its_length_is_broken(server: Answering, http: Http) -> None:
    def reply(exchange: Exchange) -> None:
        exchange.whole(b"1\n2\n", "text/plain", headers={"Content-Length": "100"})
        exchange.stop_short()

    server.reply = reply
    with pytest.raises(Broken):
        lines_of(http)


def test_a_line_without_end_is_refused_before_it_fills_the_memory(server: Answering, http: Http) -> None:
    server.reply = streaming(*[b"x" * 65536] * (MAX_LINE_BYTES // 65536 + 2))
    with pytest.raises(Refused, match="longer than"):
        lines_of(http)


def test_a_body_that_is_too_large_is_refused(server: Answering, http: Http) -> None:
    server.reply = lambda exchange: exchange.whole(b"[" + b" " * (17 * 1024 * 1024), "application/json")
    with pytest.raises(Refused, match="larger than"):
        http.get_json("/", timeout=60)


def test_a_list_call_ends_after_two_seconds_of_silence(server: Answering, http: Http) -> None:
    server.reply = lambda exchange: exchange.pause(60)
    began = time.monotonic()
    with pytest.raises(ModelUnreachable, match="does not answer"):
        http.get_json("/")
    assert time.monotonic() - began < 3


def test_a_list_that_trickles_in_is_given_up(server: Answering, http: Http) -> None:
    def trickle(exchange: Exchange) -> None:
        exchange.begin_stream("application/json")
        while True:
            exchange.raw(b" ")
            exchange.pause(0.05)

    server.reply = trickle
    with pytest.raises(Broken, match="too slowly"):
        http.get_json("/", timeout=0.3)


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nX-Long: ", b"HTTP/1.1 100 Continue\r\n\r\n", b""])
def test_a_head_that_trickles_in_is_given_up(server: Answering, http: Http, head: bytes) -> None:
    def trickle(exchange: Exchange) -> None:
        for _ in range(600):
            exchange.unframed(head or b"a")
            exchange.pause(0.05)

    server.reply = trickle
    began = time.monotonic()
    with pytest.raises(ModelUnreachable, match="does not answer"):
        http.get_json("/", timeout=0.3)
    assert time.monotonic() - began < 15, "by itself it would take half a minute"


def test_a_redirect_is_not_followed(server: Answering, http: Http) -> None:
    server.reply = lambda exchange: exchange.whole(b"", "text/plain", 302, {"Location": f"{server.url}/elsewhere"})
    with pytest.raises(Refused, match="redirect"):
        http.get_json("/")
    assert [seen.path for seen in server.seen] == ["/"]


@pytest.mark.parametrize("at", ["http://[1", "\xff", ""])
def test_where_a_redirect_would_lead_does_not_matter(server: Answering, http: Http, at: str) -> None:
    server.reply = lambda exchange: exchange.whole(b"x" * 1000, "text/plain", 307, {"Location": at})
    with pytest.raises(Refused, match="redirect"):
        http.get_json("/")
    with pytest.raises(Refused, match="redirect"):
        lines_of(http)


@pytest.mark.parametrize(
    ("told", "seconds"), [("7", 7.0), ("9" * 400, 3600.0), ("²", None), ("-1", None), ("Wed, 21 Oct 2026", None)]
)
def test_a_time_to_wait_is_believed_within_reason(
    server: Answering, http: Http, told: str, seconds: float | None
) -> None:
    server.reply = lambda exchange: exchange.json({"error": "busy"}, 429, {"Retry-After": told})
    with pytest.raises(Refused) as caught:
        http.get_json("/")
    assert caught.value.retry_after == seconds
    with pytest.raises(Refused) as caught:
        lines_of(http)
    assert caught.value.retry_after == seconds


def test_a_page_of_html_is_no_message_for_people(server: Answering, http: Http) -> None:
    server.reply = lambda exchange: exchange.whole(b"<html><h1>Bad gateway</h1></html>", "text/html", 502)
    with pytest.raises(Refused) as caught:
        http.get_json("/")
    assert caught.value.text == "HTTP 502 Bad Gateway"


def test_no_connection_is_left_after_a_thousand_requests_that_fail_or_succeed(server: Answering, http: Http) -> None:
    server.reply = lambda exchange: exchange.json({"error": "no"}, 500 if len(server.seen) % 2 else 200)
    for _ in range(1000):
        try:
            http.get_json("/")
        except Refused:
            continue
    assert server.wait_for(lambda: server.open_connections == 0)


def test_the_environments_proxy_is_not_used(server: Answering, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    server.reply = lambda exchange: exchange.json({"reached": True})
    assert Http(server.url, "The server").get_json("/") == {"reached": True}


def test_the_next_question_takes_the_connection_of_the_last(server: Answering, http: Http) -> None:
    server.reply = streaming(b"1\n")
    assert [lines_of(http) for _ in range(3)] == [["1"]] * 3
    assert server.wait_for(lambda: server.spare_connections == 1) and server.open_connections == 0
    http.close()
    assert server.wait_for(lambda: server.spare_connections == 0)


def test_a_connection_that_the_backend_has_closed_meanwhile_harms_nobody(server: Answering, http: Http) -> None:
    def reply(exchange: Exchange) -> None:
        streaming(b"1\n")(exchange)
        exchange.stop_short()

    server.reply = reply
    assert [lines_of(http) for _ in range(3)] == [["1"]] * 3


def test_the_connection_of_an_answer_that_was_not_wanted_to_its_end_is_closed(server: Answering, http: Http) -> None:
    server.reply = streaming(b"1\n", b"2\n")
    cancel = CancelToken()
    with pytest.raises(Cancelled), http.stream("/", {}, cancel) as lines:
        for _ in lines:
            cancel.cancel()
    assert server.wait_for(lambda: server.open_connections == server.spare_connections == 0)
