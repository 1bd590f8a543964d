"""WebSocket frames (RFC 6455) as a server reads and writes them; no sockets here.

Extensions are never negotiated, so the three reserved bits must be 0, and frames of a client are always masked.
"""

import struct

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
_CONTINUATION = 0
_FINAL, _RESERVED, _MASKED = 0x80, 0x70, 0x80
_KNOWN = frozenset((_CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG))
NORMAL, PROTOCOL_ERROR, NOT_TEXT, NOT_UTF8, TOO_BIG = 1000, 1002, 1003, 1007, 1009  # status codes of a close frame
MAX_PARTS = 100  # frames in one message; clients of ours send one, and empty ones would never reach a number of bytes


class BadFrame(ValueError):
    """The connection must end, with `code` in the close frame."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def build_frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """One unmasked, final frame."""
    length = len(payload)
    if length < 126:
        return bytes((_FINAL | opcode, length)) + payload
    if length < 65_536:
        return struct.pack("!BBH", _FINAL | opcode, 126, length) + payload
    return struct.pack("!BBQ", _FINAL | opcode, 127, length) + payload


def close_frame(code: int) -> bytes:
    return build_frame(struct.pack("!H", code), CLOSE)


def unmask(payload: bytes, mask: bytes) -> bytes:
    """XOR with the repeated mask, as two big integers: 100 times as fast as byte by byte."""
    length = len(payload)
    key = mask * (length // 4) + mask[: length % 4]
    return (int.from_bytes(payload, "little") ^ int.from_bytes(key, "little")).to_bytes(length, "little")


class FrameReader:
    """Bytes in, whole messages out. Keeps what is not yet complete, at most one message of `max_bytes`."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._buffer = b""
        self._parts: list[bytes] = []  # of a message in several frames
        self._opcode = _CONTINUATION  # of that message; none is open while it is this

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        """Messages and control frames that are complete now, as (opcode, payload). Raises `BadFrame`."""
        buffer = self._buffer + data if self._buffer else data
        found: list[tuple[int, bytes]] = []
        start = 0
        while len(buffer) - start >= 2:
            first = buffer[start]
            bounds = self._payload_bounds(buffer, start)
            if bounds is None or bounds[1] > len(buffer):
                break
            begin, end = bounds
            payload = unmask(buffer[begin:end], buffer[begin - 4 : begin])
            start = end
            message = self._add(first & 0x0F, bool(first & _FINAL), payload)
            if message:
                found.append(message)
        self._buffer = buffer[start:]
        return found

    def _payload_bounds(self, buffer: bytes, start: int) -> tuple[int, int] | None:
        """Where the payload of the frame at `start` begins and ends; None while its header is incomplete."""
        first, second = buffer[start], buffer[start + 1]
        opcode, length, begin = first & 0x0F, second & 0x7F, start + 6
        if first & _RESERVED or opcode not in _KNOWN or not second & _MASKED:
            raise BadFrame(PROTOCOL_ERROR)
        if opcode >= CLOSE and (length > 125 or not first & _FINAL):
            raise BadFrame(PROTOCOL_ERROR)
        if length >= 126:
            size = 2 if length == 126 else 8
            if len(buffer) < start + 2 + size:
                return None
            length = int.from_bytes(buffer[start + 2 : start + 2 + size], "big")
            begin += size
        if length + sum(map(len, self._parts)) > self._max_bytes or len(self._parts) > MAX_PARTS:
            raise BadFrame(TOO_BIG)
        return begin, begin + length

    def _add(self, opcode: int, is_final: bool, payload: bytes) -> tuple[int, bytes] | None:
        if opcode >= CLOSE:
            return opcode, payload
        if (opcode == _CONTINUATION) != (self._opcode != _CONTINUATION):
            raise BadFrame(PROTOCOL_ERROR)
        if is_final and not self._parts:
            return opcode, payload
        self._opcode = self._opcode or opcode
        self._parts.append(payload)
        if not is_final:
            return None
        message = self._opcode, b"".join(self._parts)
        self._opcode, self._parts = _CONTINUATION, []
        return message
