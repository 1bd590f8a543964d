"""Values in the JSON of a backend, which may hold anything."""

import json
from typing import Any

import orjson


def parsed(text: str | bytes) -> Any:
    """The value in `text`. Raises ValueError for whatever is not JSON, or nested too deeply to be read.

    What orjson is too strict for is read all the same: NaN, numbers of any length, half a character.
    """
    try:
        return orjson.loads(text)
    except ValueError:
        return _slowly_parsed(text)


def _slowly_parsed(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def whole(value: Any) -> int | None:
    """A whole number, or None; `true` is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None
