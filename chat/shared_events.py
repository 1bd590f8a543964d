"""What processes of one server tell each other of models and of the lines in front of them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LineChanged:
    """The row of a line that all processes share, see `jobs/shared_scheduler`."""

    backend: str


@dataclass(frozen=True, slots=True)
class LoadLearned:
    """How long a load took, from the disk if `is_cold`. That it was stored nobody has to know."""

    backend: str
    model: str
    load_ms: int
    is_cold: bool


@dataclass(frozen=True, slots=True)
class AnswerLearned:
    """How long a complete answer held its slot, without its load, and how fast it was written. Never stored."""

    backend: str
    model: str
    seconds: float
    tokens_per_second: float | None


SharedEvent = LineChanged | LoadLearned | AnswerLearned
