"""Ids and times. Ids sort by time: 10 characters of milliseconds, 16 of chance, in Crockford's base 32 (ULID)."""

import secrets
import time
from datetime import UTC, datetime

from chat.locks import ShortLock

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)


def _base32(value: int, length: int) -> str:
    """Two characters at a time; `length` is even."""
    return "".join([_PAIRS[(value >> shift) & 1023] for shift in range(5 * (length - 2), -1, -10)])


_CHANCE = 80  # bits


class _Last:
    """The id that this process has made last, as a number."""

    def __init__(self) -> None:
        self._lock = ShortLock()
        self._value = 0

    def next(self, milliseconds: int) -> int:
        drawn = (milliseconds << _CHANCE) | secrets.randbits(_CHANCE)
        with self._lock:
            self._value = max(drawn, self._value + 1)
            return self._value


_last = _Last()


def new_id() -> str:
    """26 characters, 80 bits of chance. Later ones of one process sort after earlier ones, whatever its clock does."""
    value = _last.next(now_ms())
    return _base32(value >> _CHANCE, 10) + _base32(value & ((1 << _CHANCE) - 1), 16)


def first_id_at(milliseconds: int) -> str:
    """Ids made from then on (ms since 1970 UTC) are not smaller, and those made before are."""
    return _base32(milliseconds, 10) + "0" * 16


def now_ms() -> int:
    """Milliseconds since 1970 UTC, as all times are stored."""
    return time.time_ns() // 1_000_000


def iso(ms: int) -> str:
    """A stored time as it goes over the wire: ISO 8601 UTC with milliseconds."""
    moment = datetime.fromtimestamp(ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def iso_or_none(ms: int | None) -> str | None:
    return None if ms is None else iso(ms)
