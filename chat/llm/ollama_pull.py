"""Reads what Ollama says while it pulls a model: one line after another, a file (“layer”) at a time."""

from collections.abc import Iterator
from typing import Any

from chat.llm.base import PullChunk
from chat.llm.error_text import error_text
from chat.llm.failures import garbage
from chat.llm.http import Broken, Refused
from chat.llm.json_values import parsed, whole


def pull_chunks(lines: Iterator[str], title: str) -> Iterator[PullChunk]:
    """How far it is, over all layers named so far; ends with Ollama's own “success”. Raises Refused or Broken."""
    layers: dict[str, tuple[int, int]] = {}
    for line in lines:
        if not line.strip():
            continue
        said = _parsed(line, title)
        digest, total = said.get("digest"), whole(said.get("total"))
        if isinstance(digest, str) and total:
            layers[digest] = (whole(said.get("completed")) or 0, total)
        if said.get("status") == "success":
            return
        yield _chunk(said, layers)
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


def _chunk(said: dict[str, Any], layers: dict[str, tuple[int, int]]) -> PullChunk:
    status = said.get("status")
    message = status if isinstance(status, str) else ""
    if not layers:
        return PullChunk(message)
    done, total = (sum(figures) for figures in zip(*layers.values(), strict=True))
    return PullChunk(message, done, total)
