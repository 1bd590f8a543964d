"""What is particular to LM Studio before 0.4."""

from collections.abc import Iterator

import pytest

from chat.errors import ModelOutOfMemory
from chat.llm.cancelling import CancelToken
from chat.llm.lm_studio_v0 import LmStudioV0
from tests.fakes.asking import asked, done_of, failure_of, phases_of, question, text_of
from tests.fakes.lm_studio_v0 import FakeLmStudioV0
from tests.fakes.openai import OpenAIBehaviour


@pytest.fixture
def server() -> Iterator[FakeLmStudioV0]:
    with FakeLmStudioV0(OpenAIBehaviour("lmstudio", models=("llama3", "nomic-embed"))) as running:
        yield running


def _paths(server: FakeLmStudioV0) -> list[str]:
    return [seen.path for seen in server.chats()]


def test_models_are_listed_with_what_is_known_of_them(server: FakeLmStudioV0) -> None:
    model, embedding = LmStudioV0("mac", f"{server.url}/v1").list_models()
    assert (model.loaded, model.context_length, model.capabilities) == (False, 131_072, ("completion",))
    assert embedding.capabilities == ("embedding",)
    server.loaded.add("llama3")
    model, _ = LmStudioV0("mac", server.url).list_models()
    assert (model.loaded, model.context_length) == (True, 4096)


def test_a_load_can_be_told_from_reading(server: FakeLmStudioV0) -> None:
    server.behaviour.load_seconds = 0.3
    chunks = list(LmStudioV0("mac", server.url).chat(question(), CancelToken()))
    assert phases_of(chunks) == ["loading", "connected", "prompt", "generating"]
    load_ms = done_of(chunks).load_ms
    assert load_ms and 250 < load_ms < 3000 and server.loads == 1


def test_what_is_in_memory_is_asked_at_once_and_its_speed_is_its_own(server: FakeLmStudioV0) -> None:
    server.loaded.add("llama3")
    chunks = list(LmStudioV0("mac", server.url).chat(question(), CancelToken()))
    assert _paths(server) == ["/api/v0/chat/completions"]
    assert "loading" not in phases_of(chunks)
    assert (done_of(chunks).load_ms, done_of(chunks).tokens_per_second) == (None, 51.4)


def test_those_who_wait_for_the_same_model_share_its_load(server: FakeLmStudioV0) -> None:
    server.behaviour.load_seconds = 0.4
    backend = LmStudioV0("mac", server.url)
    asks = [asked(backend, question(f"q{number}")) for number in range(3)]
    assert [ask.wait_end() for ask in asks] == [None] * 3
    assert server.loads == 1 and len(_paths(server)) == 4


def test_a_load_that_fails_says_why(server: FakeLmStudioV0) -> None:
    server.behaviour.fault, server.behaviour.fault_times = "out of memory", 1
    error, chunks = failure_of(LmStudioV0("mac", server.url), question())
    assert isinstance(error, ModelOutOfMemory) and text_of(chunks) == "" and len(_paths(server)) == 1
