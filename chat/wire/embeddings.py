"""OpenAI's embeddings, in the fields that we know; what else a program sends is ignored."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from chat.wire.types import In, ModelName, Out

MOST_TEXTS = 2048
_Text = Annotated[str, StringConstraints(min_length=1)]


def _only_texts(value: Any) -> Any:
    """Tokens are refused: no backend of ours can say whose they are."""
    texts = value if isinstance(value, list) else [value]
    if not 1 <= len(texts) <= MOST_TEXTS or not all(isinstance(text, str) and text for text in texts):
        message = "Send a text or a list of 1 to {most} texts, none of them empty. Tokens are not understood here"
        raise PydanticCustomError("texts", message, {"most": MOST_TEXTS})
    return value


class CreateEmbedding(In):
    model: ModelName
    input: Annotated[_Text | list[_Text], BeforeValidator(_only_texts)]
    encoding_format: Literal["float", "base64"] | None = None
    dimensions: Annotated[int, Field(ge=1, le=65_536)] | None = None


class Embedding(Out):
    """`embedding` is a list of numbers, or the base64 of 32-bit floats, lowest byte first."""

    object: Literal["embedding"] = "embedding"
    index: int
    embedding: list[float] | str


class EmbeddingUsage(Out):
    prompt_tokens: int
    total_tokens: int


class EmbeddingsMade(Out):
    """`usage` is null where the backend does not count. `backend` is ours."""

    object: Literal["list"] = "list"
    data: list[Embedding]
    model: str
    usage: EmbeddingUsage | None
    backend: str
