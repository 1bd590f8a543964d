"""What a client sends: HTTP bodies and Socket.IO payloads."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chat.wire.sampling import GenerationOptions
from chat.wire.templates import Templated
from chat.wire.types import (
    ClientId,
    Emoji,
    Id,
    In,
    MemberRole,
    ModelName,
    ModelPath,
    Name,
    Password,
    ReplyPolicy,
    RoomKind,
    Seq,
    StopPolicy,
    Text,
    Username,
)


class Credentials(In):
    username: Username
    password: Password
    display_name: Name | None = None


class ChangeProfile(In):
    display_name: Name


class ChangePassword(In):
    """`current_password` is not asked of whoever has signed in with a password that an admin has given them."""

    current_password: Annotated[str, StringConstraints(max_length=256)] | None = None
    new_password: Password


class CreateRoom(In):
    name: Name
    topic: Annotated[str, StringConstraints(max_length=250)] = ""
    kind: RoomKind = "public"
    reply_policy: ReplyPolicy = "mention"
    members: Annotated[list[Id], Field(max_length=200)] = []


class ChangeRoom(In):
    """What is left out stays. The first of `models` answers where nobody names one; empty: the server's default."""

    name: Name | None = None
    topic: Annotated[str, StringConstraints(max_length=250)] | None = None
    kind: Literal["public", "private"] | None = None
    reply_policy: ReplyPolicy | None = None
    stop_policy: StopPolicy | None = None
    models: Annotated[list[ModelName], Field(max_length=20)] | None = None


class Invite(In):
    user: Id


class ChangeMember(In):
    role: MemberRole


class SendMessage(Templated):
    room: Id
    content: Text
    client_id: ClientId
    reply_to: Id | None = None
    model: ModelName | None = None
    options: GenerationOptions | None = None
    bypass_cache: bool = False


class EditMessage(In):
    message: Id
    content: Text


class EditContent(In):
    content: Text


class DeleteMessage(In):
    message: Id


class React(In):
    """`emoji` is one emoji or a `:short_name:`; `is_on` False takes it away."""

    message: Id
    emoji: Emoji
    is_on: bool = True


class PinMessage(In):
    message: Id
    is_pinned: bool


class JoinRoom(In):
    """`after` is the last `seq` the client has; `after_rev`, its last `rev`, brings changes to older messages too."""

    room: Id
    after: Seq | None = None
    after_rev: Seq | None = None


class LeaveRoom(In):
    room: Id


class Typing(In):
    """`model` is one that is being mentioned: if it is not in memory, it may be loaded before the question comes."""

    room: Id
    is_typing: bool
    model: ModelName | None = None


class SetPresence(In):
    """Of this socket: away when nobody has been at it for a while, online as soon as somebody is."""

    status: Literal["online", "away"]


class StopReply(In):
    message: Id


class Regenerate(In):
    message: Id
    bypass_cache: bool = True


class ContinueReply(In):
    message: Id


class MarkRead(In):
    room: Id
    seq: Seq


class MarkUnread(In):
    """The message `seq` and all after it are unread again."""

    room: Id
    seq: Annotated[int, Field(ge=1, le=2**53)]


class LlmRequest(Templated):
    content: Text
    model: ModelName | None = None
    room: Id | None = None
    options: GenerationOptions | None = None
    bypass_cache: bool = False


class PromptMessage(In):
    role: Literal["system", "user", "assistant"]
    content: Text


class Generate(Templated):
    prompt: Text | None = None
    messages: Annotated[list[PromptMessage], Field(min_length=1, max_length=1000)] | None = None
    model: ModelName | None = None
    options: GenerationOptions | None = None
    stream: bool = False
    bypass_cache: bool = False


class ChangeModel(In):
    """Which model to load, unload, pull or delete; without a backend the one that has it, or can get it."""

    model: ModelPath
    backend: Name | None = None


class CreateKey(In):
    name: Name
    expires_at: str | None = None
