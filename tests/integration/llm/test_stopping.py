"""Which backend tells that it has stopped, and that it is believed only then."""

import time
from collections.abc import Iterator

import pytest

from chat.llm.base import Backend, ModelFacts
from chat.llm.detected import Detected, Place
from chat.llm.embedded import EMBEDDED_MODEL, Embedded
from tests.fakes.asking import Asked, asked, question
from tests.integration.llm.conftest import Rig, rig_for

TELL = ("llama", "llama-router")
MODEL = "llama3"


@pytest.fixture(params=TELL)
def llama(request: pytest.FixtureRequest) -> Iterator[Rig]:
    yield from rig_for(request.param)


def _wait_stopped(backend: Backend, model: str = MODEL, seconds: float = 10) -> float:
    began = time.monotonic()
    while backend.has_stopped(model) is not True:
        assert time.monotonic() - began < seconds, "it never stopped"
        time.sleep(0.01)
    return time.monotonic() - began


def _writing(rig: Rig) -> Asked:
    ask = asked(rig.backend, question())
    ask.wait_for_text()
    return ask


def test_a_llama_server_has_stopped_when_its_slot_is_free(llama: Rig) -> None:
    llama.behave(text="word " * 1000, token_seconds=0.01, stop_seconds=0.5)
    ask = _writing(llama)
    assert llama.backend.has_stopped(MODEL) is True, "the answer is being read"
    ask.cancel.cancel()
    ask.wait_end()
    assert llama.backend.has_stopped(MODEL) is False
    _wait_stopped(llama.backend)


def test_an_answer_that_is_read_does_not_count_and_the_stopped_one_beside_it_does(llama: Rig) -> None:
    llama.behave(text="word " * 1000, token_seconds=0.01, stop_seconds=0.5, slots=2)
    kept, stopped = _writing(llama), _writing(llama)
    stopped.cancel.cancel()
    stopped.wait_end()
    assert llama.backend.has_stopped(MODEL) is False
    _wait_stopped(llama.backend)
    kept.cancel.cancel()


def test_a_llama_server_without_the_list_of_slots_does_not_tell(llama: Rig) -> None:
    llama.behave(tells_slots=False)
    assert llama.backend.has_stopped(MODEL) is None


def test_one_that_does_not_answer_is_at_work(llama: Rig) -> None:
    llama.server.stop()
    assert llama.backend.has_stopped(MODEL) is False


def test_the_others_do_not_tell(rig: Rig) -> None:
    if rig.kind not in TELL:
        assert rig.backend.has_stopped(MODEL) is None


def test_a_detected_one_with_chosen_models_tells_as_what_it_is(llama: Rig) -> None:
    backend = Detected(Place("x", llama.server.url, models=(MODEL,)))
    assert backend.has_stopped(MODEL) is None
    assert [facts.name for facts in backend.list_models()] == [ModelFacts(MODEL).name]
    assert backend.has_stopped(MODEL) is True


def test_the_built_in_model_stops_soon_and_is_seen_to() -> None:
    backend = Embedded()
    try:
        assert backend.has_stopped(EMBEDDED_MODEL) is True
        ask = asked(backend, question("Tell me a long story about a dragon.", EMBEDDED_MODEL))
        ask.wait_for_text()
        assert backend.has_stopped(EMBEDDED_MODEL) is True, "the answer is being read"
        ask.cancel.cancel()
        ask.wait_end()
        _wait_stopped(backend, EMBEDDED_MODEL)
    finally:
        backend.close()
    assert backend.has_stopped(EMBEDDED_MODEL) is True
