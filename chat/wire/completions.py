"""OpenAI's chat completions and models, in the fields that we know; what else a program sends is ignored."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from chat.wire.answers import Timings
from chat.wire.sampling import Sampling
from chat.wire.types import In, ModelName, Out

_Content = Annotated[str, StringConstraints(max_length=1_000_000)]
_ToolName = Annotated[str, StringConstraints(min_length=1, max_length=200)]
MOST_LEVELS = 100  # of what goes to a backend as it is: JSON that is nested more deeply cannot be written


def _flat_enough(value: dict[str, Any]) -> dict[str, Any]:
    level: list[Any] = [value]
    for _ in range(MOST_LEVELS):
        level = [inner for outer in level for inner in (outer.values() if isinstance(outer, dict) else outer)]
        level = [inner for inner in level if isinstance(inner, dict | list)]
        if not level:
            return value
    raise PydanticCustomError("levels", "This is nested more than {most} levels deep", {"most": MOST_LEVELS})


_Json = Annotated[dict[str, Any], AfterValidator(_flat_enough)]
_Stop = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class ContentPart(In):
    type: Literal["text"]
    text: _Content


class CalledFunction(In):
    """`arguments` is JSON, as the model wrote it."""

    name: _ToolName
    arguments: _Content


class ToolCall(In):
    id: _ToolName
    type: Literal["function"] = "function"
    function: CalledFunction


class CompletionMessage(In):
    """`developer` is what newer SDKs call `system`. Only an assistant that called something may have no content."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: _Content | Annotated[list[ContentPart], Field(min_length=1, max_length=100)] | None = None
    tool_calls: Annotated[list[ToolCall], Field(max_length=128)] | None = None
    tool_call_id: _ToolName | None = None


class ToolFunction(In):
    """`parameters` is a JSON schema; it goes to the model as it is."""

    name: _ToolName
    description: _Content | None = None
    parameters: _Json | None = None
    strict: bool | None = None


class Tool(In):
    type: Literal["function"]
    function: ToolFunction


class StreamOptions(In):
    """`include_status` is ours: without it the stream is OpenAI's and nothing else."""

    include_usage: bool | None = None
    include_status: bool | None = None


class CreateCompletion(Sampling):
    """`bypass_cache` is ours: with it the model answers anew, even if the same was asked before."""

    model: ModelName
    messages: Annotated[list[CompletionMessage], Field(min_length=1, max_length=1000)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    max_completion_tokens: Annotated[int, Field(ge=1, le=131_072)] | None = None
    stop: _Stop | Annotated[list[_Stop], Field(max_length=4)] | None = None
    n: Literal[1] | None = None
    logprobs: Literal[False] | None = None
    tools: Annotated[list[Tool], Field(max_length=128)] | None = None
    tool_choice: Literal["none", "auto", "required"] | _Json | None = None
    response_format: _Json | None = None
    bypass_cache: bool | None = None


class TokenUsage(Out):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class FunctionAsked(Out):
    name: str
    arguments: str


class ToolAsked(Out):
    id: str
    type: Literal["function"] = "function"
    function: FunctionAsked


class CompletionAnswer(Out):
    role: Literal["assistant"] = "assistant"
    content: str | None
    tool_calls: list[ToolAsked] | None = None
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
