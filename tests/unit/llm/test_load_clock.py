"""What those who wait for a load are told while it goes on."""

from chat.llm.base import DoneChunk, PhaseChunk
from chat.llm.load_clock import LoadClock
from chat.llm.warmth import Warmth


class Load:
    """A load of a model that usually takes 10 s, and the clock that it is watched by."""

    def __init__(self, *earlier_ms: int) -> None:
        self.now = 100.0
        self.warmth = Warmth(clock=lambda: self.now)
        for load_ms in earlier_ms:
            self.warmth.record("ollama", "llama3", load_ms)
        self.clock = LoadClock(self.warmth, "ollama", "llama3", lambda: self.now)

    def tell(self, after: float, chunk: PhaseChunk) -> PhaseChunk:
        self.now = 100.0 + after
        return self.clock.tell(chunk)


def test_without_any_knowledge_nothing_is_made_up() -> None:
    assert Load().tell(5, PhaseChunk("loading")) == PhaseChunk("loading")


def test_the_estimate_goes_on_and_then_says_that_it_is_late() -> None:
    load = Load(10_000)
    assert load.tell(0, PhaseChunk("loading")).eta_seconds == 10.0
    half = load.tell(5, PhaseChunk("loading", message="Loading"))
    assert (half.progress, half.eta_seconds, half.eta_range) == (0.45, 5.0, (3.0, 7.0))
    assert half.estimated and half.message == "Loading"
    late = load.tell(15, PhaseChunk("loading", message="Loading"))
    assert (late.eta_seconds, late.eta_range) == (0.0, (0.0, 0.0))
    assert late.progress is not None and 0.9 < late.progress < 1
    assert late.message == "Loading, which takes longer than usual"


def test_who_joins_a_load_sees_what_is_left_of_it() -> None:
    load = Load(10_000)
    assert load.tell(4, PhaseChunk("loading", since=100.0)).eta_seconds == 6.0


def test_a_real_progress_stays_and_its_speed_says_the_rest() -> None:
    load = Load(10_000)
    load.tell(0, PhaseChunk("loading"))
    told = load.tell(3, PhaseChunk("loading", progress=0.25))
    assert (told.progress, told.eta_seconds, told.estimated) == (0.25, 9.0, False)


def test_all_who_waited_for_a_load_teach_it_once() -> None:
    load = Load()
    other = LoadClock(load.warmth, "ollama", "llama3", lambda: load.now)
    for clock in (load.clock, other):
        clock.tell(PhaseChunk("loading", since=100.0))
    load.clock.learn(DoneChunk(load_ms=4000))
    other.learn(DoneChunk(load_ms=8000))
    estimate = load.warmth.estimate("ollama", "llama3")
    assert estimate and estimate.usual == 4.0
