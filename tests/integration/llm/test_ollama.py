"""What is Ollama's own: silent loads, versions that differ, errors that travel as text."""

import pytest

from chat.errors import ModelError, ModelNotFound, ModelUnreachable
from chat.llm.base import EmbedRequest, PhaseChunk
from chat.llm.cancelling import Cancelled, CancelToken
from chat.llm.ollama import Ollama
from tests.fakes.asking import asked, done_of, failure_of, phases_of, question, text_of
from tests.fakes.ollama import FakeOllama

Pair = tuple[Ollama, FakeOllama]


def test_a_cold_model_is_warmed_up_with_the_options_of_the_question(ollama: Pair) -> None:
    backend, server = ollama
    list(backend.chat(question(temperature=0.3, max_tokens=5), CancelToken()))
    warm_up, chat = server.chats()
    assert warm_up.body == {"model": "llama3", "messages": [], "options": chat.body["options"], "stream": True}


def test_a_warm_model_is_asked_at_once(ollama: Pair) -> None:
    backend, server = ollama
    server.loaded.add("llama3:latest")
    chunks = list(backend.chat(question(), CancelToken()))
    assert phases_of(chunks) == ["connected", "prompt", "generating"]
    assert len(server.chats()) == 1
    assert done_of(chunks).load_ms == 1


def test_an_embedding_model_says_that_it_does_not_write(ollama: Pair) -> None:
    backend, server = ollama
    server.behaviour.models["nomic-embed-text:latest"] = {}
    error, _ = failure_of(backend, question(model="nomic-embed-text"))
    assert type(error) is ModelNotFound and "only makes embeddings. Choose a model that writes" in str(error)


def test_an_embedding_keeps_its_model_in_memory_as_long_as_an_answer_does(ollama: Pair) -> None:
    _, server = ollama
    server.behaviour.models["nomic-embed-text:latest"] = {}
    Ollama("ollama", server.url, keep_alive=-1).embed(EmbedRequest("nomic-embed-text", ("a",)), CancelToken())
    assert server.chats()[-1].body["keep_alive"] == -1


def test_speed_is_what_ollama_measured(ollama: Pair) -> None:
    backend, _ = ollama
    assert done_of(list(backend.chat(question(), CancelToken()))).tokens_per_second == 100.0


def test_one_load_serves_all_who_wait_and_survives_the_first_one_leaving(ollama: Pair) -> None:
    backend, server = ollama
    server.behaviour.load_seconds = 0.4
    first, second = asked(backend, question("a")), asked(backend, question("b"))
    first.wait_for_phase("loading")
    second.wait_for_phase("loading")
    assert server.wait_for(lambda: server.loading)

    first.cancel.cancel()

    assert isinstance(first.wait_end(), Cancelled)
    assert second.wait_end() is None
    assert text_of(second.chunks) == "Hello from the other side."
    assert (server.loads, server.aborted_loads) == (1, 0)


def test_a_load_that_nobody_waits_for_any_more_is_aborted(ollama: Pair) -> None:
    backend, server = ollama
    server.behaviour.load_seconds = 60.0
    asks = [asked(backend, question(text)) for text in ("a", "b")]
    for ask in asks:
        ask.wait_for_phase("loading")
    assert server.wait_for(lambda: server.loading)
    for ask in asks:
        ask.cancel.cancel()
        assert isinstance(ask.wait_end(), Cancelled)
    assert server.wait_for(lambda: server.aborted_loads == 1)


def test_a_release_that_lists_loading_models_fools_nobody(ollama: Pair) -> None:
    backend, server = ollama
    server.behaviour.lists_while_loading = True
    server.behaviour.load_seconds = 0.4
    first = asked(backend, question("a"))
    first.wait_for_phase("loading")
    assert server.wait_for(lambda: server.loading)

    assert [facts.loaded for facts in backend.list_models()] == [False]
    second = asked(backend, question("b"))
    second.wait_for_phase("loading")

    assert (first.wait_end(), second.wait_end()) == (None, None)
    assert [facts.loaded for facts in backend.list_models()] == [True]


