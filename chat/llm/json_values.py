"""Values in the JSON of a backend, which may hold anything."""

from typing import Any


def whole(value: Any) -> int | None:
    """A whole number, or None; `true` is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None
