"""Values in the JSON of a backend, which may hold anything."""

import json
from typing import Any


def parsed(text: str | bytes) -> Any:
    """The value in `text`. Raises ValueError for whatever is not JSON, or nested too deeply to be read."""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def whole(value: Any) -> int | None:
    """A whole number, or None; `true` is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None
