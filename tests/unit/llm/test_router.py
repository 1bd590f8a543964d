"""What the router adds to a backend: second tries and learned load times."""

from collections.abc import Iterable

import pytest

from chat.errors import (
    ContextTooLong,
    ModelBusy,
    ModelError,
    ModelNotFound,
    ModelOutOfMemory,
    ModelTimeout,
    ModelUnreachable,
)
from chat.llm.base import Chunk, DoneChunk, PhaseChunk, ReasoningChunk, TextChunk
from chat.llm.cancelling import Cancelled, CancelToken
from chat.llm.registry import Registry
from chat.llm.router import Router
from chat.llm.scripted import Script, Scripted, Step
from chat.llm.warmth import LoadEstimate, Warmth
from tests.fakes.asking import Asked, phases_of, question, text_of

ANSWER: list[Step] = [PhaseChunk("generating"), TextChunk("ok"), DoneChunk()]


def in_turn(*scripts: Iterable[Step]) -> Script:
    """A different script for each request; the last one for all further ones."""
    left = [list(script) for script in scripts]
    return lambda request: left.pop(0) if len(left) > 1 else left[0]


class Setting:
    """A router over some backends that all have the model "m"; `slept` are the waits between its tries."""

    def __init__(self, *backends: Scripted, max_retries: int = 2) -> None:
        self.slept: list[float] = []
        self.registry = Registry(backends)
        self.registry.refresh()
        self.warmth = Warmth()
        self.router = Router(self.warmth, max_retries, self.slept.append)

    def ask(self) -> list[Chunk]:
        entry = self.registry.models()[0]
        return list(self.router.generate(entry, question(model="whatever"), CancelToken()))


def backend(script: Script | Iterable[Step], name: str = "one") -> Scripted:
    return Scripted(script, name=name, models=["m"])


def test_an_answer_passes_unchanged_and_is_asked_under_the_backends_name_for_the_model() -> None:
    one = backend(ANSWER)
    assert Setting(one).ask() == ANSWER
    assert [request.model for request in one.requests] == ["m"]


@pytest.mark.parametrize("error", [ModelUnreachable("gone"), ModelBusy("busy")])
def test_a_passing_failure_is_tried_again_and_told(error: ModelError) -> None:
    setting = Setting(backend(in_turn([error], ANSWER)))
    chunks = setting.ask()
    assert text_of(chunks) == "ok"
    assert chunks[0] == PhaseChunk(
        "routing", message=f"{error.message} Retrying in 1 s…", eta_seconds=setting.slept[0], estimated=True
    )


def test_waits_grow_and_tries_end() -> None:
    one = backend([ModelUnreachable("gone")])
    setting = Setting(one, max_retries=3)
    with pytest.raises(ModelUnreachable):
        setting.ask()
    assert len(one.requests) == 4
    assert len(setting.slept) == 3
    for delay, base in zip(setting.slept, (1, 2, 4), strict=True):
        assert 0.75 * base <= delay <= 1.25 * base


def test_a_backend_that_says_when_to_come_back_is_heard() -> None:
    setting = Setting(backend(in_turn([ModelBusy("busy", retry_after=5)], ANSWER)))
    setting.ask()
    assert setting.slept == [5]


@pytest.mark.parametrize(
    "error", [ContextTooLong("long"), ModelTimeout("late"), ModelError("no"), ModelNotFound("?"), ModelOutOfMemory("!")]
)
def test_a_failure_that_would_only_repeat_itself_is_not_tried_again(error: ModelError) -> None:
    one = backend([error])
    with pytest.raises(type(error)):
        Setting(one).ask()
    assert len(one.requests) == 1


@pytest.mark.parametrize("said", [TextChunk("half"), ReasoningChunk("hm")])
def test_nothing_is_tried_again_once_people_have_seen_something(said: Chunk) -> None:
    one = backend([said, ModelUnreachable("gone")])
    with pytest.raises(ModelUnreachable):
        Setting(one).ask()
    assert len(one.requests) == 1


def test_who_can_ask_elsewhere_hears_of_the_first_failure_at_once() -> None:
    one = backend([ModelBusy("busy")])
    setting = Setting(one)
    asking = setting.router.generate(setting.registry.models()[0], question(), CancelToken(), may_retry=False)
    with pytest.raises(ModelBusy):
        list(asking)
    assert (len(one.requests), setting.slept) == (1, [])


def test_a_failure_that_is_not_a_backends_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        Setting(backend([ZeroDivisionError()])).ask()


def test_stopping_ends_the_wait_for_the_next_try() -> None:
    registry = Registry([backend([ModelUnreachable("gone")])])
    registry.refresh()
    router = Router(Warmth(), 5)
    ask = Asked(lambda cancel: router.generate(registry.models()[0], question(), cancel))
    ask.wait_for_phase("routing")
    ask.cancel.cancel()
    assert isinstance(ask.wait_end(0.5), Cancelled)


def test_a_load_is_learned_and_foretold_the_next_time() -> None:
    loading: list[Step] = [PhaseChunk("loading"), *ANSWER[:-1], DoneChunk(load_ms=4000)]
    setting = Setting(backend(loading))
    assert setting.ask()[0] == PhaseChunk("loading")
    assert setting.ask()[0] == PhaseChunk(
        "loading", progress=0.0, eta_seconds=4.0, eta_range=(3.2, 4.8), estimated=True
    )
    assert setting.warmth.estimate("one", "m") == LoadEstimate(4.0, 3.2, 4.8)


def test_the_backends_own_numbers_are_left_alone() -> None:
    setting = Setting(backend([PhaseChunk("loading", progress=0.5), PhaseChunk("loading", eta_seconds=3), *ANSWER]))
    setting.warmth.record("one", "m", 9000)
    assert setting.ask()[:2] == [PhaseChunk("loading", progress=0.5), PhaseChunk("loading", eta_seconds=3)]


def test_the_few_milliseconds_of_a_warm_model_teach_nothing() -> None:
    setting = Setting(backend([PhaseChunk("connected"), *ANSWER[:-1], DoneChunk(load_ms=1)]))
    assert phases_of(setting.ask()) == ["connected", "generating"]
    assert setting.warmth.estimate("one", "m") is None
