"""Reads the heads of plain HTTP requests, which are nearly all, without the standard library's parser for e-mails.

For a small request that takes a tenth of all its time. What is not plain is left to the library.
"""

import re
from typing import Any

_REQUEST = re.compile(rb"([A-Z]{3,7}) (/(?!/)[\x21-\x7e]*) HTTP/1\.1\r\n")
_HEADER = re.compile(r"([A-Za-z0-9-]+):[ \t]*([^\r\n\x00]*)")
_MOST_LINES = 100  # as the library


class PlainHead:
    """The headers, as far as eventlet asks for them: the first of a name counts, all are in `_headers`."""

    def __init__(self, headers: list[tuple[str, str]]) -> None:
        self._headers = headers
        self._first = {name.lower(): value for name, value in reversed(headers)}

    def get(self, name: str, default: str | None = None) -> str | None:
        return self._first.get(name.lower(), default)

    def get_content_type(self) -> str:
        """For a request that names none, as the library says."""
        return "text/plain"


def read_plain(request_line: bytes, waiting: bytes) -> tuple[str, str, PlainHead, int] | None:
    """Method, path, headers, and how many of the `waiting` bytes they take; None if it is not plain or not whole."""
    first = _REQUEST.fullmatch(request_line)
    text, end, _ = waiting.partition(b"\r\n\r\n")
    if not first or not end:
        return None
    lines = [_HEADER.fullmatch(line) for line in text.decode("latin-1").split("\r\n")]
    if len(lines) > _MOST_LINES or not all(lines):
        return None
    headers = [(line[1], line[2].rstrip(" \t")) for line in lines if line]
    head = PlainHead(headers)
    if head.get("expect") is not None or not is_plain_length([value for name, value in headers if _is_length(name)]):
        return None
    return first[1].decode(), first[2].decode(), head, len(text) + len(end)


def _is_length(name: str) -> bool:
    return len(name) == 14 and name.lower() == "content-length"


def is_plain_length(told: list[str]) -> bool:
    """Whether the length of a body is told at most once, in digits.

    Else a proxy before us could end the request elsewhere than we do, and somebody hide another one in its body.
    """
    return not told or (len(told) == 1 and told[0].isascii() and told[0].isdigit())


class PlainHeads:
    """For a handler of requests of the standard library's kind, before its own class."""

    def parse_request(self: Any) -> bool:
        """As the library's."""
        whole = self.rfile.fp
        found = read_plain(self.raw_requestline, whole.peek())
        if found is None:
            return bool(self._parse_any())
        self.command, self.path, self.headers, size = found
        whole.read(size)
        self.requestline = str(self.raw_requestline, "latin-1").rstrip("\r\n")
        self.request_version = "HTTP/1.1"
        self.close_connection = self.headers.get("connection", "").lower() == "close"
        return True

    def _parse_any(self: Any) -> bool:
        if not super().parse_request():  # type: ignore[misc]  # of the class that this one stands before
            return False
        if is_plain_length(self.headers.get_all("content-length", [])):
            return True
        self.close_connection = True
        self.send_error(400)
        return False
