"""Reads `/v1/models` in the forms of OpenAI, llama.cpp (single and router), llama-swap and LM Studio."""

import json
import re
from typing import Any

from chat.llm.base import ModelFacts
from chat.llm.error_text import error_text
from chat.llm.http_errors import Refused
from chat.llm.json_values import whole

_EMBEDDING_NAME = re.compile(r"(^|[-_/.])embed")


def model_facts(answer: Any) -> list[ModelFacts]:
    """The models of an answer. LM Studio answers wrong routes with 200, so the shape decides: else raises Refused."""
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, list):
        raise Refused(502, error_text(json.dumps(answer)) or "the answer has no list of models")
    return [_facts(item) for item in data if isinstance(item, dict) and item.get("id")]


def facts_by_name(name: str) -> ModelFacts:
    """Of a model that is not listed, and of which only the name is known."""
    return _facts({"id": name})


def _facts(item: dict[str, Any]) -> ModelFacts:
    name = str(item["id"])
    meta = item.get("meta")
    details = meta if isinstance(meta, dict) else {}
    contexts = (
        item.get("loaded_context_length"),
        details.get("n_ctx"),
        item.get("max_model_len"),
        item.get("max_context_length"),
    )
    return ModelFacts(
        name=name,
        loaded=_loaded(item, details),
        size_bytes=whole(details.get("size")),
        context_length=next((length for value in contexts if (length := whole(value))), None),
        capabilities=("embedding",) if _only_embeds(item, name) else ("completion",),
    )


def _loaded(item: dict[str, Any], details: dict[str, Any]) -> bool | None:
    status = item.get("status")
    if isinstance(status, dict) and isinstance(status.get("value"), str):
        return bool(status["value"] == "loaded")
    if isinstance(item.get("state"), str):
        return bool(item["state"] == "loaded")
    # A single llama-server lists its model with `meta` once that is in memory; others say nothing about loading.
    return True if details.get("n_ctx") or details.get("n_params") else None


def _only_embeds(item: dict[str, Any], name: str) -> bool:
    return item.get("type") == "embeddings" or bool(_EMBEDDING_NAME.search(name.lower()))
