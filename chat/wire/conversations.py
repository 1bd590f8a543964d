"""Conversations of programs that are remembered: what there is of each, for whoever owns it."""

from typing import Literal

from chat.wire.completions import ToolAsked
from chat.wire.types import Out


class Conversation(Out):
    """`conversation_id`, `project` and `user` are what the program calls it; `turns` counts what is kept."""

    id: str
    conversation_id: str
    project: str
    user: str
    turns: int
    created_at: str
    updated_at: str


class ConversationTurn(Out):
    role: Literal["user", "assistant", "tool"]
    content: str
    tool_calls: list[ToolAsked] | None = None
    tool_call_id: str | None = None
    created_at: str


class Conversations(Out):
    """A page, newest first; `next` is the `before` of the page after it."""

    conversations: list[Conversation]
    next: str | None


class ConversationAnswer(Out):
    """`system` are the system messages that lead it until others are sent."""

    conversation: Conversation
    system: list[str]
    turns: list[ConversationTurn]
