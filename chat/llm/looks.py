"""Looks at a backend: one after the other, however many want to know, and nobody waits for another backend's answer."""

import threading
from collections.abc import Callable

from chat.errors import ModelError, ModelUnreachable
from chat.llm.base import Backend, ModelFacts
from chat.locks import ShortLock

Listed = list[ModelFacts] | ModelError


class Looks:
    """Those at one backend; `tell` hears each answer, before those who wait for it."""

    def __init__(self, backend: Backend, tell: Callable[[Listed], None]) -> None:
        self.has_answered = False
        self._backend, self._tell = backend, tell
        self._lock = ShortLock()
        self._now: threading.Event | None = None  # set when the look that goes on has ended
        self._next: threading.Event | None = None  # the same for the one after it, if anybody wants one

    def new(self) -> threading.Event:
        """The end of a look that has not begun yet, so that it sees what has happened until now."""
        with self._lock:
            if self._now:
                self._next = self._next or threading.Event()
                return self._next
            began = self._now = threading.Event()
        return self._begun(began)

    def current(self) -> threading.Event:
        """The end of the look that goes on; of a new one if none does."""
        with self._lock:
            if self._now:
                return self._now
            began = self._now = threading.Event()
        return self._begun(began)

    def _begun(self, ended: threading.Event) -> threading.Event:
        threading.Thread(target=self._run, args=(ended,), daemon=True).start()
        return ended

    def _run(self, ended: threading.Event | None) -> None:
        while ended:
            try:
                self._tell(_listed(self._backend))
            finally:
                self.has_answered = True
                ended.set()
                with self._lock:
                    ended = self._now = self._next
                    self._next = None


def _listed(backend: Backend) -> Listed:
    try:
        return backend.list_models()
    except ModelError as error:
        return error
    except Exception as error:  # a backend's bug must not hide the other backends
        return ModelUnreachable(f"{backend.name} at {backend.url} gave no list of models: {error!r}")
