"""What a llama.cpp server computes, compared with the answers that we read: whether one that was stopped has ended."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from chat.errors import ModelUnreachable
from chat.llm.http import Http
from chat.llm.http_errors import Broken, Refused

_ANSWER_SECONDS = 0.5  # it answers between two batches: whoever takes longer is at work


class Slots:
    """Its `/slots`; a router has one list for each model."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._read: dict[object, str] = {}

    @contextmanager
    def reading(self, model: str) -> Iterator[None]:
        """While the block runs, a slot of that model writes for us: its headers come when a slot begins."""
        mine = object()
        self._read[mine] = model
        try:
            yield
        finally:
            del self._read[mine]

    def has_stopped(self, model: str) -> bool | None:
        """As `Backend.has_stopped`. Other programs that use the server count as ours: then it is not seen."""
        try:
            listed = self._http.get_json(f"/slots?model={quote(model, safe='')}", timeout=_ANSWER_SECONDS)
        except Refused:
            return None
        except (Broken, ModelUnreachable):
            return False
        return _busy(listed) <= list(self._read.values()).count(model) if isinstance(listed, list) else None


def _busy(slots: list[Any]) -> int:
    return sum(isinstance(slot, dict) and slot.get("is_processing") is True for slot in slots)
