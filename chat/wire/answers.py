"""What the server answers, to HTTP requests and in Socket.IO acks."""

from typing import Any, Literal

from chat.wire.agents import Agent
from chat.wire.types import ErrorBody, Out
from chat.wire.values import (
    Author,
    BackendInfo,
    LlmStatus,
    Member,
    Message,
    ModelHistory,
    ModelInfo,
    ModelProgress,
    Room,
    Usage,
    User,
)


class ActiveReply(Out):
    """A reply that is being written: its text so far, which ends at `offset`, and its status."""

    reply_id: str
    text: str
    offset: int
    status: LlmStatus


class JoinAnswer(Out):
    """`members` are all `member_count`, or in a large room the 100 who have read furthest."""

    ok: Literal[True] = True
    room: Room
    members: list[Member]
    member_count: int
    agents: list[Agent]
    seq: int
    rev: int
    messages: list[Message]
    has_gap: bool
    active_replies: list[ActiveReply]


class SendAnswer(Out):
    """`notice` says why the model will not answer although the message was stored."""

    ok: Literal[True] = True
    message: Message
    notice: ErrorBody | None = None


class EditAnswer(Out):
    ok: Literal[True] = True
    message: Message


class OkAnswer(Out):
    ok: Literal[True] = True


class RequestAnswer(Out):
    ok: Literal[True] = True
    request_id: str


class RefusedAnswer(Out):
    ok: Literal[False] = False
    error: ErrorBody


class UserAnswer(Out):
    """With `must_change_password` nothing else is allowed before: the password is one that an admin has given."""

    user: User
    must_change_password: bool = False


class PasswordChanged(Out):
    """`ended_sessions`: so many other sign-ins were ended by it. API keys stay."""

    ended_sessions: int


class RoomsAnswer(Out):
    rooms: list[Room]


class RoomAnswer(Out):
    room: Room


class MembersAnswer(Out):
    members: list[Member]
    agents: list[Agent]


class MessageAnswer(Out):
    message: Message
    notice: ErrorBody | None = None


class PinsAnswer(Out):
    messages: list[Message]


class History(Out):
    messages: list[Message]
    has_more_before: bool
    has_more_after: bool


class SnippetPart(Out):
    text: str
    is_match: bool


class SearchHit(Out):
    """A message that was found, by its text, by its meaning or by both. `snippet` is the part of its text around the
    first match, on one line; without a match it is the beginning."""

    id: str
    room: str
    seq: int
    author: Author
    created_at: str
    snippet: list[SnippetPart]
    why: Literal["text", "meaning", "both"]


class MeaningState(Out):
    """Whether messages can be found by meaning: `off` if that is not set up, `away` while its model does not answer
    (`problem` says why), `reading` while older messages are still being read. `done` of about `total` messages in the
    rooms of whoever asks can be found so."""

    state: Literal["off", "away", "reading", "ready"]
    done: int = 0
    total: int = 0
    problem: str | None = None


class SearchAnswer(Out):
    """By text the newest first; `next` is the `before` of the page after it. By meaning the best first, and no page
    after it. `mode` is how it was searched: by text where meaning was asked for and cannot be had."""

    hits: list[SearchHit]
    next: str | None
    mode: Literal["text", "semantic", "hybrid"]
    meaning: MeaningState = MeaningState(state="off")


class Models(Out):
    """`models` are those that write; `embedders` only make embeddings, and cannot be asked in a chat."""

    models: list[ModelInfo]
    embedders: list[ModelInfo]
    backends: list[BackendInfo]
    default: str | None


class ModelHistories(Out):
    """Of the models in the list, those of which anything was seen."""

    models: list[ModelHistory]


class ModelTask(Out):
    task: ModelProgress


class ModelTasks(Out):
    """Loads and downloads that run, and those that ended in the last minutes; the oldest first."""

    loads: list[ModelProgress]


class CacheFacts(Out):
    """Since the start of the server. `shared` were asked while an equal question was being answered.

    `hit_rate` is the share of all for which no model had to work, `saved_seconds` what those from the cache had taken.
    """

    asked: int
    hits: int
    shared: int
    computed: int
    hit_rate: float | None
    saved_seconds: float
    entries: int
    size_bytes: int
    max_bytes: int
    ttl_seconds: float


class Timings(Out):
    queue_ms: int | None = None
    load_ms: int | None = None
    ttft_ms: int | None = None
    total_ms: int | None = None
    tokens_per_second: float | None = None


class GenerateAnswer(Out):
    text: str
    model: str
    backend: str | None
    cached: bool
    cached_age_seconds: float | None = None
    finish: str
    usage: Usage
    timings: Timings


class KeyInfo(Out):
    id: str
    name: str
    prefix: str
    created_at: str
    expires_at: str | None = None
    last_used_at: str | None = None


class KeyCreated(KeyInfo):
    key: str


class KeysAnswer(Out):
    keys: list[KeyInfo]


class SessionInfo(Out):
    id: str
    created_at: str
    last_seen_at: str
    user_agent: str
    current: bool


class SessionsAnswer(Out):
    sessions: list[SessionInfo]


class Health(Out):
    status: Literal["ok", "stopping", "failing"]
    checks: dict[str, Any] = {}
