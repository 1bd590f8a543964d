"""OpenAI's chat completions and models, in the fields that we know; what else a program sends is ignored."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from chat.wire.answers import Timings
from chat.wire.inputs import Sampling
from chat.wire.types import In, ModelName, Out

_Content = Annotated[str, StringConstraints(max_length=1_000_000)]
_Stop = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class ContentPart(In):
    type: Literal["text"]
    text: _Content


class CompletionMessage(In):
    """`developer` is what newer SDKs call `system`."""

    role: Literal["system", "developer", "user", "assistant"]
    content: _Content | Annotated[list[ContentPart], Field(min_length=1, max_length=100)]


class StreamOptions(In):
    """`include_status` is ours: without it the stream is OpenAI's and nothing else."""

    include_usage: bool | None = None
    include_status: bool | None = None


class CreateCompletion(Sampling):
    model: ModelName
    messages: Annotated[list[CompletionMessage], Field(min_length=1, max_length=1000)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    max_completion_tokens: Annotated[int, Field(ge=1, le=131_072)] | None = None
    stop: _Stop | Annotated[list[_Stop], Field(max_length=4)] | None = None
    n: Literal[1] | None = None
    logprobs: Literal[False] | None = None
    tools: Annotated[list[Any], Field(max_length=0)] | None = None


class TokenUsage(Out):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class CompletionAnswer(Out):
    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None


class CompletionChoice(Out):
    index: int = 0
    message: CompletionAnswer
    finish_reason: str
    logprobs: None = None


class Completion(Out):
    """`usage` is null where the backend does not count. The last three fields are ours."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[CompletionChoice]
    usage: TokenUsage | None
    backend: str | None
    cached: bool
    timings: Timings


class ListedModel(Out):
    """`created` is 0: no backend tells it. What follows `owned_by` is ours."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str
    loaded: bool | None
    context_length: int | None
    capabilities: list[str]


class ListedModels(Out):
    object: Literal["list"] = "list"
    data: list[ListedModel]


class OpenAIErrorBody(Out):
    """OpenAI's error; the last two fields are ours."""

    message: str
    type: str
    param: str | None = None
    code: str | None = None
    retry_after: float | None = None
    request_id: str = ""


class OpenAIErrorAnswer(Out):
    error: OpenAIErrorBody
