"""A server whose only backend is a pretended Ollama, which says again what it was told."""

from collections.abc import Callable, Iterator

import pytest

from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import Person
from tests.programs import Program
from tests.running_server import LIMITS, RunningServer

Newcomer = Callable[[], Person]


@pytest.fixture(scope="module")
def server(ollama: FakeOllama, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    settings = {**LIMITS, "LLM_MAX_RETRIES": "0", "LLM_PARALLEL": "4"}
    with RunningServer(tmp_path_factory.mktemp("data"), OLLAMA_BASE_URL=ollama.url, **settings) as running:
        yield running


@pytest.fixture(autouse=True)
def behaviour(ollama: FakeOllama) -> OllamaBehaviour:
    ollama.behaviour = OllamaBehaviour(text=lambda said: f"You said {said}")
    ollama.loaded.add("llama3:latest")
    return ollama.behaviour


@pytest.fixture
def new_program(newcomer: Newcomer, ollama: FakeOllama) -> Callable[[], Program]:
    """Makes an account with one program."""

    def make() -> Program:
        person = newcomer()
        key = person.post("/api/keys", name="program").json()["key"]
        return Program(person, key, ollama, {"X-Conversation-ID": "chat-1"})

    return make


@pytest.fixture
def program(new_program: Callable[[], Program]) -> Program:
    return new_program()
