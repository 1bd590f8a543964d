"""What is particular to LM Studio with its own API."""

from collections.abc import Iterator

import pytest

from chat.errors import ModelNotFound, ModelUnreachable
from chat.llm.base import PhaseChunk
from chat.llm.cancelling import CancelToken
from chat.llm.lm_studio import LmStudio
from tests.fakes.asking import asked, done_of, failure_of, phases_of, question, text_of
from tests.fakes.lm_studio import FakeLmStudio
from tests.fakes.openai import FakeOpenAI, OpenAIBehaviour
from tests.fakes.serving import Exchange


@pytest.fixture
def server() -> Iterator[FakeLmStudio]:
    with FakeLmStudio(OpenAIBehaviour("lmstudio", models=("llama3", "nomic-embed"))) as running:
        yield running


def _paths(server: FakeLmStudio) -> list[str]:
    return [seen.path for seen in server.chats()]


def test_the_progress_of_a_load_is_lm_studios_own(server: FakeLmStudio) -> None:
    server.behaviour.load_seconds = 0.4
    chunks = list(LmStudio("lmstudio", server.url).chat(question(), CancelToken()))
    loading = [chunk for chunk in chunks if isinstance(chunk, PhaseChunk) and chunk.phase == "loading"]
    assert [chunk.progress for chunk in loading] == [None, 0.25, 0.5, 0.75, 1.0]
    assert not any(chunk.estimated for chunk in loading)
    assert phases_of(chunks) == ["loading", "connected", "prompt", "generating"]
    load_ms = done_of(chunks).load_ms
    assert load_ms and 350 < load_ms < 3000


def test_what_is_in_memory_is_not_loaded_again(server: FakeLmStudio) -> None:
    server.loaded.add("llama3")
    chunks = list(LmStudio("lmstudio", server.url).chat(question(), CancelToken()))
    assert _paths(server) == ["/v1/chat/completions"]
    assert "loading" not in phases_of(chunks) and done_of(chunks).load_ms is None


def test_a_list_that_breaks_off_keeps_nobody_from_an_answer(server: FakeLmStudio) -> None:
    def cut_the_list(exchange: Exchange) -> bool:
        return exchange.seen.path == "/api/v1/models" and exchange.die()

    server.intercept = cut_the_list
    chunks = list(LmStudio("lmstudio", server.url).chat(question(), CancelToken()))
    assert text_of(chunks) == "Hello from the other side." and _paths(server) == ["/v1/chat/completions"]


def test_those_who_wait_for_the_same_model_share_its_load(server: FakeLmStudio) -> None:
    server.behaviour.load_seconds = 0.4
    backend = LmStudio("lmstudio", server.url)
    asks = [asked(backend, question(f"q{number}")) for number in range(3)]
    assert [ask.wait_end() for ask in asks] == [None] * 3
    assert server.loads == 1 and sorted(_paths(server)) == ["/api/v1/chat", *["/v1/chat/completions"] * 3]


def test_one_who_leaves_does_not_end_the_load_of_another(server: FakeLmStudio) -> None:
    server.behaviour.load_seconds = 0.6
    backend = LmStudio("lmstudio", server.url)
    leaving, staying = asked(backend, question("a")), asked(backend, question("b"))
    for ask in (leaving, staying):
        ask.wait_for_phase("loading")
    leaving.cancel.cancel()
    assert leaving.wait_end() is not None and staying.wait_end() is None
    assert server.loads == 1 and text_of(staying.chunks) == "Hello from the other side."


def test_an_error_of_a_load_says_what_to_do(server: FakeLmStudio) -> None:
    server.behaviour.fault, server.behaviour.fault_times = "not found", 1
    error, chunks = failure_of(LmStudio("lmstudio", server.url), question())
    assert isinstance(error, ModelNotFound) and "Load it there" in error.message
    assert text_of(chunks) == "" and _paths(server) == ["/api/v1/chat"]


def test_models_are_listed_with_what_is_known_of_them(server: FakeLmStudio) -> None:
    server.loaded.add("llama3")
    model, embedding = LmStudio("lmstudio", f"{server.url}/v1/").list_models()
    assert (model.name, model.loaded, model.context_length, model.size_bytes) == ("llama3", True, 4096, 17_990_911_801)
    assert model.capabilities == ("completion", "vision", "tools")
    assert (embedding.loaded, embedding.context_length, embedding.capabilities) == (False, 262_144, ("embedding",))


def test_a_release_without_the_own_api_is_not_believed() -> None:
    with FakeOpenAI(OpenAIBehaviour("lmstudio")) as old, pytest.raises(ModelUnreachable, match="no list of models"):
        LmStudio("lmstudio", old.url).list_models()


def test_the_key_is_sent_to_both_of_its_apis(server: FakeLmStudio) -> None:
    server.behaviour.api_key = "sk-lm-1"
    assert text_of(LmStudio("lmstudio", server.url, "sk-lm-1").chat(question(), CancelToken()))
    with pytest.raises(ModelUnreachable, match="token"):
        LmStudio("lmstudio", server.url, "wrong").list_models()
