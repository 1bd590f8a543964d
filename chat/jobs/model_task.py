"""One load or download of a model: it goes on whoever watches, and all who watch see the same."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Literal

from chat import wire
from chat.db.ids import iso, now_ms
from chat.llm.cancelling import CancelToken

Action = Literal["load", "pull"]
ENDS = frozenset({"complete", "failed", "cancelled"})
UPDATE_EVERY = 0.1  # seconds; more often than this nobody sees


class ModelTask:
    """`progress` is the newest; `on_change` hears each. `owner` is who began it, None for the server itself."""

    def __init__(
        self,
        task_id: str,
        action: Action,
        model: str,
        backend: str,
        owner: str | None,
        on_change: Callable[[wire.ModelProgress], None],
    ) -> None:
        self.id, self.owner = task_id, owner
        self.token = CancelToken()
        self.progress = wire.ModelProgress(
            id=task_id, action=action, model=model, backend=backend, stage="connecting", timestamp=iso(now_ms())
        )
        self.ended_at: float | None = None
        self._on_change = on_change
        self._changed = threading.Condition()

    @property
    def is_over(self) -> bool:
        return self.progress.stage in ENDS

    @property
    def is_doing(self) -> tuple[Action, str, str] | None:
        """What it does still: action, model and backend."""
        is_ending = self.is_over or self.token.cancelled
        return None if is_ending else (self.progress.action, self.progress.model, self.progress.backend)

    def say(self, stage: wire.ModelStage, **changes: Any) -> None:
        """What is not named keeps its value."""
        with self._changed:
            known = self.progress.model_dump() | changes
            self.progress = wire.ModelProgress(**{**known, "stage": stage, "timestamp": iso(now_ms())})
            if stage in ENDS:
                self.ended_at = time.monotonic()
            self._changed.notify_all()
        self._on_change(self.progress)

    def end(self, stage: wire.ModelStage, **changes: Any) -> None:
        """The last that is said: nothing is left to wait for."""
        self.say(stage, **{"eta_seconds": None, "eta_range": None, **changes})

    def follow(self, tick_seconds: float) -> Iterator[wire.ModelProgress | None]:
        """The progress now, and whenever it has changed, ten times a second at most, until the end; None in silence."""
        shown: wire.ModelProgress | None = None
        while shown is None or shown.stage not in ENDS:
            latest = self._next(shown, tick_seconds)
            yield latest
            shown = latest or shown
            if latest and latest.stage not in ENDS:
                time.sleep(UPDATE_EVERY)

    def _next(self, shown: wire.ModelProgress | None, seconds: float) -> wire.ModelProgress | None:
        with self._changed:
            return self.progress if self._changed.wait_for(lambda: self.progress is not shown, seconds) else None
