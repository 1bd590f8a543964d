"""What happened, in the past tense. Recorded in a unit of work and let out after its commit."""

from dataclasses import dataclass

from chat import wire
from chat.shared_events import SharedEvent


@dataclass(frozen=True, slots=True)
class MessagePosted:
    message: wire.Message


@dataclass(frozen=True, slots=True)
class MessageChanged:
    """An existing message has a new content or state: a reply was re-opened or closed, a text edited."""

    message: wire.Message


@dataclass(frozen=True, slots=True)
class MessageDeleted:
    deleted: wire.MessageDeleted


@dataclass(frozen=True, slots=True)
class ReactionChanged:
    reaction: wire.ReactionEvent


@dataclass(frozen=True, slots=True)
class ReplyOpened:
    """A reply row waits for a model; the scheduler takes it from here. `trace` names the span that it came from."""

    job_id: str
    trace: str = ""


@dataclass(frozen=True, slots=True)
class StopAsked:
    """Somebody who may has stopped a reply that another process works on. Never stored."""

    job_id: str


@dataclass(frozen=True, slots=True)
class AgentActed:
    action: wire.AgentAction


@dataclass(frozen=True, slots=True)
class RoomAgentsChanged:
    """Agents came into a room or went, or are otherwise than before."""

    agents: wire.RoomAgents


@dataclass(frozen=True, slots=True)
class RoomCreated:
    """`room` as somebody sees it who is not in it."""

    room: wire.Room


@dataclass(frozen=True, slots=True)
class RoomChanged:
    """It has another name, topic, kind …; `hidden_by` has made it private."""

    room_id: str
    hidden_by: wire.User | None = None


@dataclass(frozen=True, slots=True)
class TemplatesChanged:
    """Those of a room, or those that somebody has for themselves."""

    room_id: str | None
    owner_id: str | None


@dataclass(frozen=True, slots=True)
class RoomMemoryChanged:
    """There is another note of the room's older messages, or none, or it may tell of what is not there any more."""

    change: wire.MemoryChanged


@dataclass(frozen=True, slots=True)
class RoomDeleted:
    """`room` as somebody saw it who was not in it."""

    room: wire.Room
    by: wire.User


@dataclass(frozen=True, slots=True)
class MemberJoined:
    room_id: str
    member: wire.Member


@dataclass(frozen=True, slots=True)
class MemberLeft:
    """`room` as the person sees it who has left, or whom `removed_by` has taken out."""

    room: wire.Room
    user_id: str
    removed_by: wire.User | None = None


@dataclass(frozen=True, slots=True)
class MemberChanged:
    """A member has another role."""

    room_id: str
    member: wire.Member


@dataclass(frozen=True, slots=True)
class RoomRead:
    """A member has moved their mark in a room; concerns only that person's own clients."""

    user_id: str
    room: wire.Room


@dataclass(frozen=True, slots=True)
class RoomMuted:
    """A member does, or does not, want to hear of a room; concerns only that person's own clients."""

    user_id: str
    room: wire.Room


@dataclass(frozen=True, slots=True)
class MentionsChanged:
    """An edit or a deletion changed how many unread mentions a member has; concerns only that person's own clients."""

    user_id: str
    room: wire.Room


@dataclass(frozen=True, slots=True)
class MessageRead:
    """Somebody else than its author has read the message, and with it all earlier ones of that author."""

    room_id: str
    message_id: str
    client_id: str


@dataclass(frozen=True, slots=True)
class SignInEnded:
    """A session or API key is no longer valid: `token_id` is its id, whatever it was."""

    token_id: str
    reason: wire.EndReason


@dataclass(frozen=True, slots=True)
class PersonChanged:
    """Name, role or state of somebody who is in `room_ids`, or has written there."""

    user: wire.User
    deactivated: bool
    room_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReplyProgressed:
    """Phase, progress or queue position of a running reply. Never stored."""

    status: wire.LlmStatus


@dataclass(frozen=True, slots=True)
class ReplyGrew:
    """More text of a running reply. Ephemeral: the text so far is also kept in the row and in jobs/live_replies."""

    chunk: wire.LlmChunk


@dataclass(frozen=True, slots=True)
class GlobalStatusChanged:
    status: wire.LlmStatus


@dataclass(frozen=True, slots=True)
class Typed:
    """Somebody has begun to type or types no longer; `sid` is the socket by which they do. Never stored."""

    sign: wire.TypingEvent
    sid: str


@dataclass(frozen=True, slots=True)
class ModelProgressed:
    """A load or a download has come further. Never stored."""

    progress: wire.ModelProgress


@dataclass(frozen=True, slots=True)
class QueueChanged:
    """Somebody stands in line for a backend, has got a slot there, or has gone."""


@dataclass(frozen=True, slots=True)
class ModelsChanged:
    """The registry sees other models or backends than before."""


@dataclass(frozen=True, slots=True)
class PresenceTold:
    """Whom the sockets of one process show to be here: those who changed, or `is_all`. Never stored."""

    process: str
    statuses: tuple[tuple[wire.User, wire.PresenceStatus], ...]
    is_all: bool = False


@dataclass(frozen=True, slots=True)
class PresenceAsked:
    """A process wants to hear `PresenceTold` of all the others."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Somebody has done once more what they may do only so often; `kind` and `who` as in rate_limits. Never stored."""

    kind: str
    who: str


@dataclass(frozen=True, slots=True)
class CacheEmptied:
    """Kept answers are to be forgotten. Never stored."""


@dataclass(frozen=True, slots=True)
class PeerFound:
    """A process of the same server is heard for the first time, or again. Never leaves a process."""

    process: str


@dataclass(frozen=True, slots=True)
class PeerLost:
    """Nothing is heard of it any more, although others are. Never leaves a process."""

    process: str


@dataclass(frozen=True, slots=True)
class RoomFellBehind:
    """Another process has changed a room up to `rev`, and that may not have been heard here. Never leaves a process."""

    room_id: str
    rev: int


Event = (
    MessagePosted
    | MessageChanged
    | MessageDeleted
    | ReactionChanged
    | ReplyOpened
    | StopAsked
    | AgentActed
    | RoomAgentsChanged
    | RoomCreated
    | RoomChanged
    | TemplatesChanged
    | RoomMemoryChanged
    | RoomDeleted
    | MemberJoined
    | MemberLeft
    | MemberChanged
    | RoomRead
    | RoomMuted
    | MentionsChanged
    | MessageRead
    | SignInEnded
    | PersonChanged
    | ReplyProgressed
    | ReplyGrew
    | GlobalStatusChanged
    | Typed
    | ModelProgressed
    | QueueChanged
    | SharedEvent
    | ModelsChanged
    | PresenceTold
    | PresenceAsked
    | Counted
    | CacheEmptied
    | PeerFound
    | PeerLost
    | RoomFellBehind
)
