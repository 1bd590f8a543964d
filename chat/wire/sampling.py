"""How a model is to choose its words."""

from typing import Annotated

from pydantic import Field, StringConstraints

from chat.wire.types import In


class Sampling(In):
    """Sampling options, in OpenAI's names; an absent one is the backend's default."""

    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    max_tokens: Annotated[int, Field(ge=1, le=131_072)] | None = None
    presence_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    frequency_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None


class GenerationOptions(Sampling):
    stop: Annotated[list[Annotated[str, StringConstraints(max_length=64)]], Field(max_length=4)] | None = None
