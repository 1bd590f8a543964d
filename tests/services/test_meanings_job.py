"""How messages are read in the background: through the line of a backend, in whatever state that is."""

import threading
import time
from collections.abc import Callable

import pytest

from chat.background import Background
from chat.errors import ContextTooLong, ModelError, ModelTimeout, ModelUnreachable
from chat.jobs import meanings
from chat.jobs.meaning_samples import SAMPLES
from chat.jobs.meanings import Meanings
from chat.llm.base import Embeddings, EmbedRequest, ModelFacts
from chat.llm.cancelling import CancelToken
from chat.llm.embedding_prefixes import prefixes_of
from chat.llm.scripted import Scripted
from chat.services.fused_search import FusedSearch
from chat.services.message_vectors import MessageVectors
from chat.services.searching import Searching
from tests.fakes.asking import Asked
from tests.fakes.engine import Engine, asks, spawn, until_cancelled
from tests.fakes.meaning import vector_for
from tests.services.den import Den

MODEL = "nomic-embed-text"


class Embeds(Scripted):
    """A backend that understands words; `fails` says for a text what is wrong with it, if anything."""

    def __init__(self, fails: Callable[[str], ModelError | None] = lambda text: None) -> None:
        facts = ModelFacts(MODEL, loaded=True, capabilities=("embedding",))
        super().__init__([until_cancelled], name="one", models=[facts, "writes"], parallelism=2)
        self.fails, self.texts = fails, list[str]()

    def embed(self, request: EmbedRequest, cancel: CancelToken) -> Embeddings:
        cancel.raise_if_cancelled()
        for text in request.texts:
            if problem := self.fails(text):
                raise problem
        self.texts += request.texts
        words = [text.partition(": ")[2] for text in request.texts]
        return Embeddings(tuple(vector_for(one) for one in words))


class Desk:
    """A den whose messages are read by a backend, and searched."""

    def __init__(self, den: Den, backend: Embeds) -> None:
        self.backend, self.slept = backend, list[float]()
        self.engine = Engine(backend)
        searching = Searching(den.db, lambda work: work())
        background = Background(spawn, self._sleep)
        self.job = Meanings(den.db, self.engine.embedder, background, MODEL, searching.catch_up)
        self.search_in = FusedSearch(den.db, searching, self.job)
        self._den = den

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        time.sleep(seconds if seconds == meanings.QUERY_SECONDS else 0.01)

    def read_all(self) -> None:
        while self.job.read_some() is not None:
            pass

    def found(self, typed: str) -> list[str]:
        answer = self.search_in.search(self._den.ada.id, typed, "semantic")
        assert answer.mode == "semantic"
        return [hit.id for hit in answer.hits]


def test_messages_go_through_the_line_of_a_backend_with_what_its_model_wants_before_them(den: Den) -> None:
    desk = Desk(den, Embeds())
    said = den.say(den.ada, "a hound")
    desk.read_all()
    assert desk.found("dog") == [said.id]
    assert desk.backend.texts[: len(SAMPLES)] == [f"search_query: {text}" for text in SAMPLES]
    assert desk.backend.texts[-2:] == ["search_document: a hound", "search_query: dog"]


def test_a_text_that_is_too_long_is_read_by_its_beginning(den: Den) -> None:
    too_long = ContextTooLong("too long")
    desk = Desk(den, Embeds(lambda text: too_long if len(text) > 500 else None))
    long = den.say(den.ada, "hound " * 150)
    short = den.say(den.ada, "a puppy")
    desk.read_all()
    assert sorted(desk.found("dog")) == [long.id, short.id]


def test_a_text_on_which_the_model_fails_does_not_keep_the_others_from_being_read(den: Den) -> None:
    desk = Desk(den, Embeds(lambda text: ModelError("it broke") if "poison" in text else None))
    den.say(den.ada, "poison hound")
    said = den.say(den.ada, "a puppy")
    desk.read_all()
    assert desk.found("dog") == [said.id]


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("error", [ModelUnreachable("away"), ModelError("all of it broke")])
def test_where_the_backend_fails_nothing_is_passed_over(den: Den, error: ModelError, count: int) -> None:
    desk = Desk(den, Embeds())
    desk.read_all()
    said = [den.say(den.ada, f"hound {number}").id for number in range(count)]
    desk.backend.fails = lambda text: error
    with pytest.raises(ModelError):
        desk.job.read_some()
    desk.backend.fails = lambda text: None
    desk.read_all()
    assert sorted(desk.found("dog")) == said


def test_people_who_are_being_answered_go_first(den: Den) -> None:
    desk = Desk(den, Embeds())
    den.say(den.ada, "a hound")
    desk.read_all()
    before = len(desk.slept)
    talking = Asked(lambda cancel: desk.engine.asker.ask(asks("hello", "writes"), cancel))
    assert _wait(desk.engine.embedder.people_wait)
    den.say(den.ada, "a puppy")
    stop = threading.Timer(0.3, talking.cancel.cancel)
    stop.start()
    desk.read_all()
    stop.join()
    assert meanings.LOOK_SECONDS in desk.slept[before:], "it looked again whether they have their answer"


def _wait(is_so: Callable[[], bool]) -> bool:
    waited = threading.Event()
    return any(is_so() or waited.wait(0.01) for _ in range(1000))


def test_a_search_does_not_wait_for_a_model_that_is_busy(den: Den) -> None:
    desk = Desk(den, Embeds())
    said = den.say(den.ada, "dog")
    desk.read_all()
    desk.backend.fails = lambda text: ModelTimeout("The embedding model is busy.")
    answer = desk.search_in.search(den.ada.id, "dog", "hybrid")
    assert ([hit.id for hit in answer.hits], answer.mode) == ([said.id], "text")
    assert answer.meaning.state == "away"


def test_nothing_is_read_where_no_model_is_set(den: Den) -> None:
    desk = Desk(den, Embeds())
    job = Meanings(den.db, desk.engine.embedder, Background(spawn, desk.slept.append), None, lambda: None)
    job.begin()
    assert not job.is_on and not MessageVectors(den.db).is_of(MODEL)


@pytest.mark.parametrize(
    ("model", "query", "passage"),
    [
        ("embedder/multilingual-e5-small", "query: ", "passage: "),
        ("text-embedding-nomic-embed-text-v1.5", "search_query: ", "search_document: "),
        ("mxbai-embed-large", "Represent this sentence for searching relevant passages: ", ""),
        ("all-minilm", "", ""),
    ],
)
def test_each_model_has_its_own_words_before_a_text(model: str, query: str, passage: str) -> None:
    assert (prefixes_of(model).query, prefixes_of(model).passage) == (query, passage)
