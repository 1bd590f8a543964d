"""Embeddings go the way of questions: in line, watched, on the next backend when the first one fails."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic, sleep

import pytest

from chat.errors import ModelBusy, ModelError, ModelNotFound, ModelOutOfMemory, ModelTimeout, ModelUnreachable
from chat.jobs import stopping
from chat.jobs.embedding import BATCH, Embedded
from chat.jobs.watchdog import Patience
from chat.llm.base import Embeddings, EmbedRequest, ModelFacts, PhaseChunk
from chat.llm.cancelling import Cancelled, CancelToken
from chat.llm.scripted import Scripted
from tests.fakes.asking import Asked
from tests.fakes.embeddings import vector_of
from tests.fakes.engine import Engine, asks, until_cancelled

MODEL = "nomic-embed-text"
Step = Exception | Callable[[CancelToken], None]


class Embeds(Scripted):
    """A backend with one model that embeds. `steps` are what happens first, one for each request."""

    def __init__(self, *steps: Step, name: str = "one", parallelism: int = 1, tokens: int | None = 1) -> None:
        facts = ModelFacts(MODEL, loaded=True, capabilities=("embedding",))
        super().__init__(
            [PhaseChunk("prompt"), until_cancelled], name=name, models=[facts, "writes"], parallelism=parallelism
        )
        self.steps, self.tokens = list(steps), tokens
        self.embedded: list[EmbedRequest] = []
        self.began = threading.Event()
        self.stopped: threading.Event | None = None

    def has_stopped(self, model: str) -> bool | None:
        return self.stopped.is_set() if self.stopped else None

    def embed(self, request: EmbedRequest, cancel: CancelToken) -> Embeddings:
        cancel.raise_if_cancelled()
        self.embedded.append(request)
        self.began.set()
        step = self.steps.pop(0) if self.steps else None
        if isinstance(step, Exception):
            raise step
        if step:
            step(cancel)
        return Embeddings(tuple(vector_of(text) for text in request.texts), self.tokens)


@dataclass
class Embedding:
    """A request in a thread of its own."""

    engine: Engine
    texts: tuple[str, ...] = ("hello",)
    user_id: str = "ada"
    cancel: CancelToken = field(default_factory=CancelToken)
    made: Embedded | None = None
    error: Exception | None = None

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.made = embed(self.engine, *self.texts, user_id=self.user_id, cancel=self.cancel)
        except Exception as error:  # kept for the test, which looks at it
            self.error = error

    def wait_in_line(self) -> None:
        give_up = monotonic() + 10
        while self.engine.scheduler.waiting() == 0:
            assert monotonic() < give_up, f"nobody waits: {self.error!r}"
            sleep(0.001)

    def wait_end(self) -> Exception | None:
        self._thread.join(10)
        assert not self._thread.is_alive()
        return self.error


def embed(engine: Engine, *texts: str, user_id: str = "ada", cancel: CancelToken | None = None) -> Embedded:
    return engine.embedder.embed(EmbedRequest(MODEL, texts), user_id, cancel or CancelToken())


def test_many_texts_are_asked_in_batches_and_come_back_as_one() -> None:
    backend = Embeds()
    texts = [f"text {number}" for number in range(2 * BATCH + 1)]
    made = embed(Engine(backend), *texts)
    assert made == Embedded([vector_of(text) for text in texts], 3, MODEL, "one")
    assert [len(request.texts) for request in backend.embedded] == [BATCH, BATCH, 1]


def test_tokens_that_nobody_counted_are_not_made_up() -> None:
    assert embed(Engine(Embeds(tokens=None)), "a").prompt_tokens is None


def test_embeddings_stand_in_the_same_line_as_questions() -> None:
    backend = Embeds()
    engine = Engine(backend)
    talking = Asked(lambda cancel: engine.asker.ask(asks("hello", "writes"), cancel))
    talking.wait_for_phase("prompt")
    waiting = Embedding(engine)
    waiting.wait_in_line()
    assert backend.embedded == []
    talking.cancel.cancel()
    assert waiting.wait_end() is None and waiting.made and len(waiting.made.vectors) == 1


def test_somebodys_thousand_texts_let_others_pass_between_two_batches() -> None:
    gate = threading.Event()
    backend = Embeds(lambda cancel: gate.wait(10) and None)
    engine = Engine(backend)
    many = Embedding(engine, tuple("m" for _ in range(20 * BATCH)))
    assert backend.began.wait(10)
    one = Embedding(engine, ("quick",), user_id="mira")
    one.wait_in_line()
    gate.set()
    assert one.wait_end() is None and many.wait_end() is None
    assert backend.embedded[1].texts == ("quick",)


def test_a_full_line_says_when_to_come_back() -> None:
    backend = Embeds(until_cancelled)
    engine = Engine(backend, queue_limit=0)
    with pytest.raises(ModelBusy):
        embed(engine, "a")


@pytest.mark.parametrize("error", [ModelUnreachable("gone"), ModelBusy("x"), ModelOutOfMemory("x"), ModelNotFound("x")])
def test_the_same_model_elsewhere_takes_over_at_once(error: ModelError) -> None:
    one, two = Embeds(error), Embeds(name="two")
    assert embed(Engine(one, two, max_retries=2), "a").backend == "two"
    assert len(one.embedded) == 1


def test_nobody_takes_over_once_there_are_vectors_of_another() -> None:
    one, two = Embeds(lambda cancel: None, ModelOutOfMemory("!")), Embeds(name="two")
    with pytest.raises(ModelOutOfMemory):
        embed(Engine(one, two), *["a"] * (BATCH + 1))
    assert two.embedded == []


def test_what_passes_is_tried_again_and_what_lasts_is_not() -> None:
    passing = Embeds(ModelUnreachable("1"), ModelUnreachable("2"))
    assert embed(Engine(passing, max_retries=2), "a").vectors == [vector_of("a")]
    assert len(passing.embedded) == 3
    lasting = Embeds(ModelOutOfMemory("!"))
    with pytest.raises(ModelOutOfMemory):
        embed(Engine(lasting, max_retries=2), "a")
    assert len(lasting.embedded) == 1


def test_a_backend_that_hangs_is_given_up_and_its_slot_is_free() -> None:
    backend = Embeds(until_cancelled)
    engine = Engine(backend, patience=Patience(0.1, 30, 30))
    with pytest.raises(ModelTimeout, match="0.1 s"):
        embed(engine, "a")
    assert engine.scheduler.line("one") == 0
    assert embed(engine, "b").vectors == [vector_of("b")]


def test_whoever_is_stopped_leaves_the_line_or_frees_the_slot() -> None:
    backend = Embeds(until_cancelled)
    engine = Engine(backend)
    running = Embedding(engine)
    assert backend.began.wait(10)
    waiting = Embedding(engine)
    waiting.wait_in_line()
    for asked in (waiting, running):
        asked.cancel.cancel()
        assert isinstance(asked.wait_end(), Cancelled)
    assert engine.scheduler.line("one") == 0 and len(backend.embedded) == 1


def test_the_slot_of_what_was_stopped_is_held_until_its_backend_has_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopping, "STOP_SECONDS", 30)
    backend = Embeds(until_cancelled)
    backend.stopped = threading.Event()
    engine = Engine(backend)
    running = Embedding(engine)
    assert backend.began.wait(10)
    running.cancel.cancel()
    waiting = Embedding(engine)
    waiting.wait_in_line()
    assert len(backend.embedded) == 1
    backend.stopped.set()
    assert isinstance(running.wait_end(), Cancelled)
    assert waiting.wait_end() is None and len(backend.embedded) == 2
