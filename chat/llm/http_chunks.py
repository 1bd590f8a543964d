"""The body of a stream out of its HTTP chunks: everything that is there at once, however many of them that is.

Backends send every token as a chunk of its own; the standard library reads one at a time.
"""

from http.client import HTTPException

GULP_BYTES = 64 * 1024
_MAX_HEAD_BYTES = 64 * 1024


class Chunks:
    """Takes the HTTP chunks out of a body that comes in any pieces."""

    def __init__(self) -> None:
        self.are_over = False
        self._left = 0  # bytes of the current chunk that have not come
        self._is_ending = False  # its bytes have come, the end of its line has not
        self.rest = b""  # what came after the last whole chunk

    def take(self, data: bytes) -> bytes:
        """What the next piece holds, without sizes. Raises `HTTPException` for what is no chunk."""
        found: list[bytes] = []
        data = self.rest + data
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
        self.rest = data[at:]
        if len(self.rest) > _MAX_HEAD_BYTES:
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
