"""A token that ends a request from outside, and the scripted model that the rest of the tests are made with."""

import threading
import time

import pytest

from chat.errors import ModelNotFound, ModelTimeout
from chat.llm.base import DoneChunk, TextChunk
from chat.llm.cancelling import Cancelled, CancelToken
from chat.llm.scripted import KEPT, Scripted
from tests.fakes.asking import asked, done_of, phases_of, question, text_of


def test_the_first_reason_counts() -> None:
    token = CancelToken()
    token.cancel(ModelTimeout("late"))
    token.cancel()
    with pytest.raises(ModelTimeout, match="late"):
        token.raise_if_cancelled()


def test_closers_run_once_cancelled_and_at_once_if_that_was_before() -> None:
    ran: list[str] = []
    token = CancelToken()
    token.on_cancel(lambda: ran.append("before"))
    token.on_cancel(lambda: ran.append("taken back"))()
    assert ran == []
    token.cancel()
    token.on_cancel(lambda: ran.append("after"))
    assert ran == ["before", "after"]


def test_a_wait_ends_when_cancelled() -> None:
    token = CancelToken()
    threading.Timer(0.05, token.cancel).start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        token.wait(60)
    assert time.monotonic() - began < 2


def test_a_wait_that_is_not_cancelled_just_ends() -> None:
    CancelToken().wait(0.001)


def test_many_threads_may_cancel_and_register_at_once() -> None:
    token, ran = CancelToken(), []
    threads = [threading.Thread(target=lambda: token.on_cancel(lambda: ran.append(1))) for _ in range(20)]
    threads += [threading.Thread(target=token.cancel) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ran) >= 20


def test_the_scripted_model_repeats_the_question_word_by_word() -> None:
    backend = Scripted()
    chunks = list(backend.chat(question("good morning", "echo"), CancelToken()))
    assert text_of(chunks) == "You said: good morning"
    assert phases_of(chunks) == ["connected", "prompt", "generating"]
    assert done_of(chunks).completion_tokens == 4
    assert backend.requests == [question("good morning", "echo")]
    for number in range(KEPT):
        list(backend.chat(question(str(number), "echo"), CancelToken()))
    assert len(backend.requests) == KEPT, "a server that runs for long does not grow"


def test_the_scripted_model_follows_its_script() -> None:
    gate = threading.Event()

    def wait_for_gate(cancel: CancelToken) -> None:
        gate.wait(5)

    backend = Scripted([TextChunk("a"), wait_for_gate, 0.001, TextChunk("b"), DoneChunk()])
    ask = asked(backend, question(model="echo"))
    ask.wait_for_text()
    assert text_of(ask.chunks) == "a"
    gate.set()
    assert ask.wait_end() is None
    assert text_of(ask.chunks) == "ab"


def test_the_scripted_model_can_be_cancelled_and_says_so() -> None:
    backend = Scripted([TextChunk("a"), 60.0, DoneChunk()])
    ask = asked(backend, question(model="echo"))
    ask.wait_for_text()
    ask.cancel.cancel()
    assert isinstance(ask.wait_end(), Cancelled)
    assert backend.cancelled == backend.requests


def test_the_scripted_model_does_not_have_every_model() -> None:
    with pytest.raises(ModelNotFound):
        list(Scripted().chat(question(model="llama3"), CancelToken()))
