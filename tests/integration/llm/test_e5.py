"""The built-in embeddings as they are: real weights, a real child process."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from chat.errors import InvalidInput, ModelNotFound, ModelTimeout, ModelUnreachable
from chat.llm.base import EmbedRequest
from chat.llm.cancelling import Cancelled, CancelToken
from chat.llm.e5 import E5, E5_MODEL
from tests.fakes.asking import question
from tests.likeness import likeness


@pytest.fixture(scope="module")
def backend() -> Iterator[E5]:
    made = E5()
    yield made
    made.close()


def _embed(backend: E5, *texts: str) -> tuple[list[float], ...]:
    return backend.embed(EmbedRequest(E5_MODEL, texts), CancelToken()).vectors


def test_a_passage_that_answers_a_question_is_nearer_than_one_that_does_not(backend: E5) -> None:
    question, answer, other, german = _embed(
        backend,
        "query: how do I get my files back?",
        "passage: Restore the backup with tar and start the server again.",
        "passage: The canteen has lentil soup today.",
        "passage: Die Sicherung spielt man mit tar zurück.",
    )
    assert len(question) == 384
    assert likeness(question, answer) > likeness(question, other)
    assert likeness(question, german) > likeness(question, other), "in whatever language"


def test_the_prefix_says_what_a_text_is_and_none_means_a_passage(backend: E5) -> None:
    plain, passage, asked = _embed(backend, "soup", "passage: soup", "query: soup")
    assert plain == passage != asked


def test_what_stands_in_a_text_does_no_harm(backend: E5) -> None:
    texts = ("a\0b", "\n", "word " * 600, "🦭", "\ud800")
    assert [len(vector) for vector in _embed(backend, *texts)] == [384] * 5


def test_a_length_that_it_has_not_is_refused_and_so_are_questions(backend: E5) -> None:
    with pytest.raises(InvalidInput, match="gives 384 dimensions, not 5"):
        backend.embed(EmbedRequest(E5_MODEL, ("a",), 5), CancelToken())
    with pytest.raises(ModelNotFound, match="only makes embeddings"):
        backend.chat(question(model=E5_MODEL), CancelToken())


def test_after_its_process_was_killed_the_next_request_has_a_new_one(backend: E5) -> None:
    (before,) = _embed(backend, "soup")
    first = backend.pid
    assert first
    os.kill(first, signal.SIGKILL)
    try:
        _embed(backend, "soup")
    except ModelUnreachable as error:
        assert "signal 9" in error.message
    assert _embed(backend, "soup") == (before,)
    assert backend.pid not in (None, first)


@pytest.mark.parametrize("text", ["soup", "soup " * 200_000], ids=["short", "longer than what the socket holds"])
def test_a_process_that_hangs_is_waited_for_no_longer_than_somebody_wants_and_replaced(backend: E5, text: str) -> None:
    (before,) = _embed(backend, "soup")
    hung = backend.pid
    assert hung
    os.kill(hung, signal.SIGSTOP)
    with pytest.raises(ModelTimeout, match="no longer"):
        backend.embed(EmbedRequest(E5_MODEL, (text,)), _ended_soon())
    assert backend.pid is None, "it is gone"
    assert _embed(backend, "soup") == (before,)
    assert backend.pid not in (None, hung)


def _ended_soon() -> CancelToken:
    token = CancelToken()
    threading.Timer(0.3, lambda: token.cancel(ModelTimeout("I wait no longer."))).start()
    return token


def test_whoever_does_not_wait_for_its_start_leaves_it_to_the_next(backend: E5) -> None:
    backend.unload(E5_MODEL, CancelToken())
    loading = CancelToken()
    loader = threading.Thread(target=_load, args=(backend, loading))
    loader.start()
    while (starting := backend.pid) is None:
        loader.join(0.001)
    os.kill(starting, signal.SIGSTOP)
    with pytest.raises(ModelTimeout, match="no longer"):
        backend.embed(EmbedRequest(E5_MODEL, ("soup",)), _ended_soon())
    loading.cancel()
    loader.join()
    os.kill(starting, signal.SIGCONT)
    assert len(_embed(backend, "soup")) == 1 and backend.pid == starting


def _load(backend: E5, cancel: CancelToken) -> None:
    with suppress(Cancelled):
        list(backend.load(E5_MODEL, cancel))


def test_it_leaves_the_memory_when_it_is_put_out_or_shut_down() -> None:
    backend = E5()
    list(backend.load(E5_MODEL, CancelToken()))
    assert [facts.loaded for facts in backend.list_models()] == [True]
    backend.unload(E5_MODEL, CancelToken())
    assert backend.pid is None and [facts.loaded for facts in backend.list_models()] == [False]
    _embed(backend, "soup")
    backend.close()
    assert backend.pid is None
    with pytest.raises(ModelUnreachable, match="shut down"):
        _embed(backend, "soup")
