"""Values in the JSON of a backend, which may hold anything."""

import json
import math
import re
from typing import Any

import orjson

_MOST = 2**53  # beyond it other readers of JSON round, and beyond 2**64 ours refuses to write
# An escape: a whole surrogate pair, or half of one, or anything else.
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(u[dD][89a-fA-F]..)|.)", re.DOTALL)


def parsed(text: str | bytes, *, keeps_halves: bool = False) -> Any:
    """The value in `text`. Raises ValueError for whatever is not JSON, or nested too deeply to be read.

    What orjson is too strict for is read all the same: NaN and endless numbers are null, half a character is U+FFFD.
    It stays as it is with `keeps_halves`, for whoever puts pieces together: the other half may come in the next.
    """
    try:
        return orjson.loads(text)
    except ValueError:
        return _slowly_parsed(text, keeps_halves=keeps_halves)


def _slowly_parsed(text: str | bytes, *, keeps_halves: bool) -> Any:
    told = text.decode(json.detect_encoding(text)) if isinstance(text, bytes) else text
    try:
        return json.loads(
            told if keeps_halves else _ESCAPE.sub(lambda found: "\\ufffd" if found[1] else found[0], told),
            parse_int=_number,
            parse_float=_number,
            parse_constant=lambda _: None,
        )
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _number(text: str) -> float | None:
    """As orjson reads it: a whole one of more than 64 bits is no longer exact."""
    if len(text) < 19 and text.removeprefix("-").isdigit():
        return int(text)
    value = float(text)
    return value if math.isfinite(value) else None


def whole(value: Any) -> int | None:
    """A whole number, not below 0 and not beyond all measure, or None; `true` is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST else None
