"""The loads and downloads that people asked for: each only once, however many ask, and for a while after its end."""

import logging
import time
from collections.abc import Callable

from chat import wire
from chat.background import Background
from chat.db.ids import new_id
from chat.errors import NotFound, RoundtableError, internal_error
from chat.events import ModelProgressed
from chat.jobs.model_task import ENDS, Action, ModelTask
from chat.llm.cancelling import Cancelled
from chat.locks import ShortLock
from chat.logs import logged_as
from chat.publishing import Publisher

log = logging.getLogger(__name__)
KEPT_SECONDS = 300.0  # that an ended task can still be looked at
TELL_ALL_EVERY = 1.0  # seconds; whoever watches a task hears of it more often
Work = Callable[[ModelTask], None]


class ModelTasks:
    """`after_end(backend)` is called when a task has ended, whichever way: other models may be there, or in memory."""

    def __init__(self, publisher: Publisher, background: Background, after_end: Callable[[str], None]) -> None:
        self._publisher, self._background, self._after_end = publisher, background, after_end
        self._lock = ShortLock()
        self._tasks: dict[str, ModelTask] = {}

    def begin(self, action: Action, model: str, backend: str, owner: str | None, work: Work) -> ModelTask:
        """Does `work` in the background, unless the same runs already: then that one."""
        with self._lock:
            self._forget_old()
            running = self._running(action, model, backend)
            if running:
                return running
            task = ModelTask(new_id(), action, model, backend, owner, _Teller(self._publisher).tell)
            self._tasks[task.id] = task
        self._background.spawn(lambda: self._run(task, work))
        return task

    def running(self, action: Action, model: str, backend: str) -> ModelTask | None:
        with self._lock:
            return self._running(action, model, backend)

    def is_busy(self, backend: str) -> bool:
        """Whether anything is loaded or downloaded there."""
        with self._lock:
            return any(task.progress.backend == backend and not task.is_over for task in self._tasks.values())

    def get(self, task_id: str) -> ModelTask:
        """Raises `NotFound`."""
        with self._lock:
            task = self._tasks.get(task_id)
        if task is None:
            raise NotFound("There is no such load, or it ended some time ago.", field="load")
        return task

    def list(self) -> list[wire.ModelProgress]:
        """Those that run and those that ended a short time ago, the oldest first."""
        with self._lock:
            self._forget_old()
            return [task.progress for task in self._tasks.values()]

    def cancel_all(self) -> None:
        """Ends what runs."""
        with self._lock:
            tasks = list(self._tasks.values())
        for task in tasks:
            task.token.cancel()

    def _running(self, action: Action, model: str, backend: str) -> ModelTask | None:
        wanted = (action, model, backend)
        return next((task for task in self._tasks.values() if task.is_doing == wanted), None)

    def _forget_old(self) -> None:
        oldest = time.monotonic() - KEPT_SECONDS
        self._tasks = {id_: task for id_, task in self._tasks.items() if (task.ended_at or oldest) >= oldest}

    def _run(self, task: ModelTask, work: Work) -> None:
        try:
            work(task)
            self._after_end(task.progress.backend)
            task.end("complete", pct=100.0, estimated=False, message="")
            return
        except Cancelled:
            task.end("cancelled", message="It was cancelled.")
        except RoundtableError as failure:
            task.end("failed", message=failure.message, error=failure.body(task.id))
        except Exception:
            with logged_as(task.id):
                log.exception("the task failed")
            error = internal_error(task.id)
            task.end("failed", message=error.message, error=error)
        self._after_end(task.progress.backend)


class _Teller:
    """Tells everybody of each new stage, and of what happens in between once in a while."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._stage = ""
        self._told_at = 0.0

    def tell(self, progress: wire.ModelProgress) -> None:
        now = time.monotonic()
        if progress.stage != self._stage or progress.stage in ENDS or now - self._told_at >= TELL_ALL_EVERY:
            self._stage, self._told_at = progress.stage, now
            self._publisher.publish([ModelProgressed(progress)])
