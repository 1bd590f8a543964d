"""Webhooks: addresses by which programs post into a room, and addresses that a room posts to."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from chat.wire.types import ClientId, In, Name, Out, Text
from chat.wire.values import Message, User

HookEvent = Literal["message", "reply"]


class CreateIncomingHook(In):
    """`name` is what the bot is called that speaks for it."""

    name: Name


class IncomingHook(Out):
    """`prefix` is the beginning of its secret, to tell several apart; `bot` writes what is posted to it."""

    id: str
    bot: User
    prefix: str
    created_at: str
    created_by: str | None
    last_used_at: str | None


class IncomingHooks(Out):
    hooks: list[IncomingHook]


class IncomingHookCreated(Out):
    """`path` of this server is the address, and holds the secret: it is shown this once."""

    hook: IncomingHook
    path: str


class HookPost(In):
    """What a program posts: `username` is what the bot is called in this message.

    The same `client_id` again gives the first message, as for a person's.
    """

    text: Text
    username: Name | None = None
    client_id: ClientId | None = None


class CreateOutgoingHook(In):
    """Where what happens in a room is posted to: messages of people, or answers of models once they have ended."""

    name: Name
    url: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    messages: bool = True
    replies: bool = True


class OutgoingHook(Out):
    """`failing_since` is when posting began to fail, with `last_error`; after days of that it is `disabled_at`."""

    id: str
    name: str
    url: str
    messages: bool
    replies: bool
    created_at: str
    created_by: str | None
    last_delivered_at: str | None
    failing_since: str | None
    disabled_at: str | None
    last_error: str | None
    waiting: int


class OutgoingHooks(Out):
    """`is_allowed`: whether the server's settings allow any address."""

    hooks: list[OutgoingHook]
    is_allowed: bool


class OutgoingHookCreated(Out):
    """`key` verifies what is posted (Standard Webhooks), and is shown this once."""

    hook: OutgoingHook
    key: str


class OutgoingHookAnswer(Out):
    hook: OutgoingHook


class HookRoom(Out):
    id: str
    slug: str
    name: str


class HookDelivery(Out):
    """The body of what is posted. The same `id` may come twice; its header is signed with it."""

    id: str
    event: HookEvent
    room: HookRoom
    message: Message