def test_a_slow_list_of_running_models_means_unknown_not_down(ollama: Pair) -> None:
    backend, server = ollama
    server.behaviour.ps_seconds = 60.0
    assert [(facts.name, facts.loaded) for facts in backend.list_models()] == [("llama3:latest", None)]
    server.loaded.add("llama3:latest")
    chunks = list(backend.chat(question(), CancelToken()))
    loading = next(chunk for chunk in chunks if isinstance(chunk, PhaseChunk))
    assert (loading.phase, loading.estimated) == ("loading", True)
    assert text_of(chunks) == "Hello from the other side."


def test_load_progress_is_shown_where_a_release_sends_it(ollama: Pair) -> None:
    """While it loads, that is: in the answer to the request that has the model loaded."""
    backend, server = ollama
    server.behaviour.load_progress, server.behaviour.load_seconds = (10, 48, 100), 0.6
    for begin in (lambda: backend.load("llama3", CancelToken()), lambda: backend.chat(question(), CancelToken())):
        server.loaded.clear()
        chunks = list(begin())
        phases = [chunk for chunk in chunks if isinstance(chunk, PhaseChunk)]
        told = [chunk.progress for chunk in phases if chunk.phase == "loading"]
        assert (told[0], told[-1]) == (None, 1.0) and len(told) > 2 and set(told) <= {None, 0.1, 0.48, 1.0}
    assert phases_of(chunks) == ["loading", "connected", "prompt", "generating"]


def test_facts_are_those_that_ollama_tells(ollama: Pair) -> None:
    backend, server = ollama
    server.loaded.add("llama3:latest")
    server.behaviour.models["nomic-embed-text:latest"] = {"details": {"family": "nomic-bert"}}
    server.behaviour.models["qwen3:8b"] = {"capabilities": ["completion", "thinking"]}
    llama, nomic, qwen = backend.list_models()
    assert (llama.loaded, llama.context_length, llama.size_bytes) == (True, 4096, 4_661_224_676)
    assert llama.expires_at and llama.expires_at.startswith("2318")
    assert nomic.capabilities == ("embedding",)
    assert (qwen.loaded, qwen.context_length, qwen.capabilities) == (False, None, ("completion", "thinking"))


def test_what_an_older_release_does_not_list_is_asked_once_for_each_model(ollama: Pair) -> None:
    backend, server = ollama
    server.behaviour.models["bge-m3:latest"] = {}
    server.behaviour.shows = {"bge-m3:latest": ["embedding"], "llama3:latest": ["completion", "tools"]}
    for _ in range(3):
        assert [facts.capabilities for facts in backend.list_models()] == [("completion", "tools"), ("embedding",)]
    server.behaviour.models["even-older:latest"] = {}
    for _ in range(3):
        assert backend.list_models()[-1].capabilities == ("completion",)
    asked = [seen.body["model"] for seen in server.seen if seen.path == "/api/show"]
    assert sorted(asked) == ["bge-m3:latest", "even-older:latest", "llama3:latest"]


def test_a_missing_model_says_how_to_get_it(ollama: Pair) -> None:
    backend, _ = ollama
    error, _ = failure_of(backend, question(model="mistral"))
    assert isinstance(error, ModelNotFound)
    assert error.message == "Ollama does not have “mistral”. Run: ollama pull mistral"


def test_ollama_that_is_not_running_says_how_to_start_it(ollama: Pair) -> None:
    backend, server = ollama
    server.stop()
    with pytest.raises(ModelUnreachable) as caught:
        backend.list_models()
    assert caught.value.message == f"Ollama is not running at {server.url}. Start it with: ollama serve"


def test_something_else_at_the_address_is_not_taken_for_ollama(ollama: Pair) -> None:
    _, server = ollama
    with pytest.raises(ModelUnreachable, match="did not list its models"):
        Ollama("ollama", f"{server.url}/elsewhere").list_models()


def test_a_crash_in_the_answer_tells_what_ollama_said(ollama: Pair) -> None:
    backend, server = ollama
    server.behaviour.fault, server.behaviour.fault_after_words = "crash", 1
    error, _ = failure_of(backend, question())
    assert type(error) is ModelError
    assert "an error was encountered while running the model" in error.message
