"""Reads what Ollama says while it pulls a model: one line after another, a file (“layer”) at a time."""

from collections.abc import Iterator
from typing import Any

from chat.llm.base import PullChunk
from chat.llm.error_text import error_text
from chat.llm.failures import garbage
from chat.llm.http_errors import Broken, Refused
from chat.llm.http_lines import PAUSE
from chat.llm.json_values import parsed, whole
from chat.llm.shown import shown

_MOST_LAYERS = 1000  # models have about ten


def pull_chunks(lines: Iterator[str], title: str) -> Iterator[PullChunk]:
    """How far it is, over all layers named so far; ends with Ollama's own “success”. Raises Refused or Broken."""
    layers = _Layers()
    for line in lines:
        if line == PAUSE:
            continue
        said = _parsed(line, title)
        layers.add(said)
        if said.get("status") == "success":
            return
        yield layers.chunk(said)
    raise Broken("the pull did not say that it succeeded")


def _parsed(line: str, title: str) -> dict[str, Any]:
    try:
        said = parsed(line)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise garbage(title, line)
    if "error" in said:
        raise Refused(500, error_text(line))
    return said


class _Layers:
    """The files of a model, added up as they are told, since a line may come for every piece of each."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, int]] = {}  # bytes done and in all
        self._done = self._total = 0

    def add(self, said: dict[str, Any]) -> None:
        digest, total = said.get("digest"), whole(said.get("total"))
        if not isinstance(digest, str) or not total or (digest not in self._known and len(self._known) >= _MOST_LAYERS):
            return
        done = min(whole(said.get("completed")) or 0, total)
        done_before, total_before = self._known.get(digest, (0, 0))
        self._known[digest] = done, total
        self._done += done - done_before
        self._total += total - total_before

    def chunk(self, said: dict[str, Any]) -> PullChunk:
        status = said.get("status")
        message = shown(status) if isinstance(status, str) else ""
        return PullChunk(message, self._done, self._total) if self._known else PullChunk(message)
