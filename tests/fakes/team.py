"""A model that plans, finds and writes: what is asked of it in a run is told apart by what comes last."""

import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from chat.llm.base import ChatRequest, DoneChunk, PhaseChunk, TextChunk
from chat.llm.cancelling import CancelToken
from chat.llm.scripted import Step

FINAL = "All agree that it is so."


@dataclass
class TeamScript:
    """A script for the scripted backend. `plan` is what the planner writes.

    An agent, `planner` or `writer`, raises what it has in `faults` instead of its text, or in `breaks` after it. Who is
    in `held` waits in the middle until `release`. `asked` are the last messages by whom they were for, in their order.
    """

    plan: str = json.dumps({"agents": [{"agent": "critic", "task": "Look for holes."}, {"agent": "researcher"}]})
    faults: dict[str, Exception] = field(default_factory=dict)
    breaks: dict[str, Exception] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    finds: Callable[[str], str] = lambda agent: f"{agent} found something."
    asked: list[tuple[str, str]] = field(default_factory=list)
    _released: threading.Event = field(default_factory=threading.Event)
    _reached: dict[str, threading.Event] = field(default_factory=dict)

    def __call__(self, request: ChatRequest) -> Iterable[Step]:
        last = next(message.content for message in reversed(request.messages) if message.role == "user")
        who = self._who(request.messages[0].content, last)
        self.asked.append((who, last))
        yield PhaseChunk("prompt")
        if who in self.held:
            self._gate(who).set()
            yield self._wait
        if who in self.faults:
            yield self.faults[who]
        yield TextChunk(self._says(who))
        if who in self.breaks:
            yield self.breaks[who]
        yield DoneChunk(completion_tokens=3)

    def reached(self, who: str) -> None:
        """Waits until the held one is at its gate."""
        assert self._gate(who).wait(20), f"{who} was not asked"

    def release(self) -> None:
        self.held.clear()
        self._released.set()

    def told(self, who: str) -> str:
        """The last message that it was given last."""
        return next(last for name, last in reversed(self.asked) if name == who)

    def names(self) -> list[str]:
        return [name for name, _ in self.asked]

    def _gate(self, who: str) -> threading.Event:
        return self._reached.setdefault(who, threading.Event())

    def _wait(self, cancel: CancelToken) -> None:
        for _ in range(2000):
            if self._released.is_set():
                return
            cancel.wait(0.01)

    def _says(self, who: str) -> str:
        return self.plan if who == "planner" else FINAL if who == "writer" else self.finds(who)

    @staticmethod
    def _who(system: str, last: str) -> str:
        if "Plan which of these agents" in last:
            return "planner"
        if "<findings>" in last:
            return "writer"
        return system.rpartition("Your handle is ")[2].split()[0] if "Your handle is " in system else "model"
