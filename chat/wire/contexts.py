"""What a model was given to read for a reply."""

from typing import Any, Literal

from chat.wire.types import Out
from chat.wire.values import Author


class SeenMessage(Out):
    """A message as it is now, of which the model read `chars` characters (with its author's name).

    `content` is the beginning of its text; nothing is left of a deleted one. `changed`: it was edited afterwards.
    """

    id: str
    seq: int
    author: Author
    content: str
    chars: int
    deleted: bool
    changed: bool


class ReplyContext(Out):
    """All that went into the prompt of a reply, in its order: the system text, the messages, the answer so far.

    `system` is shorter than `system_chars` when the question that brought a part of it was deleted. `left_out` earlier
    messages were not read (1000: or more), because the rest was too long or they were too many. `estimated_tokens` are
    ours; what the backend has counted is the reply's `usage`. `is_context_assumed`: the backend does not say how much
    the model can read. `budget_chars` of it are for reading.
    `told_chars` are, in a run, what agents found and what to do with it.
    """

    message: str
    at: str
    system: str
    system_chars: int
    messages: list[SeenMessage]
    begun_chars: int
    told_chars: int = 0
    left_out: int
    left_out_because: Literal["too many", "too long"]
    chars: int
    budget_chars: int
    context_tokens: int
    is_context_assumed: bool
    estimated_tokens: int
    options: dict[str, Any]


class ContextAnswer(Out):
    """`context` is null while no model has read anything for the reply."""

    context: ReplyContext | None
