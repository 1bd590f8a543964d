"""WebSocket and Socket.IO as bytes, made and read by hand: a library would cost more than the servers do."""

import itertools
import json
import os
from collections.abc import Iterator
from typing import Any

MASK = b"\x5a\xa5\x3c\xc3"  # clients must mask; one mask for all costs the server the same as any other


def upgrade_request(host: str, cookie: str = "", offers_deflate: bool = False) -> bytes:
    """The HTTP request that asks for a WebSocket to Engine.IO."""
    lines = [
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    if offers_deflate:
        lines.append("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits")  # as browsers do
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def text_frame(payload: bytes) -> bytes:
    """A client's frame: one text message, masked."""
    size = len(payload)
    head = bytes((0x81, 0x80 | size)) if size < 126 else b"\x81\xfe" + size.to_bytes(2, "big")
    repeated = (MASK * (size // 4 + 1))[:size]
    masked = int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")
    return head + MASK + masked.to_bytes(size, "big")


def event_frame(number: int, event: str, data: dict[str, Any]) -> bytes:
    """An event that asks for the ack with that number."""
    return text_frame(b"42%d" % number + json.dumps([event, data], separators=(",", ":")).encode())


def bounds(data: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of the payload of every whole frame in `data`; a part of a frame at the end is left out."""
    at, end = 0, len(data)
    while end - at >= 2:
        size, start = data[at + 1] & 0x7F, at + 2
        if size == 126:
            size, start = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
        elif size == 127:
            size, start = int.from_bytes(data[at + 2 : at + 10], "big"), at + 10
        at = start + size
        if start > end or at > end:
            return
        yield start, at


_numbers = itertools.count(1)
_RUN = os.urandom(4).hex()


def new_key() -> str:
    """A `client_id`: 32 characters, as real clients send."""
    return f"{_RUN}{next(_numbers):024x}"
