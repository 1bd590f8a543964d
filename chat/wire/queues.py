"""What the backends are at, and who waits for them: for each viewer only as much as they may know."""

from typing import Literal

from chat.wire.types import In, Out


class WatchQueue(In):
    """Whether this socket wants to hear `queue_changed`."""

    is_on: bool


class QueueEntry(Out):
    """One question that has a slot (`position` 0) or waits (1 is next).

    `kind` is where it was asked: in a room, by a person outside of rooms, or by a program. `room`, `reply` (a message)
    and `asked_by` are null for whoever may not read that room. `running_seconds` has it had its slot, and `is_loading`
    while its model is not in memory yet; it will probably get one in `start_seconds`, which is our estimate, null where
    there is nothing to go by.
    """

    kind: Literal["room", "person", "program"]
    model: str
    position: int
    is_mine: bool
    room: str | None = None
    reply: str | None = None
    asked_by: str | None = None
    is_loading: bool = False
    running_seconds: float | None = None
    start_seconds: float | None = None


class BackendQueue(Out):
    """`slots` is how many the backend serves at once; `more` wait beyond those in the list."""

    backend: str
    slots: int
    entries: list[QueueEntry]
    more: int


class QueueAnswer(Out):
    """The backends that have anything to do."""

    ok: Literal[True] = True
    queues: list[BackendQueue]


class QueueChanged(Out):
    type: Literal["queue_changed"] = "queue_changed"
    queues: list[BackendQueue]
