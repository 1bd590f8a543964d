"""The things that answers and events are about: people, rooms, messages, models, the status of a model."""

from typing import Literal

from chat.wire.agents import AgentRef
from chat.wire.templates import TemplateUse
from chat.wire.types import (
    ErrorBody,
    MemberRole,
    MessageStatus,
    ModelStage,
    Out,
    Phase,
    PresenceStatus,
    PublicStatus,
    ReplyPhase,
    ReplyPolicy,
    RoomKind,
    ServerRole,
    StopPolicy,
)


class User(Out):
    """A person or a bot, and what they are on this server."""

    id: str
    username: str
    display_name: str
    role: ServerRole = "member"
    is_bot: bool = False

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"


class Author(Out):
    """Who wrote a message: a person or a bot (id, username), a model (its id in the model list) or an agent.

    Somebody `deactivated` can no longer sign in. The `name` of a bot is what it has called itself in this message.
    """

    id: str
    kind: Literal["person", "bot", "model", "agent"]
    handle: str
    name: str
    deactivated: bool = False


class Member(Out):
    """Somebody in a room; has read it up to `last_read_seq`, which never falls."""

    id: str
    username: str
    display_name: str
    role: MemberRole
    last_read_seq: int
    presence: PresenceStatus = "offline"
    deactivated: bool = False
    is_bot: bool = False


class Usage(Out):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class ReplyInfo(Out):
    """The model's side of a reply message. Durations in milliseconds; `None` where nobody can tell.

    `cached_since` is when the answer was first given, `queue_ms` how long the question waited in line.
    `goes_on`: stopped, but the backend was not seen to have stopped, and may still be working on it.
    `continued`: its text goes on from that of an earlier attempt, which stays while the model is asked.
    `agent` is for whom the model speaks; `run` is how several have worked for it (GET /api/rooms/{room}/runs/{run}),
    and `missed` are the messages (ids) that people wrote meanwhile and that have no answer, because the run ended
    without one. The next run for the same question takes them in.
    """

    model: str
    backend: str | None = None
    phase: ReplyPhase
    requested_by: str
    question: str | None = None
    cached: bool = False
    cached_age_seconds: float | None = None
    cached_since: str | None = None
    template: str | None = None
    template_title: str | None = None
    usage: Usage | None = None
    tokens_per_second: float | None = None
    queue_ms: int | None = None
    load_ms: int | None = None
    ttft_ms: int | None = None
    finish: Literal["stop", "length", "stopped", "error", "interrupted"] | None = None
    error: ErrorBody | None = None
    continued: bool = False
    goes_on: bool = False
    agent: AgentRef | None = None
    run: str | None = None
    missed: list[str] = []


class Reaction(Out):
    """One emoji under a message and the ids of those who chose it, in the order in which they did."""

    emoji: str
    users: list[str]


class Quote(Out):
    """The message that another one replies to: the beginning of its text on one line, nothing once it is deleted."""

    id: str
    seq: int
    author: Author
    content: str
    deleted: bool


class Message(Out):
    """A chat message. `rev` is the room's change counter at its last change: catch up with `after_rev`."""

    type: Literal["message"] = "message"
    id: str
    room: str
    seq: int
    rev: int
    author: Author
    content: str
    client_id: str
    status: MessageStatus
    reply_to: str | None = None
    quote: Quote | None = None
    created_at: str
    edited_at: str | None = None
    deleted_at: str | None = None
    pinned_at: str | None = None
    pinned_by: str | None = None
    reactions: list[Reaction] = []
    template: TemplateUse | None = None
    llm: ReplyInfo | None = None


class Room(Out):
    """A room as one person sees it. `role` is what they may do there.

    In public rooms moderators and admins of the server act as owners. `partner` is the other one in a direct room.
    """

    id: str
    slug: str
    name: str
    topic: str
    kind: RoomKind
    is_member: bool
    unread: int = 0
    mentions: int = 0
    last_seq: int
    last_read_seq: int = 0
    models: list[str] = []
    reply_policy: ReplyPolicy = "mention"
    stop_policy: StopPolicy = "everybody"
    role: MemberRole | None = None
    is_archived: bool = False
    is_muted: bool = False
    partner: User | None = None


class Range(Out):
    """Where a figure probably lies."""

    low: float
    high: float


class ModelInfo(Out):
    """`load_ms_estimate` is the median of earlier loads, `load_ms_range` where they lay."""

    id: str
    name: str
    handle: str
    backend: str
    backend_kind: str
    loaded: bool | None = None
    size_bytes: int | None = None
    context_length: int | None = None
    expires_at: str | None = None
    capabilities: list[str] = []
    load_ms_estimate: int | None = None
    load_ms_range: Range | None = None


class LoadSeen(Out):
    """One load of a model; `is_cold`: its file was probably read from the disk."""

    at: str
    load_ms: int
    is_cold: bool


class ModelHistory(Out):
    """What was seen of one model (its `id` in the list), oldest first.

    `speeds` are tokens per second of its last answers, by whomever.
    """

    id: str
    loads: list[LoadSeen]
    speeds: list[float]


class BackendInfo(Out):
    """A place where models run; `error` says what to do when it cannot be reached.

    `abilities` are what can be done with its models from here: load, unload, pull, delete.
    """

    name: str
    kind: str
    url: str
    reachable: bool
    error: str | None = None
    abilities: list[str] = []


class ModelProgress(Out):
    """How far a load or a download is. `pct` is 0 to 100; unless `estimated`, it and the time left are the backend's.

    `failed` and `cancelled` are ends as `complete` is; `error` says what to do.
    """

    type: Literal["model_progress"] = "model_progress"
    id: str
    action: Literal["load", "pull"]
    model: str
    backend: str
    stage: ModelStage
    pct: float | None = None
    message: str = ""
    estimated: bool = False
    eta_seconds: float | None = None
    eta_range: Range | None = None
    bytes_done: int | None = None
    bytes_total: int | None = None
    bytes_per_second: float | None = None
    error: ErrorBody | None = None
    timestamp: str


class LlmStatus(Out):
    """The public value and the phase underneath. Without `room` it is the global value, the most urgent of all jobs.

    `estimated_range` is where `estimated_time` probably lies; once its `high` is 0, it takes longer than usual.
    """

    type: Literal["llmStatus"] = "llmStatus"
    status: PublicStatus
    room: str | None = None
    reply_id: str | None = None
    model: str | None = None
    backend: str | None = None
    phase: Phase
    message: str = ""
    progress: float | None = None
    estimated: bool = False
    estimated_time: float | None = None
    estimated_range: Range | None = None
    queue_position: int | None = None
    tokens_per_second: float | None = None
    error: ErrorBody | None = None
    timestamp: str


class ServerInfo(Out):
    version: str
    max_message_chars: int
    llm_rate_limit: int
