"""Which of several backends that have a model is asked: the one that will probably begin to answer first."""

from collections.abc import Sequence
from math import inf

from chat.jobs.scheduler import Scheduler
from chat.llm.pace import Pace
from chat.llm.registry import ModelEntry
from chat.llm.warmth import Warmth

UNKNOWN_LOAD_SECONDS = 20.0  # for a model that we have never seen loading
UNKNOWN_ANSWER_SECONDS = 10.0


class Chooser:
    """Compares by what was learned of each: how long it loads, how long an answer takes, how fast it writes."""

    def __init__(self, scheduler: Scheduler, warmth: Warmth, pace: Pace) -> None:
        self._scheduler, self._warmth, self._pace = scheduler, warmth, pace

    def best(self, entries: Sequence[ModelEntry]) -> ModelEntry:
        """The shortest expected wait, then the highest speed, then the first."""
        return min(entries, key=lambda entry: (self._wait_seconds(entry), -self._speed(entry)))

    def learn(self, entry: ModelEntry, seconds: float, tokens_per_second: float | None) -> None:
        """A complete answer held its slot for so long, not counting the load."""
        self._pace.record(entry.backend.name, entry.name, seconds, tokens_per_second)

    def start_seconds(self, backend: str, model: str, parallelism: int, position: int) -> float | None:
        """When the question at this place in line will probably get its slot; None where there is nothing to go by."""
        usual = self._pace.answer_seconds(backend, model)
        load_left = self._scheduler.load_left(backend)
        if usual is None or load_left == inf:
            return None
        # Those who run now are halfway through, on average; then each slot gets free once in the time of an answer.
        return round(load_left + usual * ((position - 1) / max(1, parallelism) + 0.5), 1)

    def _wait_seconds(self, entry: ModelEntry) -> float:
        backend, model = entry.backend, entry.name
        ahead = self._scheduler.line(backend.name) - backend.parallelism + 1
        usual = self._pace.answer_seconds(backend.name, model) or UNKNOWN_ANSWER_SECONDS
        return max(0, ahead) / backend.parallelism * usual + self._load_seconds(entry)

    def _load_seconds(self, entry: ModelEntry) -> float:
        """Nothing for a model of which its backend does not say whether it is loaded: there is nothing to compare."""
        if entry.facts.loaded is not False:
            return 0.0
        estimate = self._warmth.estimate(entry.backend.name, entry.name)
        return UNKNOWN_LOAD_SECONDS if estimate is None else estimate.usual

    def _speed(self, entry: ModelEntry) -> float:
        return self._pace.tokens_per_second(entry.backend.name, entry.name) or 0.0
