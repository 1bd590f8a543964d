"""Models beside asking them: load, unload, download, delete, and how far that is, as a stream or to be asked for."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import orjson
from flask import Response, request

from chat import wire
from chat.db.unit_of_work import Database
from chat.domain.input import parse_input
from chat.domain.permissions import ModelChange, may_cancel_load, may_change_model
from chat.errors import NotAllowed, TooFast
from chat.jobs.model_task import ENDS, ModelTask
from chat.jobs.upkeep import Upkeep
from chat.rate_limits import RateLimits
from chat.services.audit import note_alone
from chat.services.sign_ins import Principal, SignIns
from chat.web.api import Api, Operation, principal, sent_api_key, user
from chat.web.sse import KEEP_ALIVE, event_stream

MOST_STREAMS = 50  # of one person; each costs a connection and a write every second
TICK_SECONDS = 1.0  # only a write notices that the client has gone
_QUERY: dict[str, type] = {"model": str, "backend": str}


@dataclass(frozen=True)
class UpkeepRoutes:
    db: Database
    upkeep: Upkeep
    limits: RateLimits
    sign_ins: SignIns
    _watching: Counter[str] = field(default_factory=Counter)  # open streams by person

    def add_to(self, api: Api) -> None:
        change, task = wire.ChangeModel, wire.ModelTask
        for operation in (
            Operation("POST", "/api/llm/load", self.load, "Load a model into memory", change, task, 202),
            Operation("GET", "/api/llm/load_stream", self.load_stream, "The same, told as it goes on", query=_QUERY),
            Operation("POST", "/api/llm/unload", self.unload, "Put a model out of memory", change),
            Operation("POST", "/api/llm/pull", self.pull, "Download a model", change, task, 202),
            Operation("GET", "/api/llm/pull_stream", self.pull_stream, "The same, told as it goes on", query=_QUERY),
            Operation("DELETE", "/api/llm/models/{path:model}", self.delete, "Take a model off its backend's disk"),
            Operation("GET", "/api/llm/loads", self.list, "Loads and downloads", answer=wire.ModelTasks),
            Operation("DELETE", "/api/llm/loads/{load}", self.cancel, "Cancel one of them"),
        ):
            api.add(operation)

    def list(self) -> wire.ModelTasks:
        return wire.ModelTasks(loads=self.upkeep.tasks.list())

    def load(self, body: wire.ChangeModel) -> wire.ModelTask:
        return wire.ModelTask(task=self._load(body).progress)

    def load_stream(self, model: str = "", backend: str | None = None) -> Response:
        body = parse_input(wire.ChangeModel, {"model": model, "backend": backend})
        return self._seen_before() or self._stream(lambda: self._load(body))

    def pull(self, body: wire.ChangeModel) -> wire.ModelTask:
        return wire.ModelTask(task=self._pull(body).progress)

    def pull_stream(self, model: str = "", backend: str | None = None) -> Response:
        body = parse_input(wire.ChangeModel, {"model": model, "backend": backend})
        return self._seen_before() or self._stream(lambda: self._pull(body))

    def unload(self, body: wire.ChangeModel) -> None:
        _require_right("unload")
        self.upkeep.unload(body.model, body.backend)
        self._note("model_unloaded", body.model, body.backend)

    def delete(self, model: str) -> None:
        _require_right("delete")
        named = parse_input(wire.ChangeModel, {"model": model}).model
        self.upkeep.delete(named)
        self._note("model_deleted", named)

    def cancel(self, load: str) -> None:
        """By whoever began it, or an admin. One that has ended stays as it is."""
        task = self.upkeep.tasks.get(load)
        if not may_cancel_load(is_admin=user().is_admin, is_owner=task.owner == user().id):
            raise NotAllowed("Only who began this load can cancel it, or an admin.")
        task.token.cancel()

    def _load(self, body: wire.ChangeModel) -> ModelTask:
        _require_right("load")
        running = self.upkeep.running_load(body.model, body.backend)
        if running:
            return running
        _require_intent()
        self.limits.take("load", user().id)
        task = self.upkeep.load(body.model, body.backend, user().id)
        self._note("model_loaded", task.progress.model, task.progress.backend)
        return task

    def _pull(self, body: wire.ChangeModel) -> ModelTask:
        _require_right("pull")
        _require_intent()
        self.limits.take("load", user().id)
        task = self.upkeep.pull(body.model, body.backend, user().id)
        self._note("model_downloaded", task.progress.model, task.progress.backend)
        return task

    def _note(self, action: wire.AuditAction, model: str, backend: str | None = None) -> None:
        note_alone(self.db, action, model, f"on {backend}" if backend else "")

    def _stream(self, begin: Callable[[], ModelTask]) -> Response:
        if self._watching[user().id] >= MOST_STREAMS:
            raise TooFast(f"You follow {MOST_STREAMS} loads already. Close some of them.", retry_after=TICK_SECONDS)
        return event_stream(self._events(begin(), principal()))

    def _events(self, task: ModelTask, caller: Principal) -> Iterator[bytes]:
        """Until the task ends, or the caller's sign-in does."""
        watcher = caller.user.id
        self._watching[watcher] += 1
        try:
            for progress in task.follow(TICK_SECONDS):
                if not self.sign_ins.is_valid(caller):
                    break
                yield KEEP_ALIVE if progress is None else _event(progress)
        finally:
            self._watching[watcher] -= 1
            if not self._watching[watcher]:
                del self._watching[watcher]

    def _seen_before(self) -> Response | None:
        """To an EventSource that comes again after the end of its task: it is over, do not come again.

        Without this its return would begin a load that has failed anew, every few seconds.
        """
        last = request.headers.get("Last-Event-ID")
        ended = last and any(known.id == last for known in self.upkeep.tasks.list() if known.stage in ENDS)
        return Response(status=204) if ended else None


def _require_right(change: ModelChange) -> None:
    if not may_change_model(change, is_admin=user().is_admin):
        raise NotAllowed(f"Only an admin can {change} models here. Ask one.")


def _require_intent() -> None:
    """A GET begins something here, because an EventSource cannot POST: no page of another site may cause that."""
    if request.method == "GET" and not sent_api_key() and request.headers.get("Sec-Fetch-Site") != "same-origin":
        raise NotAllowed("A load begins only from this server's own page, or with an API key.")


def _event(progress: wire.ModelProgress) -> bytes:
    return b"id: " + progress.id.encode() + b"\ndata: " + orjson.dumps(progress.model_dump()) + b"\n\n"
