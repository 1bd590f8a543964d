"""The lines of a stream, at the pace at which they are best passed on."""

import time
from collections.abc import Iterator

from chat.llm.cancelling import CancelToken
from chat.llm.http_errors import Broken, Refused

PAUSE = ""
MAX_LINE_BYTES = 1024 * 1024
BUFFERED_SECONDS = 0.0003
TURN_SECONDS = 0.002
QUICK_SECONDS = 0.005
QUICK_PIECES = 8
GATHER_SECONDS = 0.016  # that a fast stream is left to itself; text is sent on half as often


def _paced(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces; what is there already keeps nobody waiting for long, and a fast stream wakes us less often.

    A wait for the next piece that was short, but no mere look into the buffer, is a fast stream once it has happened
    often enough: the first words are never held back.
    """
    quick, turn = 0, time.monotonic()  # since when nobody else could run
    asked = turn
    for piece in pieces:
        waited = time.monotonic() - asked
        if waited >= BUFFERED_SECONDS:
            turn = asked + waited
        yield piece
        if waited < BUFFERED_SECONDS:
            if time.monotonic() - turn > TURN_SECONDS:
                time.sleep(0)
                turn = time.monotonic()
        elif waited < QUICK_SECONDS:
            quick += 1
            if quick > QUICK_PIECES:
                time.sleep(GATHER_SECONDS)
                turn = time.monotonic()
        else:
            quick = 0
        asked = time.monotonic()


def lines_of(pieces: Iterator[bytes], cancel: CancelToken) -> Iterator[str]:
    """The lines, without their ends and without blank ones; a `PAUSE` whenever the next one is not here yet.

    Raises Refused for a line that is too long, Broken for one that is not whole, and what `cancel` says.
    """
    for batch in _batches(_paced(pieces)):
        for line in batch:
            if cancel.cancelled:
                cancel.raise_if_cancelled()
            yield line
        yield PAUSE
    cancel.raise_if_cancelled()


def _batches(pieces: Iterator[bytes]) -> Iterator[list[str]]:
    """The lines that each piece completes, without blank ones."""
    rest = b""
    for piece in pieces:
        whole, end, rest = (rest + piece).rpartition(b"\n")
        if end:
            yield _decoded(whole)
        if len(rest) > MAX_LINE_BYTES:
            raise Refused(502, f"A line of the answer is longer than {MAX_LINE_BYTES} bytes.")
    if not rest.strip():
        return
    if not rest.rstrip().endswith((b"}", b"[DONE]")):
        raise Broken("the answer ended in the middle of a line")
    yield _decoded(rest)


def _decoded(lines: bytes) -> list[str]:
    # Whole lines never split a character, so what cannot be decoded is the backend's garbage, not ours.
    return [
        line for line in lines.decode("utf-8", "replace").replace("\r", "").split("\n") if line and not line.isspace()
    ]
