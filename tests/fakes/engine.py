"""The parts that answer a question, wired as in chat/engine.py over any backends; work runs in threads."""

import threading
import time
from collections.abc import Callable

from chat.background import Background
from chat.jobs.asking import Asker, Question
from chat.jobs.choosing import Chooser
from chat.jobs.embedding import Embedder
from chat.jobs.scheduler import Scheduler
from chat.jobs.sharing import Sharing
from chat.jobs.watchdog import Patience, Watchdog
from chat.llm.base import Backend, ChatMessage
from chat.llm.cache import ResponseCache
from chat.llm.cancelling import CancelToken
from chat.llm.flights import Flights
from chat.llm.pace import Pace
from chat.llm.registry import Registry
from chat.llm.router import Router
from chat.llm.warmth import Warmth


def spawn(run: Callable[[], None]) -> None:
    threading.Thread(target=run, daemon=True).start()


BACKGROUND = Background(spawn, time.sleep)


class Engine:
    """`asker` and `embedder` ask `backends`; `scheduler` shows who waits."""

    def __init__(
        self,
        *backends: Backend,
        queue_limit: int = 10,
        max_retries: int = 0,
        patience: Patience = Patience(30, 30, 30),  # noqa: B008  it is frozen
    ) -> None:
        self.registry = Registry(backends)
        self.registry.refresh()
        self.scheduler, self.warmth, self.pace = Scheduler(queue_limit), Warmth(), Pace()
        router = Router(self.warmth, max_retries, sleep=lambda _: None)
        chooser = Chooser(self.scheduler, self.warmth, self.pace)
        watchdog = Watchdog(patience, BACKGROUND)
        self.asker = Asker(
            self.registry,
            router,
            self.scheduler,
            chooser,
            Sharing(ResponseCache(60, 1_000_000)),
            Flights(spawn),
            watchdog,
            look_again=lambda: None,
        )
        self.embedder = Embedder(self.registry, router, self.scheduler, chooser, watchdog)


def asks(text: str, model: str | None = None, user_id: str = "ada") -> Question:
    return Question(model, (ChatMessage("user", text),), user_id, "prompt")


def until_cancelled(cancel: CancelToken) -> None:
    """A step of a script: the model is silent until somebody stops it."""
    cancel.wait(10)
    raise AssertionError("nobody stopped the model")
