"""What a model backend is: facts about its models, and one generator of typed chunks per request."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from chat.llm.cancelling import CancelToken

Role = Literal["system", "user", "assistant", "tool"]
Ability = Literal["load", "unload", "pull", "delete"]
Phase = Literal["queued", "routing", "loading", "connected", "prompt", "generating", "done", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What a model wants to have called; `arguments` is JSON as the model wrote it."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """`tool_calls` are an assistant's; `tool_call_id` says which of them a message of a tool answers."""

    role: Role
    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """Sampling options in OpenAI's names; `None` leaves the backend's own default."""

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tooling:
    """What a program lets the model call, and in which form it wants the answer: JSON in OpenAI's shapes."""

    tools: tuple[dict[str, Any], ...] = ()
    tool_choice: str | dict[str, Any] | None = None
    response_format: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One question to one model; `model` is the backend's own name for it.

    `continues`: the last message is the beginning of the answer, and only the rest of it is wanted.
    """

    model: str
    messages: tuple[ChatMessage, ...]
    options: Options = field(default_factory=Options)
    tooling: Tooling = field(default_factory=Tooling)
    continues: bool = False


@dataclass(frozen=True, slots=True)
class EmbedRequest:
    """Texts for one model; `dimensions` is a length of vector that some models can be asked for."""

    model: str
    texts: tuple[str, ...]
    dimensions: int | None = None


@dataclass(frozen=True, slots=True)
class Embeddings:
    """One vector for each text, in their order, all of one length; `prompt_tokens` where the backend counts."""

    vectors: tuple[list[float], ...]
    prompt_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What a backend says about one of its models; `None` means that it does not say.

    `version` is another one when another model has got the same name.
    """

    name: str
    loaded: bool | None = None
    size_bytes: int | None = None
    context_length: int | None = None
    expires_at: str | None = None
    capabilities: tuple[str, ...] = ("completion",)
    version: str | None = None


@dataclass(frozen=True, slots=True)
class PhaseChunk:
    """The phase begins, or goes on with a new `progress` (0..1). `estimated` marks numbers that are ours.

    `eta_range` are the soonest and the latest end in seconds, as far as that is known; `since`, by the monotonic clock,
    when a phase began that others have waited for before us.
    """

    phase: Phase
    progress: float | None = None
    estimated: bool = False
    eta_seconds: float | None = None
    eta_range: tuple[float, float] | None = None
    queue_position: int | None = None
    message: str = ""
    since: float | None = None


@dataclass(frozen=True, slots=True)
class TextChunk:
    text: str


@dataclass(frozen=True, slots=True)
class ReasoningChunk:
    text: str


@dataclass(frozen=True, slots=True)
class ToolCallChunk:
    """A piece of the `index`-th call that the model asks for: its id and name once, its arguments bit by bit."""

    index: int
    id: str | None = None
    name: str | None = None
    arguments: str = ""


@dataclass(frozen=True, slots=True)
class DoneChunk:
    """The last chunk. Durations in milliseconds, `None` where neither the backend nor our clock can tell."""

    finish: Literal["stop", "length", "tool_calls"] = "stop"
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    tokens_per_second: float | None = None
    load_ms: int | None = None


@dataclass(frozen=True, slots=True)
class CachedChunk:
    """First chunk of an answer that comes from the cache; the text follows at full speed."""

    age_seconds: float


@dataclass(frozen=True, slots=True)
class PullChunk:
    """How far a download is. Bytes of all files that are known so far; None where nobody tells.

    `eta_seconds` and `bytes_per_second` are the backend's own.
    """

    message: str
    bytes_done: int | None = None
    bytes_total: int | None = None
    bytes_per_second: float | None = None
    eta_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class RoutedChunk:
    """Which backend answers; again if the router falls over to another one before the first text."""

    model: str
    backend: str


@dataclass(frozen=True, slots=True)
class TickChunk:
    """Nothing new has come for a while. Only for those who asked for it, so that they can look after their client."""


Said = TextChunk | ReasoningChunk | ToolCallChunk  # what people or programs have seen cannot be taken back
Chunk = CachedChunk | RoutedChunk | PhaseChunk | Said | DoneChunk | TickChunk


class Backend(Protocol):
    """One place where models run. Errors are the `ModelError`s of chat/errors.py, each saying what to do."""

    name: str
    url: str

    @property
    def kind(self) -> str:
        """What it is; may change while its address is all that is known of it."""
        ...

    @property
    def parallelism(self) -> int:
        """How many answers it writes at once."""
        ...

    def list_models(self) -> list[ModelFacts]:
        """Installed models and whether they are loaded. Raises `ModelUnreachable` within about two seconds."""
        ...

    def chat(self, request: ChatRequest, cancel: CancelToken) -> Iterator[Chunk]:
        """Phases, text, then exactly one `DoneChunk`; or raises a `ModelError` or `Cancelled`. Leaves nothing open."""
        ...

    def embed(self, request: EmbedRequest, cancel: CancelToken) -> Embeddings:
        """The vectors of all texts; or raises as `chat` does. `ModelNotFound` where it makes none."""
        ...

    def has_stopped(self, model: str) -> bool | None:
        """Whether nothing is computed for us any more but the answers that we read; None if it does not tell.

        Asked after the connection of an answer was closed. Answers within about half a second, and never raises.
        """
        ...

    def close(self) -> None:
        """Frees what the backend holds (a child process, pooled connections)."""
        ...

    # What else it can do with its models: llm/upkeep.py, from which all backends inherit what they cannot.

    @property
    def abilities(self) -> frozenset[Ability]: ...

    def load(self, model: str, cancel: CancelToken) -> Iterator[Chunk]: ...

    def unload(self, model: str, cancel: CancelToken) -> None: ...

    def pull(self, model: str, cancel: CancelToken) -> Iterator[PullChunk]: ...

    def delete(self, model: str, cancel: CancelToken) -> None: ...
