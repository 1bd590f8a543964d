"""What the server pushes; each payload carries `type` equal to its event name."""

from typing import Literal

from chat.wire.types import EndReason, ErrorBody, MessageStatus, Out, PresenceStatus
from chat.wire.values import BackendInfo, LlmStatus, Member, Message, ModelInfo, Reaction, Room, ServerInfo, User


class Setup(Out):
    """`presence` is of the partners in direct rooms, by their ids."""

    type: Literal["setup"] = "setup"
    user: User
    rooms: list[Room]
    models: list[ModelInfo]
    backends: list[BackendInfo]
    default_model: str | None
    llm_status: LlmStatus
    presence: dict[str, PresenceStatus]
    server: ServerInfo


class MessageStatusEvent(Out):
    type: Literal["message_status"] = "message_status"
    room: str
    id: str
    client_id: str
    status: MessageStatus
    error: ErrorBody | None = None


class TypingEvent(Out):
    type: Literal["typing"] = "typing"
    room: str
    user: User
    is_typing: bool


class PresenceEvent(Out):
    type: Literal["presence"] = "presence"
    room: str | None = None
    user: User
    status: PresenceStatus


class ChunkData(Out):
    chunk: str
    is_final: bool


class LlmChunk(Out):
    """`offset` counts the characters (Unicode code points) before this chunk."""

    type: Literal["llm_chunk"] = "llm_chunk"
    room: str | None = None
    reply_id: str | None = None
    request_id: str | None = None
    data: ChunkData
    offset: int
    error: ErrorBody | None = None


class RoomUpdated(Out):
    type: Literal["room_updated"] = "room_updated"
    room: Room


class MemberJoined(Out):
    type: Literal["member_joined"] = "member_joined"
    room: str
    member: Member


class MemberUpdated(Out):
    """A member has another role."""

    type: Literal["member_updated"] = "member_updated"
    room: str
    member: Member


class MemberLeft(Out):
    type: Literal["member_left"] = "member_left"
    room: str
    user: str


class TemplatesChanged(Out):
    """There are other templates in this room, or (null) among one's own."""

    type: Literal["templates_changed"] = "templates_changed"
    room: str | None


class RoomGone(Out):
    """By what `by` did, a room is closed to whoever hears this. Where it can still be seen, `room_updated` comes next.

    `deleted`: it is gone for everybody. `removed`: they are no longer in it. `hidden`: it is private now, without them.
    """

    type: Literal["room_gone"] = "room_gone"
    room: str
    name: str
    reason: Literal["deleted", "removed", "hidden"]
    by: User


class MessageUpdated(Out):
    """A message changed after it was sent (a reply was closed, a text edited); it replaces the one with its `id`."""

    type: Literal["message_updated"] = "message_updated"
    room: str
    message: Message


class MessageDeleted(Out):
    """The message with this `id` keeps its place, but has no text, reactions, pin or mentions any more."""

    type: Literal["message_deleted"] = "message_deleted"
    room: str
    id: str
    seq: int
    rev: int
    deleted_at: str


class ReactionEvent(Out):
    """`user` (an id) has put an emoji under the message `id` or taken it away; `reactions` are all that it has now."""

    type: Literal["reaction"] = "reaction"
    room: str
    id: str
    rev: int
    user: str
    emoji: str
    is_on: bool
    reactions: list[Reaction]


class ModelsChanged(Out):
    """Which models can be asked has changed: a backend came, went, or loaded something."""

    type: Literal["models_changed"] = "models_changed"
    models: list[ModelInfo]
    backends: list[BackendInfo]
    default_model: str | None


class PersonChanged(Out):
    """Somebody is called otherwise, is an admin or no longer, was deactivated or is back: in old messages, too."""

    type: Literal["person_changed"] = "person_changed"
    user: User
    deactivated: bool = False


class SignedOut(Out):
    """The session or key of this socket has ended, and the socket ends after this."""

    type: Literal["signed_out"] = "signed_out"
    reason: EndReason


class ServerRestarting(Out):
    """Sent before a planned stop; come back after `retry_after` seconds."""

    type: Literal["server_restarting"] = "server_restarting"
    retry_after: float
