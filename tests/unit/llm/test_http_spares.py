"""Which connections are kept for the next question, and for how long."""

import socket
from collections.abc import Iterator

import pytest

from chat.llm.http_spares import MOST_SPARES, SPARE_SECONDS, Spares
from chat.llm.http_stream import StreamAnswer
from tests.fakes.clocks import Clock

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
SIZED = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n"
Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pairs() -> Iterator[list[Pair]]:
    """Connections, ours first; closed in the end."""
    made = [socket.socketpair() for _ in range(MOST_SPARES + 1)]
    yield made
    for ours, theirs in made:
        ours.close()
        theirs.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def spares(clock: Clock) -> Iterator[Spares]:
    spares = Spares(clock)
    yield spares
    spares.close()


def test_the_one_used_last_comes_first_and_each_comes_once(spares: Spares, pairs: list[Pair]) -> None:
    (first, _), (second, _), *_ = pairs
    spares.keep(first)
    spares.keep(second)
    assert [spares.take(), spares.take(), spares.take()] == [second, first, None]


def test_one_that_is_too_old_is_closed(spares: Spares, pairs: list[Pair], clock: Clock) -> None:
    (old, _), (younger, _), *_ = pairs
    spares.keep(old)
    clock.now += SPARE_SECONDS / 2
    spares.keep(younger)
    clock.now += SPARE_SECONDS / 2
    spares.drop_old()
    assert old.fileno() == -1 and younger.fileno() >= 0
    assert spares.take() is younger


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 408 Request Timeout\r\n\r\n"], ids=["closed", "said something"])
def test_one_that_the_backend_gave_up_is_closed(spares: Spares, pairs: list[Pair], sent: bytes) -> None:
    ours, theirs = pairs[0]
    spares.keep(ours)
    theirs.sendall(sent) if sent else theirs.close()
    assert spares.take() is None and ours.fileno() == -1


def test_no_more_than_a_few_are_kept(spares: Spares, pairs: list[Pair]) -> None:
    for ours, _ in pairs:
        spares.keep(ours)
    assert [ours.fileno() >= 0 for ours, _ in pairs] == [True] * MOST_SPARES + [False]


def test_none_is_left_when_it_is_closed(spares: Spares, pairs: list[Pair]) -> None:
    spares.keep(pairs[0][0])
    spares.close()
    assert pairs[0][0].fileno() == -1 and spares.take() is None


def leaves_open(head: bytes, body: bytes, late: bytes = b"") -> bool:
    """Of an answer that was read until its text was complete; `late` comes after that."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(head + b"\r\n" + body)
        answer, came = StreamAnswer(ours), b""
        while b"abc" not in came:
            came += answer.gulp()
        theirs.sendall(late)
        return answer.leaves_open()


@pytest.mark.parametrize(
    ("head", "body", "late"),
    [
        (CHUNKED, b"3\r\nabc\r\n0\r\n\r\n", b""),
        (CHUNKED, b"3\r\nabc\r\n", b"0\r\n\r\n"),
        (CHUNKED + b"Connection: Keep-Alive\r\n", b"3\r\nabc\r\n0\r\n\r\n", b""),
        (SIZED, b"abc", b""),
    ],
    ids=["chunked", "its end comes late", "said so", "of a length"],
)
def test_a_complete_answer_leaves_its_connection(head: bytes, body: bytes, late: bytes) -> None:
    assert leaves_open(head, body, late)


@pytest.mark.parametrize(
    ("head", "body", "late"),
    [
        (CHUNKED, b"3\r\nabc\r\n", b""),
        (CHUNKED, b"3\r\nabc\r\n", b"0\r\n"),
        (CHUNKED, b"3\r\nabc\r\n", b"1\r\nd\r\n"),
        (CHUNKED, b"3\r\nabc\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n", b""),
        (CHUNKED, b"3\r\nabc\r\n0\r\nTrailer: 1\r\n\r\n", b""),
        (CHUNKED + b"Connection: close\r\n", b"3\r\nabc\r\n0\r\n\r\n", b""),
        (SIZED, b"abcHTTP/1.1 200 OK\r\n", b""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n", b"abc", b""),
        (b"HTTP/1.1 200 OK\r\n", b"abc", b""),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n", b"abc", b""),
    ],
    ids=[
        "no end",
        "half an end",
        "more text",
        "another answer behind it",
        "trailers",
        "to be closed",
        "longer than it says",
        "shorter than it says",
        "until it closes",
        "old",
    ],
)
def test_an_answer_of_which_more_may_come_does_not(head: bytes, body: bytes, late: bytes) -> None:
    assert not leaves_open(head, body, late)
