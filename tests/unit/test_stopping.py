"""A slot is held until its backend is seen to have stopped, but not for ever; whoever follows along stops nothing."""

import threading

import pytest

from chat.errors import ModelError, ModelTimeout
from chat.jobs import stopping
from chat.llm.base import Chunk, PhaseChunk, TextChunk
from chat.llm.cancelling import Cancelled, CancelToken
from chat.llm.scripted import Scripted, Step
from tests.fakes.engine import Engine, asks, spawn, until_cancelled

WRITES_ON: list[Step] = [PhaseChunk("generating"), TextChunk("once"), until_cancelled]


class Lingering(Scripted):
    """Goes on computing until `stopped` is set."""

    def __init__(self) -> None:
        super().__init__(WRITES_ON, parallelism=1)
        self.stopped = threading.Event()
        self.looks = 0

    def has_stopped(self, model: str) -> bool | None:
        self.looks += 1
        return self.stopped.is_set()


class Follower:
    """Asks in a thread and waits until there is text."""

    def __init__(self, engine: Engine, text: str = "hello") -> None:
        self.token, self.end = CancelToken(), threading.Event()
        self.error: Exception | None = None
        self._has_text = threading.Event()
        spawn(lambda: self._run(engine, text))
        assert self._has_text.wait(5)

    def _run(self, engine: Engine, text: str) -> None:
        try:
            for chunk in engine.asker.ask(asks(text), self.token):
                self._see(chunk)
        except (Cancelled, ModelError) as error:
            self.error = error
        self.end.set()

    def _see(self, chunk: Chunk) -> None:
        if isinstance(chunk, TextChunk):
            self._has_text.set()

    def stop(self) -> Cancelled:
        self.token.cancel()
        assert self.end.wait(5) and isinstance(self.error, Cancelled)
        return self.error


def test_the_slot_is_free_when_the_backend_has_stopped() -> None:
    model = Lingering()
    engine = Engine(model)
    stopped = Follower(engine).stop()
    with engine.scheduler.place("scripted", 1, "mira") as ticket:
        assert ticket.position == 1
        model.stopped.set()
        assert stopped.wait_end(5) is False
        assert list(ticket.positions(CancelToken())) in ([], [1])
    assert model.looks > 0


def test_after_a_while_the_slot_is_free_anyway_and_the_doubt_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopping, "STOP_SECONDS", 0.2)
    engine = Engine(Lingering())
    stopped = Follower(engine).stop()
    assert stopped.wait_end(5) is True
    with engine.scheduler.place("scripted", 1, "mira") as ticket:
        assert ticket.position == 0


def test_whoever_leaves_others_behind_waits_for_nothing() -> None:
    model = Lingering()
    engine = Engine(model)
    first, second = Follower(engine), Follower(engine)
    assert first.stop().wait_end(5) is False and model.looks == 0
    model.stopped.set()
    assert second.stop().wait_end(5) is False and model.looks > 0


def test_an_answer_that_took_too_long_holds_its_slot_as_well() -> None:
    model = Lingering()
    engine = Engine(model)
    follower = Follower(engine)
    follower.token.cancel(ModelTimeout("too slow"))
    assert follower.end.wait(5) and isinstance(follower.error, ModelTimeout)
    with engine.scheduler.place("scripted", 1, "mira") as ticket:
        assert ticket.position == 1
        model.stopped.set()
        assert ticket.changed.wait(5)


def test_a_backend_that_does_not_tell_is_believed_at_once() -> None:
    engine = Engine(Scripted(WRITES_ON, parallelism=1))
    assert Follower(engine).stop().wait_end(5) is False
    with engine.scheduler.place("scripted", 1, "mira") as ticket:
        assert ticket.position == 0
