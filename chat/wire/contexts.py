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


class SeenNote(Out):
    """The room's note, of which the model read `chars` characters, as it was then; `changed`: it is another one by now.

    It told of the messages from `from_seq` to `up_to_seq`.
    """

    version: int
    chars: int
    from_seq: int
    up_to_seq: int
    changed: bool


class ReplyContext(Out):
    """All that went into a prompt, in its order: the system text, the note, passages, the messages, the answer so far.

    `message` is the reply; null for what would go in now, if the room's model were asked. `passages` are older messages
    that may belong to the question. Note and passages have `recalled_chars` with the words around them. Of the messages
    that were left out the note tells of `noted`.

    `system` is shorter than `system_chars` when the question that brought a part of it was deleted. `left_out` earlier
    messages were not read (1000: or more), because the rest was too long or they were too many. `estimated_tokens` are
    ours; what the backend has counted is the reply's `usage`. `is_context_assumed`: the backend does not say how much
    the model can read. `budget_chars` of it are for reading.
    `told_chars` are, in a run, what agents found and what to do with it.
    """

    message: str | None
    at: str
    system: str
    system_chars: int
    note: SeenNote | None
    passages: list[SeenMessage]
    recalled_chars: int
    messages: list[SeenMessage]
    begun_chars: int
    told_chars: int = 0
    left_out: int
    noted: int
    left_out_because: Literal["too many", "too long"]
    chars: int
    budget_chars: int
    context_tokens: int
    is_context_assumed: bool
    estimated_tokens: int
    options: dict[str, Any]


class ContextAnswer(Out):
    """`context` is null while no model has read anything for the reply, or while there is nothing in the room."""

    context: ReplyContext | None
