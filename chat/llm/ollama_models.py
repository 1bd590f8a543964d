"""Reads what Ollama says of its models: those on its disk, those in memory, and what each of them can do."""

import json
from collections.abc import Callable
from typing import Any

from chat.errors import ModelError
from chat.llm.base import ModelFacts
from chat.llm.cancelling import CancelToken
from chat.llm.error_text import error_text
from chat.llm.http import SHORT_SECONDS, Http
from chat.llm.http_errors import Broken, Refused
from chat.llm.json_values import whole

# These families can only embed: for releases that say of no model what it can.
_EMBEDDING_FAMILIES = frozenset({"bert", "nomic-bert", "nomic-bert-moe", "xlm-roberta"})


def facts(
    tag: dict[str, Any],
    running: dict[str, dict[str, Any]] | None,
    is_loading: Callable[[str], bool],
    capabilities: tuple[str, ...],
) -> ModelFacts:
    """One model of `/api/tags`, together with `/api/ps` by full names (None if that did not answer)."""
    name = str(tag.get("name") or tag.get("model"))
    loaded = (running or {}).get(full_name(name), {})
    expires_at = loaded.get("expires_at")
    return ModelFacts(
        name=name,
        # Releases up to 0.24 list a model while it still loads; we know at least of our own loads.
        loaded=None if running is None else bool(loaded) and not is_loading(full_name(name)),
        size_bytes=whole(tag.get("size")),
        context_length=whole(loaded.get("context_length")),
        expires_at=expires_at if isinstance(expires_at, str) else None,
        capabilities=capabilities,
        version=digest if isinstance(digest := tag.get("digest"), str) else None,
    )


def models_in(answer: Any) -> list[dict[str, Any]]:
    """The models of `/api/tags` or `/api/ps`. Raises Refused if it is neither."""
    models = answer.get("models") if isinstance(answer, dict) else None
    if not isinstance(models, list):
        raise Refused(502, error_text(json.dumps(answer)) or "this is not an Ollama server")
    return [model for model in models if isinstance(model, dict)]


def full_name(name: str) -> str:
    """As Ollama lists it: a name without a tag means `latest`."""
    return name if ":" in name.rpartition("/")[2] else f"{name}:latest"


class Capabilities:
    """What each model can: from the list of newer releases (0.32), else asked once for each file."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._shown: dict[str, tuple[str, ...]] = {}

    def of(self, tag: dict[str, Any]) -> tuple[str, ...]:
        """Of a model in `/api/tags`."""
        name, digest = str(tag.get("name") or tag.get("model")), str(tag.get("digest"))
        listed = _names(tag)
        if not listed and digest not in self._shown:
            self._show(name, digest)
        if found := listed or self._shown.get(digest):
            return found
        details = tag.get("details")
        family = details.get("family") if isinstance(details, dict) else None
        return ("embedding",) if family in _EMBEDDING_FAMILIES else ("completion",)

    def _show(self, name: str, digest: str) -> None:
        """Where it does not answer, the next look asks again."""
        try:
            shown = self._http.post_json("/api/show", {"model": name}, CancelToken(), timeout=SHORT_SECONDS)
        except (Refused, Broken, ModelError):
            return
        self._shown[digest] = _names(shown) if isinstance(shown, dict) else ()


def _names(told: dict[str, Any]) -> tuple[str, ...]:
    listed = told.get("capabilities")
    return tuple(str(capability) for capability in listed) if isinstance(listed, list) else ()
