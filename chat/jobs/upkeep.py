"""What people do with the models beside asking them: load, unload, download, delete."""

import time
from collections import deque
from collections.abc import Iterator

from chat.domain.permissions import ModelChange
from chat.errors import InvalidInput, NotFound
from chat.jobs.model_task import ModelTask
from chat.jobs.model_tasks import ModelTasks
from chat.jobs.stopping import server_stops
from chat.jobs.watchdog import Watchdog
from chat.llm.base import Backend, Chunk, DoneChunk, EmbedRequest, PhaseChunk, PullChunk
from chat.llm.cancelling import CancelToken
from chat.llm.load_clock import LoadClock
from chat.llm.registry import ModelEntry, Registry
from chat.llm.status import range_of
from chat.llm.warmth import Warmth

SOURCES = ("hf.co", "huggingface.co")
_SPEED_SECONDS = 5.0  # over which the speed of a download is measured
_BUSY = ("verifying", "writing", "removing")  # what Ollama says when all bytes are there


class Upkeep:
    def __init__(self, registry: Registry, warmth: Warmth, watchdog: Watchdog, tasks: ModelTasks) -> None:
        self._registry, self._warmth, self._watchdog = registry, warmth, watchdog
        self._lasting = CancelToken()  # until the server stops
        self.tasks = tasks

    def shut_down(self) -> None:
        """Ends all that is under way, and begins nothing more."""
        self._lasting.cancel(server_stops())
        self.tasks.cancel_all()

    def load(self, wanted: str, backend: str | None = None, owner: str | None = None) -> ModelTask:
        """Begins a load, or joins the one that runs. Raises where there is no such model, and where it cannot be."""
        self._lasting.raise_if_cancelled()
        entry = self._entry("load", wanted, backend)
        where = entry.backend.name
        return self.tasks.begin("load", entry.name, where, owner, lambda task: self._load(task, entry))

    def pull(self, model: str, backend: str | None = None, owner: str | None = None) -> ModelTask:
        """Begins a download, or joins the one that runs. Raises `InvalidInput` where that cannot be."""
        self._lasting.raise_if_cancelled()
        _require_known_source(model)
        where = self._registry.backend_that_can("pull", backend)
        return self.tasks.begin("pull", model, where.name, owner, lambda task: _pull(task, model, where))

    def unload(self, wanted: str, backend: str | None = None) -> None:
        """Ends when the model has left the memory. A load of it that runs is cancelled."""
        entry = self._entry("unload", wanted, backend)
        running = self.tasks.running("load", entry.name, entry.backend.name)
        if running:
            running.token.cancel()
        entry.backend.unload(entry.name, self._lasting)
        self._registry.refresh(entry.backend.name)

    def delete(self, wanted: str) -> None:
        """Takes a model off its backend's disk."""
        entry = self._entry("delete", wanted, None)
        entry.backend.delete(entry.name, self._lasting)
        self._registry.refresh(entry.backend.name)

    def running_load(self, wanted: str, backend: str | None = None) -> ModelTask | None:
        """The load of this model that runs, if one does."""
        entry = self._entry("load", wanted, backend)
        return self.tasks.running("load", entry.name, entry.backend.name)

    def _entry(self, change: ModelChange, wanted: str, backend: str | None) -> ModelEntry:
        if backend:
            self._registry.require_backend(backend)
        named = f"{backend}/{wanted}" if backend else wanted
        entry = self._registry.find_installed(named) or self._registry.resolve(named)
        if backend and entry.backend.name != backend:
            raise NotFound(f"{backend} has no model “{wanted}”.", field="model")
        self._registry.backend_that_can(change, entry.backend.name)
        return entry

    def _load(self, task: ModelTask, entry: ModelEntry) -> None:
        clock = LoadClock(self._warmth, entry.backend.name, entry.name)
        for chunk in self._watchdog.watch(_loading(entry, task.token), task.token, entry.name):
            if isinstance(chunk, PhaseChunk):
                _say_load(task, clock.tell(chunk))
            elif isinstance(chunk, DoneChunk):
                clock.learn(chunk)
        task.say("finalizing", message="Looking at the list of models again")


def _loading(entry: ModelEntry, token: CancelToken) -> Iterator[Chunk]:
    """A model that cannot write is loaded by what it can do: no backend has another way for it."""
    if "completion" in entry.facts.capabilities:
        yield from entry.backend.load(entry.name, token)
        return
    began = time.monotonic()
    if entry.facts.loaded is not True:
        yield PhaseChunk("loading", message=f"Loading {entry.name} with a first embedding")
        entry.backend.embed(EmbedRequest(entry.name, (".",)), token)
    yield DoneChunk(load_ms=round((time.monotonic() - began) * 1000) if entry.facts.loaded is False else None)


def _require_known_source(model: str) -> None:
    """Of three parts the first is a host, for Ollama: an admin's browser shall not make it fetch from anywhere."""
    first, *more = model.split("/")
    if len(more) > 1 and first not in SOURCES:
        raise InvalidInput(f"Models come from their backend's own library or {' or '.join(SOURCES)}.", field="model")


def _say_load(task: ModelTask, told: PhaseChunk) -> None:
    task.say(
        "initializing" if told.progress is None else "loading",
        pct=None if told.progress is None else round(told.progress * 100, 1),
        message=told.message,
        estimated=told.estimated,
        eta_seconds=told.eta_seconds,
        eta_range=range_of(told.eta_range),
    )


def _pull(task: ModelTask, model: str, backend: Backend) -> None:
    speed = _Speed()
    for chunk in backend.pull(model, task.token):
        done, total = chunk.bytes_done, chunk.bytes_total
        if total and done is not None:
            done = min(done, total)
        rate = chunk.bytes_per_second or speed.of(chunk)
        left = (total - done) / rate if rate and total and done is not None else None
        task.say(
            "finalizing" if chunk.message.startswith(_BUSY) else "downloading" if total else "initializing",
            pct=round(100 * done / total, 1) if total and done is not None else None,
            message=chunk.message,
            estimated=False,
            eta_seconds=chunk.eta_seconds if chunk.eta_seconds is not None else left and round(left, 1),
            bytes_done=done,
            bytes_total=total,
            bytes_per_second=rate and round(rate),
        )


class _Speed:
    """Bytes per second over the last moments."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def of(self, chunk: PullChunk) -> float | None:
        """None before there is anything to compare with."""
        if chunk.bytes_done is None:
            return None
        now = time.monotonic()
        self._seen.append((now, chunk.bytes_done))
        while now - self._seen[0][0] > _SPEED_SECONDS:
            self._seen.popleft()
        began, before = self._seen[0]
        return (chunk.bytes_done - before) / (now - began) if now - began > 0.5 else None
