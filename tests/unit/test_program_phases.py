"""What everybody is told of the questions that programs ask."""

from collections.abc import Callable
from time import monotonic, sleep

from chat.background import Background
from chat.events import Event, GlobalStatusChanged
from chat.jobs.status_feed import PROGRAMS_EVERY, StatusFeed
from chat.llm.base import DoneChunk, PhaseChunk, TextChunk
from chat.llm.scripted import Scripted, Step
from chat.llm.status import StatusBoard
from chat.publishing import Publisher
from tests.fakes.asking import Asked
from tests.fakes.engine import Engine, asks, until_cancelled

ANSWER: list[Step] = [PhaseChunk("prompt"), PhaseChunk("generating"), TextChunk("ok"), DoneChunk()]


class World:
    """An engine and its feed. Background work waits until the test lets time pass; `told` are the public values."""

    def __init__(self, *backends: Scripted) -> None:
        self.engine = Engine(*backends)
        self.programs = self.engine.asker.programs
        self.told: list[str] = []
        self.waiting: list[Callable[[], None]] = []
        self.slept: list[float] = []
        publisher = Publisher()
        publisher.subscribe(self._hear)
        background = Background(self.waiting.append, self.slept.append)
        self.feed = StatusFeed(StatusBoard(), publisher, background, self.programs)

    def _hear(self, event: Event) -> None:
        if isinstance(event, GlobalStatusChanged):
            self.told.append(event.status.status)

    def ask(self, text: str) -> Asked:
        return Asked(lambda cancel: self.engine.asker.ask(asks(text), cancel))

    def wait_idle(self) -> None:
        """Who asked hears of the end before the model's slot is free."""
        give_up = monotonic() + 5
        while self.programs.most_urgent() and monotonic() < give_up:
            sleep(0.01)
        assert self.programs.most_urgent() == []

    def pass_time(self) -> None:
        waiting, self.waiting[:] = list(self.waiting), []
        for work in waiting:
            work()


def test_everybody_sees_that_a_model_is_loaded_for_a_program_and_who_waits_for_it() -> None:
    world = World(Scripted([PhaseChunk("loading", progress=0.5), until_cancelled], parallelism=1))
    assert world.feed.overall().status == ""
    first = world.ask("first")
    first.wait_for_phase("loading")
    second = world.ask("second")
    second.wait_for_phase("queued")
    seen = world.feed.overall()
    assert (seen.status, seen.phase, seen.progress) == ("loading...", "loading", 0.5)
    assert (seen.model, seen.backend, seen.room, seen.reply_id) == ("echo", "scripted", None, None)
    world.pass_time()
    for asked in (second, first):
        asked.cancel.cancel()
        asked.wait_end()
    world.wait_idle()
    world.pass_time()
    assert world.told == ["loading...", ""] and world.feed.overall().phase == "done"


def test_however_many_ask_everybody_is_told_a_few_times_a_second() -> None:
    world = World(Scripted(ANSWER))
    for number in range(50):
        assert world.ask(f"question {number}").wait_end() is None
    assert len(world.waiting) == 1, "one look, for all of them"
    world.pass_time()
    assert world.slept == [PROGRAMS_EVERY] and world.told == []


def test_the_failure_of_a_programs_question_is_its_own() -> None:
    world = World(Scripted([PhaseChunk("prompt"), ValueError("a bug")]))
    assert isinstance(world.ask("hello").wait_end(), ValueError)
    world.wait_idle()
    assert world.feed.overall().status == ""
