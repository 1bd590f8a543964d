"""Backends of which only the address is known."""

from collections.abc import Callable

import pytest

from chat.errors import ModelUnreachable
from chat.llm.base import EmbedRequest
from chat.llm.cancelling import CancelToken
from chat.llm.detected import LOOK_AGAIN_SECONDS, Detected, Place
from tests.fakes.asking import question, text_of
from tests.fakes.embeddings import vector_of
from tests.fakes.llama_router import FakeLlamaRouter
from tests.fakes.lm_studio import FakeLmStudio
from tests.fakes.lm_studio_v0 import FakeLmStudioV0
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.fakes.openai import FakeOpenAI, OpenAIBehaviour
from tests.fakes.serving import FakeServer
from tests.running_server import free_port

Make = Callable[[int], FakeServer]


def _loading(port: int) -> FakeOpenAI:
    return FakeOpenAI(OpenAIBehaviour("llama", load_seconds=60), port)


SERVERS: dict[str, tuple[str, Make]] = {
    "Ollama": ("ollama", lambda port: FakeOllama(port=port)),
    "LM Studio": ("lmstudio", lambda port: FakeLmStudio(port=port)),
    "LM Studio before 0.4": ("lmstudio-v0", lambda port: FakeLmStudioV0(port=port)),
    "LM Studio before 0.3.6": ("openai", lambda port: FakeOpenAI(OpenAIBehaviour("lmstudio"), port)),
    "llama-server": ("llama", lambda port: FakeOpenAI(OpenAIBehaviour("llama"), port)),
    "llama-server as a router": ("llama-router", lambda port: FakeLlamaRouter(port=port)),
    "another server": ("openai", lambda port: FakeOpenAI(OpenAIBehaviour("openai"), port)),
}


def _backend(url: str, parallelism: int | None = None) -> Detected:
    return Detected(Place("gpu", url, parallelism=parallelism))


@pytest.mark.parametrize("suffix", ["", "/v1", "/v1/"])
@pytest.mark.parametrize("server", SERVERS)
def test_each_kind_is_known_by_its_own_routes(server: str, suffix: str) -> None:
    kind, make = SERVERS[server]
    with make(0) as running:
        backend = _backend(running.url + suffix)
        assert backend.kind == "unknown"
        assert [facts.name.removesuffix(":latest") for facts in backend.list_models()] == ["llama3"]
        assert (backend.kind, backend.url) == (kind, running.url)
        assert text_of(backend.chat(question(), CancelToken())) == "Hello from the other side."


@pytest.mark.parametrize("models", [(), ("nomic-embed-text",)])
def test_embeddings_are_made_by_what_it_turns_out_to_be(models: tuple[str, ...]) -> None:
    with FakeOllama(OllamaBehaviour(models={"nomic-embed-text:latest": {}, "llama3:latest": {}})) as running:
        backend = Detected(Place("gpu", running.url, models=models))
        made = backend.embed(EmbedRequest("nomic-embed-text", ("a",)), CancelToken())
        assert (backend.kind, made.vectors) == ("ollama", (vector_of("a"),))
        assert len(backend.list_models()) == (len(models) or 2)


def test_a_llama_server_is_known_while_it_loads() -> None:
    with _loading(0) as running, pytest.raises(ModelUnreachable, match="still loading"):
        backend = _backend(running.url)
        backend.list_models()
    assert backend.kind == "llama"


def test_whoever_asks_before_the_first_look_is_answered() -> None:
    with FakeOllama() as running:
        assert text_of(_backend(running.url).chat(question(), CancelToken()))


def test_what_is_not_there_is_found_when_it_comes_and_looked_at_again_when_it_was_away() -> None:
    port = free_port()
    backend = _backend(f"http://127.0.0.1:{port}")
    with pytest.raises(ModelUnreachable, match="gpu is not running at"):
        backend.list_models()
    with FakeOllama(port=port):
        assert backend.list_models() and backend.kind == "ollama"
    with pytest.raises(ModelUnreachable):
        backend.list_models()
    with FakeLmStudio(port=port):
        assert backend.list_models() and backend.kind == "lmstudio"


@pytest.mark.parametrize("before", ["Ollama", "LM Studio", "LM Studio before 0.4", "llama-server as a router"])
def test_what_came_in_its_place_between_two_looks_is_known_at_the_next(before: str) -> None:
    kind, make = SERVERS[before]
    with make(0) as first:
        backend = _backend(first.url)
        assert backend.list_models() and backend.kind == kind
    with FakeOpenAI(OpenAIBehaviour("llama"), first.port):
        assert backend.list_models() and backend.kind == "llama"


@pytest.mark.parametrize("before", ["llama-server", "another server"])
def test_what_came_in_the_place_of_a_server_that_many_are_like_is_known_after_half_a_minute(before: str) -> None:
    _, make = SERVERS[before]
    now = 100.0
    with make(0) as first:
        backend = Detected(Place("gpu", first.url), lambda: now)
        backend.list_models()
    with FakeLmStudio(port=first.port):
        assert backend.list_models() and backend.kind != "lmstudio"
        now += LOOK_AGAIN_SECONDS + 1
        assert backend.list_models() and backend.kind == "lmstudio"


def test_what_is_missed_is_called_by_its_name() -> None:
    with FakeOllama() as running:
        backend = _backend(running.url)
        backend.list_models()
    for _ in range(2):
        with pytest.raises(ModelUnreachable, match="Ollama is not running at .* ollama serve"):
            backend.list_models()


def test_nothing_more_is_asked_of_a_backend_that_is_known() -> None:
    with FakeOllama() as running:
        backend = _backend(running.url)
        for _ in range(3):
            backend.list_models()
    assert [seen.path for seen in running.seen].count("/api/version") == 1


def test_a_llama_server_tells_how_many_it_serves_unless_that_was_said() -> None:
    with FakeOpenAI(OpenAIBehaviour("llama", slots=3)) as running:
        telling, told = _backend(running.url), _backend(running.url, parallelism=2)
        assert (telling.parallelism, told.parallelism) == (1, 2)
        telling.list_models()
        told.list_models()
        assert (telling.parallelism, told.parallelism) == (3, 2)


def test_a_key_is_sent_from_the_first_look_on() -> None:
    with FakeOpenAI(OpenAIBehaviour("llama", api_key="sk-1")) as running:
        backend = Detected(Place("gpu", running.url, api_key="sk-1"))
        assert backend.list_models() and backend.kind == "llama"


@pytest.mark.parametrize("server", SERVERS)
def test_only_the_models_that_are_named_are_offered(server: str) -> None:
    _, make = SERVERS[server]
    with make(0) as running:
        backend = Detected(Place("gpu", running.url, models=("llama3",)))
        assert [facts.name.removesuffix(":latest") for facts in backend.list_models()] == ["llama3"]
        assert text_of(backend.chat(question(), CancelToken())) == "Hello from the other side."


def test_a_model_that_is_not_named_is_not_offered() -> None:
    with FakeOllama(OllamaBehaviour(models={"llama3:latest": {}, "mistral:7b": {}})) as running:
        backend = Detected(Place("gpu", running.url, models=("mistral:7b", "not-there")))
        assert [facts.name for facts in backend.list_models()] == ["mistral:7b"]
        assert backend.kind == "ollama"
