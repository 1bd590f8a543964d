"""One load as it goes on: what is left of it, by the backend's own progress or else by earlier loads."""

import time
from collections.abc import Callable
from dataclasses import replace

from chat.llm.base import DoneChunk, PhaseChunk
from chat.llm.warmth import LoadEstimate, Warmth

_TOO_LITTLE, _TOO_SOON = 0.05, 0.3  # of the bar, and seconds: before that its speed says nothing


class LoadClock:
    """Fills in each report on the load of `model` on `backend`, and learns from its end."""

    def __init__(self, warmth: Warmth, backend: str, model: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._warmth, self._backend, self._model = warmth, backend, model
        self._clock = clock
        self._since: float | None = None
        self._estimate: LoadEstimate | None = None
        self._is_cold = True

    def tell(self, chunk: PhaseChunk) -> PhaseChunk:
        """The same report with the time that is left; with a progress of ours where the backend tells none."""
        if self._since is None:
            self._since = self._clock() if chunk.since is None else chunk.since
            self._is_cold = self._warmth.is_cold(self._backend, self._model)
            self._estimate = self._warmth.estimate(self._backend, self._model)
        elapsed = max(0.0, self._clock() - self._since)
        if chunk.progress is not None and not chunk.estimated:
            return _at_its_speed(chunk, chunk.progress, elapsed)
        if self._estimate is None or chunk.eta_seconds is not None:
            return chunk
        return _as_usual(chunk, self._estimate, elapsed)

    def learn(self, done: DoneChunk) -> None:
        """A warm model reports a load time, too (a few ms): only a load that was seen going on is one."""
        if done.load_ms and self._since is not None:
            self._warmth.record(self._backend, self._model, done.load_ms, is_cold=self._is_cold, began=self._since)


def _at_its_speed(chunk: PhaseChunk, progress: float, elapsed: float) -> PhaseChunk:
    if progress < _TOO_LITTLE or elapsed < _TOO_SOON or chunk.eta_seconds is not None:
        return chunk
    return replace(chunk, eta_seconds=round(elapsed * (1 - progress) / progress, 1))


def _as_usual(chunk: PhaseChunk, estimate: LoadEstimate, elapsed: float) -> PhaseChunk:
    soonest, latest = estimate.range_left(elapsed)
    late = "" if latest else ", which takes longer than usual"
    return replace(
        chunk,
        progress=estimate.progress(elapsed),
        eta_seconds=estimate.left(elapsed),
        eta_range=(soonest, latest),
        estimated=True,
        message=f"{chunk.message}{late}",
    )
