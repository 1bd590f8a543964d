"""Reads the vectors in the answers of Ollama and of OpenAI's embeddings, and lets nothing pass that is none."""

import json
from typing import Any

from chat.errors import InvalidInput
from chat.llm.base import Embeddings, EmbedRequest
from chat.llm.error_text import error_code, error_text
from chat.llm.http_errors import Refused
from chat.llm.json_values import whole

_FLOAT32_MAX = 3.4028235e38  # programs ask for 32-bit floats; no comparison with NaN is true


def openai_embeddings(answer: Any, request: EmbedRequest) -> Embeddings:
    """The vectors by their `index`. LM Studio answers with status 200 when it refuses: raises Refused for that."""
    told = answer if isinstance(answer, dict) else {}
    data, usage = told.get("data"), told.get("usage")
    items = [item for item in data if isinstance(item, dict)] if isinstance(data, list) else []
    items.sort(key=lambda item: whole(item.get("index")) or 0)
    tokens = usage.get("prompt_tokens") if isinstance(usage, dict) else None
    return embeddings_of(answer, [item.get("embedding") for item in items], tokens, request)


def embeddings_of(answer: Any, vectors: Any, tokens: Any, request: EmbedRequest) -> Embeddings:
    """`vectors` checked. Raises Refused where they do not answer the request, with the error in `answer` if any.

    A length that is not the one asked for is `InvalidInput`: many models have only one, and some servers say nothing.
    """
    if not isinstance(vectors, list) or len(vectors) != len(request.texts) or not all(map(_is_vector, vectors)):
        raise _refused(answer)
    lengths = {len(vector) for vector in vectors}
    if len(lengths) != 1:
        raise _refused(answer)
    if request.dimensions not in (None, *lengths):
        message = f"“{request.model}” gives {lengths.pop()} dimensions, not {request.dimensions}. Leave it out."
        raise InvalidInput(message, field="dimensions")
    return Embeddings(tuple(vectors), whole(tokens))


def _is_vector(value: Any) -> bool:
    """Numbers and nothing else: their sum is one as well. In one go, since there may be many thousands."""
    try:
        return isinstance(value, list) and bool(value) and sum(map(abs, value)) <= _FLOAT32_MAX
    except TypeError:
        return False


def _refused(answer: Any) -> Refused:
    said = json.dumps(answer) if isinstance(answer, dict) and "error" in answer else ""
    return Refused(502, error_text(said) or "the answer has no embeddings", error_code(said))
