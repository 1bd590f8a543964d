"""Models that are loaded before anybody has asked them: by setting, and when somebody begins to mention one."""

import logging
from collections.abc import Callable

from chat.errors import RoundtableError
from chat.jobs.scheduler import Scheduler
from chat.jobs.upkeep import Upkeep
from chat.llm.registry import ModelEntry, Registry

log = logging.getLogger(__name__)


class Preloading:
    """`wanted` are the names of LLM_PRELOAD: each is loaded once, as soon as its backend is there."""

    def __init__(self, registry: Registry, scheduler: Scheduler, upkeep: Upkeep, wanted: tuple[str, ...]) -> None:
        self._registry, self._scheduler, self._upkeep = registry, scheduler, upkeep
        self._left = list(wanted)

    def look(self) -> None:
        """Begins those whose backend has come and says whether they are in memory; a busy Ollama does not."""
        for name in list(self._left):
            entry = self._registry.find_installed(name)
            if entry and (entry.facts.loaded is not None or "load" not in entry.backend.abilities):
                self._left.remove(name)
                self._begin(entry)

    def mentioned(self, handle: str, take: Callable[[], None]) -> None:
        """Somebody begins to ask this model. If it is cold and its backend idle, it is loaded meanwhile.

        A backend at work is left alone: what it has in memory may have to go for another model. `take` counts the load
        for who asks, and raises if there were too many.
        """
        entry = self._registry.find_handle(handle)
        if entry and self._is_idle(entry.backend.name):
            self._begin(entry, take)

    def _is_idle(self, backend: str) -> bool:
        return not self._scheduler.line(backend) and not self._upkeep.tasks.is_busy(backend)

    def _begin(self, entry: ModelEntry, take: Callable[[], None] = lambda: None) -> None:
        if entry.facts.loaded is not False or "load" not in entry.backend.abilities:
            return
        try:
            take()
            self._upkeep.load(entry.id)
        except RoundtableError as error:  # it has gone between the two looks, or too many were asked for
            log.info("%s is not loaded beforehand: %s", entry.id, error.message)
