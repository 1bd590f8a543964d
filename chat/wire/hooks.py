"""Webhooks: addresses by which programs post into a room."""

from chat.wire.types import ClientId, In, Name, Out, Text
from chat.wire.values import User


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
