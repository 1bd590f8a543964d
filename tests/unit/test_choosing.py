"""Which backend is asked where several have the model."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace

import pytest

from chat.errors import ModelNotFound
from chat.llm.base import ChatMessage, DoneChunk, ModelFacts, PhaseChunk, RoutedChunk, TextChunk
from chat.llm.cancelling import CancelToken
from chat.llm.scripted import Scripted, Step
from tests.fakes.engine import Engine, asks

ANSWER: list[Step] = [PhaseChunk("generating"), TextChunk("ok"), DoneChunk(tokens_per_second=10.0)]


def _backend(name: str, *models: ModelFacts, parallelism: int = 1, script: list[Step] | None = None) -> Scripted:
    return Scripted(script or ANSWER, name=name, models=models, parallelism=parallelism, kind="ollama")


def _warm(name: str = "llama3:latest") -> ModelFacts:
    return ModelFacts(name, loaded=True)


def _cold(name: str = "llama3:latest") -> ModelFacts:
    return ModelFacts(name, loaded=False)


def _who(engine: Engine, model: str | None = "llama3", text: str = "hello") -> str:
    """The first backend that a question goes to."""
    chunks = engine.asker.ask(asks(text, model), CancelToken())
    routed = next(chunks)
    assert isinstance(routed, RoutedChunk)
    return routed.backend


def test_the_one_that_has_it_in_memory_is_asked() -> None:
    engine = Engine(_backend("a", _cold()), _backend("b", _warm()))
    assert _who(engine) == "b" and _who(engine, "auto") == "b"


def test_auto_takes_any_model_that_is_in_memory_and_a_name_only_that_model() -> None:
    engine = Engine(_backend("a", _cold()), _backend("b", _warm("mistral:latest")))
    assert _who(engine, "auto") == "b" and _who(engine, None) == "b"
    assert _who(engine, "llama3") == "a"
    with pytest.raises(ModelNotFound):
        _who(engine, "qwen")


@pytest.mark.parametrize(("named", "backend"), [("b/llama3:latest", "b"), ("llama3-b", "b"), ("llama3", "a")])
def test_whoever_names_a_backend_gets_that_one(named: str, backend: str) -> None:
    engine = Engine(_backend("a", _warm()), _backend("b", _cold()))
    assert _who(engine, named) == backend


def test_the_shorter_line_is_joined() -> None:
    engine = Engine(_backend("a", _warm()), _backend("b", _warm()))
    with engine.scheduler.place("a", 1, "ada"):
        assert _who(engine) == "b"
        with ExitStack() as stack:
            for person in ("jonas", "mira"):
                stack.enter_context(engine.scheduler.place("b", 1, person))
            assert _who(engine) == "a"
    assert _who(engine) == "a", "of two equals the first"


def test_a_line_counts_by_the_time_that_its_answers_take_and_a_load_as_well() -> None:
    engine = Engine(_backend("a", _warm()), _backend("b", _cold()))
    engine.warmth.record("b", "llama3:latest", 3000)
    with engine.scheduler.place("a", 1, "ada"):
        engine.pace.record("a", "llama3:latest", 1.0, None)
        assert _who(engine) == "a", "one second of waiting is less than three of loading"
        for _ in range(3):
            engine.pace.record("a", "llama3:latest", 60.0, None)
        assert _who(engine) == "b"


def test_of_two_that_would_begin_at_once_the_faster_is_asked() -> None:
    engine = Engine(_backend("a", _warm()), _backend("b", _warm()))
    engine.pace.record("a", "llama3:latest", 5.0, 20.0)
    engine.pace.record("b", "llama3:latest", 5.0, 60.0)
    assert _who(engine) == "b"


def test_whoever_has_the_answer_already_is_asked_again() -> None:
    slow, quick = _backend("a", _warm()), _backend("b", _cold())
    engine = Engine(slow, quick)
    assert list(engine.asker.ask(asks("hello", "llama3"), CancelToken()))
    slow.models, quick.models = [_cold()], [_warm()]
    engine.registry.refresh()
    assert _who(engine) == "a" and _who(engine, text="something new") == "b"


def test_the_rest_of_an_answer_is_not_kept_as_an_answer() -> None:
    model = _backend("a", _warm())
    engine = Engine(model)
    whole = replace(asks("count"), messages=(ChatMessage("user", "count"), ChatMessage("assistant", "1, 2,")))
    for question in (replace(whole, continues=True), whole, whole):
        assert list(engine.asker.ask(question, CancelToken()))
    assert [request.continues for request in model.requests] == [True, False]


def test_equal_questions_at_once_are_one_although_the_line_grows_with_the_first() -> None:
    waits: list[Step] = [PhaseChunk("generating"), 0.3, TextChunk("ok"), DoneChunk()]
    first, second = _backend("a", _warm(), script=waits), _backend("b", _warm(), script=waits)
    engine = Engine(first, second)

    def ask(_: int) -> str:
        chunks = engine.asker.ask(asks("the same", "llama3"), CancelToken())
        return "".join(chunk.text for chunk in chunks if isinstance(chunk, TextChunk))

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(ask, range(20))) == {"ok"}
    assert len(first.requests) + len(second.requests) == 1


def test_a_place_in_line_comes_with_the_time_that_it_will_probably_take() -> None:
    engine = Engine(_backend("a", _warm()))
    with engine.scheduler.place("a", 1, "ada"):
        chunks = engine.asker.ask(asks("unknown yet", "llama3"), CancelToken())
        assert next(c for c in chunks if isinstance(c, PhaseChunk)).eta_seconds is None
        engine.pace.record("a", "llama3:latest", 8.0, None)
        with engine.scheduler.place("a", 1, "jonas"):
            chunks = engine.asker.ask(asks("known now", "llama3"), CancelToken())
            queued = next(c for c in chunks if isinstance(c, PhaseChunk))
    assert (queued.phase, queued.eta_seconds, queued.estimated) == ("queued", 8.0 * queued.queue_position - 4.0, True)
