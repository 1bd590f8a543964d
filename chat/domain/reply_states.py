"""The life of a reply: queued → loading → prompt → generating → done | stopped | failed | interrupted."""

from typing import Literal

from chat.wire import MessageStatus, ReplyPhase

RunningPhase = Literal["loading", "prompt", "generating"]
ClosedPhase = Literal["done", "stopped", "failed", "interrupted"]

OPEN_PHASES: frozenset[ReplyPhase] = frozenset({"queued", "loading", "prompt", "generating"})
RUNNING_PHASES: frozenset[ReplyPhase] = frozenset({"loading", "prompt", "generating"})  # a backend has the question
WORDLESS_PHASES: frozenset[ReplyPhase] = frozenset({"queued", "loading", "prompt"})  # nothing written yet
CLOSED_PHASES: frozenset[ReplyPhase] = frozenset({"done", "stopped", "failed", "interrupted"})


def status_of(phase: ReplyPhase) -> MessageStatus:
    """A reply's message status: it counts as sending until it is closed."""
    if phase in OPEN_PHASES:
        return "sending"
    return "delivered" if phase in ("done", "stopped") else "error"
