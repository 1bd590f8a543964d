"""The body of an HTTP answer as it arrives: everything that is there at once, however many HTTP chunks that is.

The standard library reads one HTTP chunk at a time, with two calls into its buffer for each; backends send every token
as a chunk of its own.
"""

from http.client import HTTPException, HTTPResponse, IncompleteRead
from typing import Any

GULP_BYTES = 64 * 1024
_MAX_HEAD_BYTES = 64 * 1024


class Body(HTTPResponse):
    """An answer of the standard library that can be read in gulps."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._chunks = Chunks()

    def gulp(self) -> bytes:
        """What has come, after waiting for at least something; empty at the end.

        Raises `HTTPException` if the body ends too early or is not what its head says, else `OSError`.
        """
        if not self.chunked:
            data = self.read1(GULP_BYTES)
            if not data and self.length:
                raise IncompleteRead(b"", self.length)
            return data
        data = b""
        while not data and not self._chunks.are_over:
            came = self.fp.read1(GULP_BYTES)
            if not came:
                raise IncompleteRead(b"")
            data = self._chunks.take(came)
        return data


class Chunks:
    """Takes the HTTP chunks out of a body that comes in any pieces."""

    def __init__(self) -> None:
        self.are_over = False
        self._left = 0  # bytes of the current chunk that have not come
        self._is_ending = False  # its bytes have come, the end of its line has not
        self._rest = b""

    def take(self, data: bytes) -> bytes:
        """What the next piece holds, without sizes. Raises `HTTPException` for what is no chunk."""
        found: list[bytes] = []
        data = self._rest + data
        at = 0
        while not self.are_over:
            if self._left:
                part = data[at : at + self._left]
                found.append(part)
                at += len(part)
                self._left -= len(part)
                if self._left:
                    break
                self._is_ending = True
            begin = at + 2 if self._is_ending else at
            if not b"\r\n".startswith(data[at:begin]):
                raise HTTPException("an HTTP chunk is longer than it says")
            end = data.find(b"\r\n", begin)
            if end < 0:
                break
            self._left, self._is_ending = _size(data[begin:end]), False
            self.are_over = not self._left
            at = end + 2
        self._rest = data[at:]
        if len(self._rest) > _MAX_HEAD_BYTES:
            raise HTTPException("an HTTP chunk does not say how long it is")
        return b"".join(found)


def _size(head: bytes) -> int:
    try:
        size = int(head.partition(b";")[0], 16)
    except ValueError:
        size = -1
    if size < 0:
        raise HTTPException(f"{head[:20]!r} is not the size of an HTTP chunk")
    return size
