"""Two backends have the same model, and each of them can be asked by name."""

import json
from collections.abc import Callable, Iterator

import pytest

from tests.fakes.lm_studio import FakeLmStudio
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.fakes.openai import FakeOpenAI, OpenAIBehaviour
from tests.people import Person
from tests.running_server import LIMITS, RunningServer

Newcomer = Callable[[], Person]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    ollama = FakeOllama(OllamaBehaviour(text="This is Ollama."))
    other = FakeOpenAI(OpenAIBehaviour(text="This is the other one.", models=("llama3",)))
    with ollama, other:
        ollama.loaded.add("llama3:latest")
        urls = {"OLLAMA_BASE_URL": ollama.url, "OPENAI_BASE_URL": other.url}
        with RunningServer(tmp_path_factory.mktemp("data"), **urls, **LIMITS) as running:
            yield running


@pytest.mark.parametrize(("backend", "text"), [("ollama", "This is Ollama."), ("openai", "This is the other one.")])
def test_the_one_that_is_named_answers(newcomer: Newcomer, backend: str, text: str) -> None:
    ada = newcomer()
    (model,) = [m for m in ada.get("/api/llm/models").json()["models"] if m["backend"] == backend]
    ada.join()
    by_mention = ada.wait_reply(ada.send(f"@{model['handle']} who are you?")["message"]["id"])
    closed = ada.wait_closed(by_mention["id"])
    assert (closed["content"], closed["llm"]["backend"]) == (text, backend)
    by_picker = ada.wait_reply(ada.send("and now?", model=model["id"])["message"]["id"])
    assert ada.wait_closed(by_picker["id"])["llm"]["backend"] == backend


def test_a_list_of_backends_is_asked_under_the_names_that_it_gives(tmp_path_factory: pytest.TempPathFactory) -> None:
    with FakeOllama() as ollama, FakeLmStudio() as studio:
        listed = [{"name": "gpu", "url": ollama.url}, {"name": "mac", "url": f"{studio.url}/v1", "kind": "lmstudio"}]
        settings = {"LLM_BACKENDS": json.dumps(listed), **LIMITS}
        with RunningServer(tmp_path_factory.mktemp("data"), **settings) as running:
            ada = Person(running.url, "ada").register()
            told = ada.get("/api/llm/models").json()
            assert {(b["name"], b["kind"], b["reachable"]) for b in told["backends"]} == {
                ("gpu", "ollama", True),
                ("mac", "lmstudio", True),
            }
            answer = ada.post("/api/llm/generate", prompt="hello", model="mac/llama3").json()
            assert (answer["backend"], answer["model"]) == ("mac", "llama3")
            assert answer["timings"]["load_ms"] is not None and studio.loads == 1
