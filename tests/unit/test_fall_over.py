"""The same model elsewhere: who takes over when, and that each backend has its own line."""

import pytest

from chat.errors import ModelBusy, ModelError, ModelNotFound, ModelOutOfMemory, ModelTimeout, ModelUnreachable
from chat.llm.base import CachedChunk, Chunk, DoneChunk, ModelFacts, PhaseChunk, ReasoningChunk, RoutedChunk, TextChunk
from chat.llm.cancelling import CancelToken
from chat.llm.scripted import Scripted, Step
from tests.fakes.asking import Asked, phases_of, text_of
from tests.fakes.engine import Engine, asks, until_cancelled

ANSWER: list[Step] = [PhaseChunk("generating"), TextChunk("ok"), DoneChunk()]


def backend(script: list[Step], name: str = "one", *, parallelism: int = 1, model: str = "m") -> Scripted:
    return Scripted(script, name=name, models=[model], parallelism=parallelism)


def ask(engine: Engine, text: str = "hello", model: str | None = None) -> Asked:
    return Asked(lambda cancel: engine.asker.ask(asks(text, model), cancel))


@pytest.mark.parametrize("error", [ModelUnreachable("gone"), ModelBusy("x"), ModelOutOfMemory("x"), ModelNotFound("x")])
def test_the_same_model_elsewhere_takes_over_at_once(error: ModelError) -> None:
    one = backend([error])
    chunks = list(Engine(one, backend(ANSWER, "two"), max_retries=2).asker.ask(asks("hello"), CancelToken()))
    assert chunks[:3] == [
        RoutedChunk("m", "one"),
        PhaseChunk("routing", message=f"{error.message} Trying two…"),
        RoutedChunk("m", "two"),
    ]
    assert text_of(chunks) == "ok" and len(one.requests) == 1


def test_the_last_one_is_tried_again() -> None:
    one, two = backend([ModelUnreachable("gone")]), backend([ModelUnreachable("gone, too")], "two")
    asked = ask(Engine(one, two, max_retries=2))
    assert str(asked.wait_end()) == "gone, too"
    assert (len(one.requests), len(two.requests)) == (1, 3)


@pytest.mark.parametrize("said", [TextChunk("half"), ReasoningChunk("hm")])
def test_nobody_takes_over_once_people_have_seen_something(said: Chunk) -> None:
    two = backend(ANSWER, "two")
    asked = ask(Engine(backend([said, ModelUnreachable("gone")]), two))
    assert isinstance(asked.wait_end(), ModelUnreachable)
    assert two.requests == []


def test_nobody_takes_over_what_would_fail_there_as_well() -> None:
    two = backend(ANSWER, "two")
    assert isinstance(ask(Engine(backend([ModelTimeout("late")]), two)).wait_end(), ModelTimeout)
    assert two.requests == []


def test_another_model_never_takes_over_from_the_one_that_was_named() -> None:
    other = backend(ANSWER, "two", model="another")
    assert isinstance(ask(Engine(backend([ModelOutOfMemory("!")]), other), model="m").wait_end(), ModelOutOfMemory)
    assert other.requests == []


@pytest.mark.parametrize("wanted", [None, "auto"])
def test_whoever_leaves_the_choice_to_us_gets_the_answer_of_any_model(wanted: str | None) -> None:
    """One question to each backend: what failed there would fail with its other models, too, or cost a load each."""
    down = Scripted([ModelUnreachable("gone")], name="one", models=["a", "b"])
    full = Scripted([ModelOutOfMemory("!")], name="two", models=["c", "d"])
    asked = ask(Engine(down, full, backend(ANSWER, "three", model="e"), max_retries=2), model=wanted)
    assert asked.wait_end() is None and text_of(asked.chunks) == "ok"
    assert [c.model for c in asked.chunks if isinstance(c, RoutedChunk)] == ["a", "c", "e"]
    assert (len(down.requests), len(full.requests)) == (1, 1)


def test_nobody_takes_over_from_the_backend_that_was_named() -> None:
    two = backend(ANSWER, "two")
    engine = Engine(backend([ModelUnreachable("gone")]), two)
    assert isinstance(ask(engine, model="one/m").wait_end(), ModelUnreachable)
    assert two.requests == []


def test_who_takes_over_is_never_asked_more_than_it_serves_and_the_first_slot_is_free_meanwhile() -> None:
    two = backend([PhaseChunk("prompt"), until_cancelled], "two")
    engine = Engine(backend([ModelUnreachable("gone")]), two)
    busy = ask(engine, "busy", "two/m")
    busy.wait_for_phase("prompt")
    waiting = [ask(engine, text) for text in ("first", "second")]
    for asked in waiting:
        asked.wait_for_phase("queued")
        asked.wait_for(lambda chunks: RoutedChunk("m", "two") in chunks)
    waiting[1].wait_for(lambda chunks: phases_of(chunks)[-1] == "queued")
    assert len(two.requests) == 1, "both wait in line for the second backend"
    for asked in (*waiting, busy):
        asked.cancel.cancel()
        asked.wait_end()


def test_a_full_line_is_left_for_one_that_is_not() -> None:
    one = backend([PhaseChunk("prompt"), until_cancelled])
    two = Scripted(ANSWER, name="two", models=[ModelFacts("m", loaded=False)])
    engine = Engine(one, two, queue_limit=1)
    engine.pace.record("one", "m", 0.1, None)  # so quick that all would rather wait for it than for the other's load
    busy = ask(engine, "busy", "m")
    busy.wait_for_phase("prompt")
    waiting = ask(engine, "waiting", "m")
    waiting.wait_for_phase("queued")
    quick = ask(engine, "quick", "m")
    assert quick.wait_end() is None and RoutedChunk("m", "two") in quick.chunks
    for asked in (busy, waiting):
        asked.cancel.cancel()
        asked.wait_end()


def test_the_answer_of_another_backend_is_not_kept_as_the_firsts() -> None:
    engine = Engine(backend([ModelUnreachable("gone")]), backend(ANSWER, "two"))
    for _ in range(2):
        asked = ask(engine)
        assert asked.wait_end() is None
        assert not any(isinstance(chunk, CachedChunk) for chunk in asked.chunks)
