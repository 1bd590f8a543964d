"""A server whose only backend is a pretended Ollama, asked under `/v1`."""

from collections.abc import Callable, Iterator

import pytest

from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import Person
from tests.running_server import LIMITS, RunningServer

EMBEDS = ["embedding"]
TEXT = "Blue, red and green."


def _usual() -> OllamaBehaviour:
    """One model that writes and one that embeds."""
    return OllamaBehaviour(text=TEXT, models={"llama3:latest": {}, "nomic-embed-text:latest": {"capabilities": EMBEDS}})


@pytest.fixture(scope="module")
def server(ollama: FakeOllama, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    ollama.behaviour = _usual()
    settings = {**LIMITS, "LLM_MAX_RETRIES": "0", "LLM_QUEUE_LIMIT": "1"}
    with RunningServer(tmp_path_factory.mktemp("data"), OLLAMA_BASE_URL=ollama.url, **settings) as running:
        yield running


@pytest.fixture(autouse=True)
def behaviour(ollama: FakeOllama) -> OllamaBehaviour:
    ollama.behaviour = _usual()
    ollama.loaded.add("llama3:latest")
    return ollama.behaviour


@pytest.fixture
def key(newcomer: Callable[[], Person]) -> str:
    return str(newcomer().post("/api/keys", name="sdk").json()["key"])
