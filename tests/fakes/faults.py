"""What can go wrong between us and a backend, played by the fakes in place of what they would have answered."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.fakes.serving import Exchange
from tests.fakes.speech import SPEECH, Speech, Stage, stage_of

WORDS = ("Hello", " from")  # what is said before a fault in the middle
SAID = "".join(WORDS)
READING, WRITING = (
    "keep reading",
    "keep writing",
)  # questions to the pretended llama.cpp: it stays in the middle of that
FOR_EVER = 3600.0
HUGE = 2 * 1024 * 1024
DEEP = 100_000

Action = Callable[[Exchange, Speech], None]
Piece = bytes | Callable[[Speech], bytes]


@dataclass(frozen=True)
class Fault:
    """`at` is the request that it befalls; "gone" means that nothing listens any more.

    `code` is the error that must come of it, None where the answer must come all the same; `text` is what must be kept.
    """

    name: str
    at: Stage | str
    do: Action
    code: str | None
    text: str = ""
    is_cold: bool = False  # the model has to be loaded first


def befalling(kind: str, fault: Fault) -> Callable[[Exchange], bool]:
    """What a server of that kind has to ask first (`FakeServer.intercept`), so that it has the fault."""
    at = "list" if kind.startswith("lmstudio") and fault.at == "state" else fault.at

    def intercept(exchange: Exchange) -> bool:
        if stage_of(kind, exchange.seen) != at:
            return False
        fault.do(exchange, SPEECH[kind])
        return True

    return intercept


def reset(exchange: Exchange, _: Speech) -> None:
    exchange.die()


def fin(exchange: Exchange, _: Speech) -> None:
    exchange.stop_short()


def hang(exchange: Exchange, _: Speech) -> None:
    exchange.pause(FOR_EVER)


def drip_head(exchange: Exchange, _: Speech) -> None:
    exchange.unframed(b"HTTP/1.1 200 OK\r\nX-Long: ")
    _drip(exchange, lambda: exchange.unframed(b"x"))


def raw(data: bytes) -> Action:
    """These bytes instead of an answer, and the end."""

    def act(exchange: Exchange, _: Speech) -> None:
        exchange.unframed(data)
        exchange.stop_short()

    return act


def body(
    content: bytes, status: int = 200, kind: str = "application/json", headers: Mapping[str, str] | None = None
) -> Action:
    """A whole answer."""
    return lambda exchange, _: exchange.whole(content, kind, status, headers)


def html(status: int) -> Action:
    return body(f"<html><body><h1>{status} from a proxy</h1></body></html>".encode(), status, "text/html")


def refuse(status: int, text: str = "it does not like this", headers: Mapping[str, str] | None = None) -> Action:
    """An error in the backend's own shape."""
    return lambda exchange, speech: exchange.json(speech.refusal(text), status, headers)


def refuse_as(status: int, error: Any) -> Action:
    """An error in the very shape given."""
    return lambda exchange, _: exchange.json(error, status)


def endless_error(exchange: Exchange, _: Speech) -> None:
    exchange.unframed(b"HTTP/1.1 500 Bad\r\nContent-Type: text/plain\r\nContent-Length: 999999999\r\n\r\n")
    while True:
        exchange.unframed(b"x" * 65_536)


def stuck_error(exchange: Exchange, _: Speech) -> None:
    exchange.unframed(b'HTTP/1.1 500 Bad\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"error":')
    exchange.pause(FOR_EVER)


def short_body(exchange: Exchange, speech: Speech) -> None:
    """Less than was announced."""
    word = json.dumps({}).encode()
    exchange.unframed(b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\n" % speech.content_type.encode())
    exchange.unframed(b"Content-Length: 9999\r\n\r\n" + word)
    exchange.stop_short()


def stream(*pieces: Piece, after: tuple[str, ...] = (), then: Action | None = None) -> Action:
    """The words `after` which it happens, these pieces, and then the end of the stream or what comes instead."""

    def act(exchange: Exchange, speech: Speech) -> None:
        exchange.begin_stream(speech.content_type)
        for word in after:
            exchange.raw(speech.word(word))
        if after:
            exchange.pause(0.03)  # so that what was said has arrived: a reset may overtake it
        for piece in pieces:
            exchange.raw(piece if isinstance(piece, bytes) else piece(speech))
        if then:
            then(exchange, speech)
        else:
            exchange.end_stream()
            exchange.stop_short()

    return act


def chatter(exchange: Exchange, speech: Speech) -> None:
    """Signs of life for ever, and no word."""
    _drip(exchange, lambda: exchange.raw(speech.nothing()))


def drip_line(exchange: Exchange, speech: Speech) -> None:
    """A line that grows and never ends."""
    exchange.raw(speech.word("never")[:20])
    _drip(exchange, lambda: exchange.raw(b"x"))


def bad_chunk(exchange: Exchange, _: Speech) -> None:
    exchange.unframed(b"this is no size\r\n")
    exchange.stop_short()


def _drip(exchange: Exchange, step: Callable[[], None]) -> None:
    while True:
        step()
        exchange.pause(0.02)
