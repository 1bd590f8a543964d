"""Embeddings for programs: backend, place in line, watchdog, as for a question, a handful of texts at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from time import monotonic

from chat.errors import ModelError
from chat.jobs.choosing import Chooser
from chat.jobs.fair_queue import Source
from chat.jobs.scheduler import Scheduler, Work
from chat.jobs.stopping import see_stop
from chat.jobs.watchdog import Watchdog
from chat.llm.base import Embeddings, EmbedRequest
from chat.llm.cancelling import Cancelled, CancelToken
from chat.llm.registry import ModelEntry, Registry
from chat.llm.router import Router, may_fall_over

# Each batch stands in line anew, so that somebody's thousand texts do not keep others waiting until their end, and each
# is a sign of life for the watchdog.
BATCH = 32


@dataclass(frozen=True, slots=True)
class Embedded:
    """The vectors of all texts and who made them."""

    vectors: list[list[float]]
    prompt_tokens: int | None
    model: str
    backend: str


class Embedder:
    """Asks for vectors: the model that is named, on the backend that will probably begin first."""

    def __init__(
        self, registry: Registry, router: Router, scheduler: Scheduler, chooser: Chooser, watchdog: Watchdog
    ) -> None:
        self._registry, self._router, self._scheduler = registry, router, scheduler
        self._chooser, self._watchdog = chooser, watchdog

    def embed(self, request: EmbedRequest, user_id: str, cancel: CancelToken, *, is_batch: bool = True) -> Embedded:
        """All vectors, by one backend: another one with the same model takes over only before the first of them.

        Without `is_batch` somebody waits for them, as for an answer.

        `request.model` is any name that the model goes by. Raises `ModelError`, `InvalidInput` or `Cancelled`.
        """
        entries = self._registry.embedder_candidates(request.model)
        entry = self._chooser.best(entries)
        others = [other for other in entries if other is not entry]
        while True:
            who = Source(user_id, None, is_batch)
            batches = self._batches(entry, request, who, cancel, may_retry=not others)
            try:
                first = next(batches)
                break
            except ModelError as error:
                cancel.raise_if_cancelled()
                if not others or not may_fall_over(error):
                    raise
            entry = others.pop(0)
        return _joined(entry, [first, *batches])

    def people_wait(self) -> bool:
        """Whether somebody is being answered or waits for it, on whichever backend."""
        return self._scheduler.people_wait()

    def _batches(
        self, entry: ModelEntry, request: EmbedRequest, who: Source, cancel: CancelToken, *, may_retry: bool
    ) -> Iterator[Embeddings]:
        for start in range(0, len(request.texts), BATCH):
            part = replace(request, model=entry.name, texts=request.texts[start : start + BATCH])
            yield self._in_turn(entry, part, who, cancel, may_retry=may_retry or start > 0)

    def _in_turn(
        self, entry: ModelEntry, request: EmbedRequest, who: Source, cancel: CancelToken, *, may_retry: bool
    ) -> Embeddings:
        slots, work = (entry.backend.name, entry.backend.parallelism), Work(entry.name)
        with self._scheduler.place(*slots, who.person, is_batch=who.is_batch, work=work) as ticket:
            for _ in ticket.positions(cancel):
                pass
            began = monotonic()
            (made,) = self._watchdog.watch(self._asked(entry, request, cancel, may_retry=may_retry), cancel, entry.name)
            if entry.facts.loaded is not False:
                self._chooser.learn(entry, monotonic() - began, None)
            return made

    def _asked(
        self, entry: ModelEntry, request: EmbedRequest, cancel: CancelToken, *, may_retry: bool
    ) -> Iterator[Embeddings]:
        """The slot of a batch that was cut off is held until its backend is seen to have stopped, as for an answer."""
        try:
            yield self._router.embed(entry, request, cancel, may_retry=may_retry)
        except (Cancelled, ModelError):
            if cancel.cancelled:
                see_stop(entry.backend, entry.name)
            raise


def _joined(entry: ModelEntry, parts: list[Embeddings]) -> Embedded:
    tokens = [part.prompt_tokens for part in parts]
    counted = [count for count in tokens if count is not None]
    return Embedded(
        vectors=[vector for part in parts for vector in part.vectors],
        prompt_tokens=sum(counted) if len(counted) == len(tokens) else None,
        model=entry.name,
        backend=entry.backend.name,
    )
