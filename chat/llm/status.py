"""What people see of the models' work: one of five public values for each phase, and the most urgent of all jobs."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from chat import wire
from chat.errors import RoundtableError
from chat.llm.base import Phase, PhaseChunk
from chat.locks import ShortLock

ERROR_SECONDS = 30.0

_PUBLIC: dict[Phase, wire.PublicStatus] = {
    "queued": "loading...",
    "routing": "loading...",
    "loading": "loading...",
    "connected": "connected...",
    "prompt": "thinking...",
    "generating": "",
    "done": "",
    "stopped": "",
    "failed": "error",
}
# Failures first, then whatever people wait for longest; text that is arriving speaks for itself.
_URGENCY: tuple[Phase, ...] = ("failed", "loading", "routing", "queued", "connected", "prompt", "generating")
_FAILED = "A model could not answer."
_ENDED: frozenset[Phase] = frozenset({"done", "stopped"})


def public_status(phase: Phase) -> wire.PublicStatus:
    """The public value of a phase (docs: "LLM status" in the wire protocol)."""
    return _PUBLIC[phase]


def urgency_of(phase: Phase) -> int:
    """Of what is under way the lowest is what people are told."""
    return _URGENCY.index(phase)


def status_of(
    chunk: PhaseChunk,
    *,
    at: float,
    room: str | None = None,
    reply_id: str | None = None,
    model: str | None = None,
    backend: str | None = None,
    tokens_per_second: float | None = None,
    error: RoundtableError | None = None,
) -> wire.LlmStatus:
    """One phase as it is sent to people; `at` in seconds since 1970."""
    return wire.LlmStatus(
        status=public_status(chunk.phase),
        room=room,
        reply_id=reply_id,
        model=model,
        backend=backend,
        phase=chunk.phase,
        message=chunk.message or (error.message if error else ""),
        progress=chunk.progress,
        estimated=chunk.estimated,
        estimated_time=chunk.eta_seconds,
        estimated_range=range_of(chunk.eta_range),
        queue_position=chunk.queue_position,
        tokens_per_second=tokens_per_second,
        error=error.body() if error else None,
        timestamp=_iso(at),
    )


def range_of(bounds: tuple[float, float] | None) -> wire.Range | None:
    return wire.Range(low=bounds[0], high=bounds[1]) if bounds else None


@dataclass(slots=True)
class _Failure:
    until: float
    status: wire.LlmStatus
    is_told_to_all: bool = True


class StatusBoard:
    """The current status of every job; `clock` gives seconds.

    A failure stays for 30 s: in its room until the next job begins there, for everybody until one begins anywhere.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = ShortLock()
        self._running: dict[str, wire.LlmStatus] = {}
        self._failed: dict[str, _Failure] = {}

    def update(self, job: str, status: wire.LlmStatus) -> None:
        """Takes the newest status of a job; `done`, `stopped` and `failed` end it."""
        with self._lock:
            if status.phase == "failed":
                self._running.pop(job, None)
                self._failed[job] = _Failure(self._clock() + ERROR_SECONDS, status)
            elif status.phase in _ENDED:
                self._running.pop(job, None)
            else:
                if job not in self._running:
                    self._drop_failures(status.room)
                self._running[job] = status

    def forget(self, job: str, told: wire.LlmStatus | None = None) -> None:
        """It has ended, and nobody may have said how. With `told`, only if that is the last that was heard of it."""
        with self._lock:
            if told is None or self._running.get(job) is told:
                self._running.pop(job, None)

    def most_urgent(self, room: str | None = None, also: Iterable[wire.LlmStatus] = ()) -> wire.LlmStatus:
        """The one value for everybody, without a room; or for `room` alone. Idle is `""` in phase `done`.

        `also` is what is under way beside the jobs.
        """
        with self._lock:
            self._failed = {job: kept for job, kept in self._failed.items() if kept.until > self._clock()}
            failed = [kept.status for kept in self._failed.values() if room or kept.is_told_to_all]
            everything = [*failed, *self._running.values(), *also]
        found = _first([status for status in everything if room in (None, status.room)])
        if found is None:
            return wire.LlmStatus(status="", room=room, phase="done", timestamp=_iso(self._clock()))
        return found if room else _for_all(found)

    def _drop_failures(self, room: str | None) -> None:
        self._failed = {job: kept for job, kept in self._failed.items() if kept.status.room != room}
        for kept in self._failed.values():
            kept.is_told_to_all = False


def _for_all(status: wire.LlmStatus) -> wire.LlmStatus:
    """What strangers to the room may know: nothing that somebody there has typed, no text and no number of an error.

    A model has its own name only once a backend is known; until then it is what was asked for.
    """
    fields = ("status", "phase", "progress", "estimated", "estimated_time", "estimated_range", "timestamp")
    told = {name: getattr(status, name) for name in (*fields, *(("model", "backend") if status.backend else ()))}
    error = wire.ErrorBody(code=status.error.code, message=_FAILED) if status.error else None
    return wire.LlmStatus(**told, error=error)


def _first(statuses: Iterable[wire.LlmStatus]) -> wire.LlmStatus | None:
    return min(statuses, key=lambda status: urgency_of(status.phase), default=None)


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
