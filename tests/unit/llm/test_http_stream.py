"""What is sent for a stream, and how the head and the body of its answer are read, wherever the network cuts them."""

import json
import socket
from http.client import HTTPException

import pytest

from chat.llm.http_stream import Address, StreamAnswer

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"


def answer_of(sent: bytes) -> tuple[StreamAnswer, bytes]:
    """The answer, and its whole body."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(sent)
        theirs.shutdown(socket.SHUT_WR)
        answer, body = StreamAnswer(ours), b""
        while data := answer.gulp():
            body += data
        return answer, body


@pytest.mark.parametrize(
    "sent",
    [
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
        HEAD + b"content-length: 3\r\n\r\nabc and what does not belong to it",
        HEAD + b"\r\nabc",
        b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + b"Content-Length: 3\r\n\r\nabc",
        b"HTTP/1.0 200\r\n\r\nabc",
    ],
    ids=["chunked", "of a length", "until it closes", "after a continue", "old"],
)
def test_a_body_is_read_to_its_end(sent: bytes) -> None:
    answer, body = answer_of(sent)
    assert (answer.status, body) == (200, b"abc")


def test_the_head_is_known() -> None:
    answer, body = answer_of(b"HTTP/1.1 503 Come back\r\nRetry-After:  7 \r\nContent-Length: 0\r\n\r\n")
    assert (answer.status, answer.reason, body) == (503, "Come back", b"")
    assert (answer.getheader("retry-after"), answer.getheader("Location")) == ("7", None)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-",
        b"<html>\r\n\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        HEAD + b"X: " + b"x" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 1000 + HEAD + b"\r\nabc",
        HEAD + b"Content-Length: many\r\n\r\n",
        HEAD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
        HEAD + b"Content-Length: 4\r\n\r\nabc",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    ],
    ids=[
        "nothing",
        "half a head",
        "no HTTP",
        "another HTTP",
        "endless",
        "only preliminaries",
        "no length",
        "a long length",
        "too short",
        "no last chunk",
    ],
)
def test_what_is_no_whole_answer_is_an_error(sent: bytes) -> None:
    with pytest.raises(HTTPException):
        answer_of(sent)


def test_a_request_says_where_it_goes_and_what_it_brings() -> None:
    address = Address("http://me:secret@example.org:8080/base", {"X-Key": "k"})
    head, _, body = address.request("POST", "/v1/chat", {"text": "ü"}).partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    assert first == "POST /base/v1/chat HTTP/1.1"
    assert {"Host: example.org:8080", "X-Key: k", "Authorization: Basic bWU6c2VjcmV0"} <= set(lines)
    assert f"Content-Length: {len(body)}" in lines and json.loads(body) == {"text": "ü"}
    assert address.request("GET", "/models/sse", None).startswith(b"GET /base/models/sse HTTP/1.1\r\nHost: ")
