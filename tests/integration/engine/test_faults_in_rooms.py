"""A dozen of the faults on each kind of backend, through the real server: what a room and a program see of them."""

import json
import os
from collections.abc import Iterator

import pytest

from bench.processes import Held
from tests.fakes.faults import Fault, befalling
from tests.fakes.llama_router import FakeLlamaRouter
from tests.fakes.lm_studio import FakeLmStudio
from tests.fakes.lm_studio_v0 import FakeLmStudioV0
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.fakes.openai import FakeOpenAI, OpenAIBehaviour
from tests.integration.engine.fault_table import FAULTS
from tests.people import Person, new_key
from tests.running_server import LIMITS, RunningServer

PATIENCE = {"LLM_TIMEOUT": "1", "LLM_LOAD_TIMEOUT": "1", "LLM_MAX_RETRIES": "0"}
ANSWER = "Hello from the other side."
CHOSEN = (
    "reset",
    "silence",
    "401",
    "429 with an odd time",
    "an error without end",
    "redirect to nowhere",
    "deep nesting",
    "reset later",
    "out of memory later",
    "a line that never ends",
    "a chunk without a size later",
    "half a character",
)
MODELS = {
    "ollama": "llama3",
    "lmstudio": "gemma",
    "lmstudio-v0": "granite",
    "llama": "qwen3",
    "llama-router": "mistral",
    "openai": "phi4",
}
Server = FakeOllama | FakeOpenAI
# Where everything waits in a thread of its own, one remembers each failure of a room for half a minute.
REMEMBERING = len(CHOSEN) * len(FAULTS) if os.environ.get("ASYNC_MODE") == "threading" else 1
FILES = 6  # that the server may have open more than before: its log, its database's journal, a look at a backend


@pytest.fixture(scope="module")
def backends() -> Iterator[dict[str, Server]]:
    """Each with a model of its own: nobody can take over."""
    made: dict[str, Server] = {
        "ollama": FakeOllama(OllamaBehaviour(models={f"{MODELS['ollama']}:latest": {}})),
        "lmstudio": FakeLmStudio(OpenAIBehaviour("lmstudio", models=(MODELS["lmstudio"],))),
        "lmstudio-v0": FakeLmStudioV0(OpenAIBehaviour("lmstudio", models=(MODELS["lmstudio-v0"],))),
        "llama": FakeOpenAI(OpenAIBehaviour("llama", models=(MODELS["llama"],))),
        "llama-router": FakeLlamaRouter(OpenAIBehaviour("llama", models=(MODELS["llama-router"],))),
        "openai": FakeOpenAI(OpenAIBehaviour(models=(MODELS["openai"],))),
    }
    for server in made.values():
        server.start()
    yield made
    for server in made.values():
        server.stop()


@pytest.fixture(scope="module")
def server(backends: dict[str, Server], tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    listed = json.dumps([{"name": kind, "url": made.url, "kind": kind} for kind, made in backends.items()])
    with RunningServer(tmp_path_factory.mktemp("data"), LLM_BACKENDS=listed, **PATIENCE, **LIMITS) as running:
        yield running


@pytest.fixture(scope="module")
def ada(server: RunningServer) -> Iterator[Person]:
    person = Person(server.url, "ada").register().connect()
    yield person
    person.disconnect()


@pytest.fixture(scope="module", autouse=True)
def _nothing_is_left(ada: Person, server: RunningServer) -> Iterator[None]:
    assert server.process
    before = Held.by(server.process.pid)
    yield
    after = Held.by(server.process.pid)
    assert after.files <= before.files + FILES
    assert after.threads <= before.threads + REMEMBERING


def _fault(kind: str, name: str) -> Fault:
    return next(fault for fault in FAULTS[kind] if fault.name == name)


@pytest.mark.parametrize("name", CHOSEN)
@pytest.mark.parametrize("kind", FAULTS)
def test_a_room_sees_what_came_and_why_no_more(ada: Person, backends: dict[str, Server], kind: str, name: str) -> None:
    fault, backend = _fault(kind, name), backends[kind]
    room = ada.post("/api/rooms", name=new_key()[:8]).json()["room"]["id"]
    ada.join(room)
    backend.intercept = befalling(kind, fault)
    reply = ada.wait_reply(ada.send("Say hello", room, model=MODELS[kind])["message"]["id"])["id"]
    closed = ada.wait_closed(reply)
    backend.intercept = lambda _: False
    assert (closed["llm"]["error"] or {}).get("code") == fault.code, closed["llm"]["error"]
    assert closed["content"] == fault.text and closed["llm"]["phase"] == ("failed" if fault.code else "done")
    following = ada.wait_reply(ada.send("Say it again", room, model=MODELS[kind])["message"]["id"])["id"]
    assert ada.wait_closed(following)["content"] == ANSWER
    assert ada.history(room)[1]["content"] == fault.text


@pytest.mark.parametrize("name", CHOSEN)
@pytest.mark.parametrize("kind", FAULTS)
def test_a_program_sees_the_same(ada: Person, backends: dict[str, Server], kind: str, name: str) -> None:
    fault, backend = _fault(kind, name), backends[kind]
    backend.intercept = befalling(kind, fault)
    body = {"model": MODELS[kind], "prompt": f"Say hello {new_key()}", "stream": True}
    with ada.http.post(f"{ada.url}/api/llm/generate", json=body, stream=True, timeout=20) as answer:
        lines = [line.removeprefix(b"data: ") for line in answer.iter_lines() if line and not line.startswith(b":")]
    backend.intercept = lambda _: False
    if answer.status_code != 200:  # it failed before anything was known
        assert json.loads(b"".join(lines))["error"]["code"] == fault.code and not fault.text
    else:
        assert lines.pop() == b"[DONE]"
        events = [json.loads(line) for line in lines]
        said = [choice["delta"].get("content") or "" for event in events for choice in event.get("choices", ())]
        assert (events[-1].get("error") or {}).get("code") == fault.code
        assert "".join(said) == fault.text
    assert ada.post("/api/llm/generate", prompt=body["prompt"], model=MODELS[kind], bypass_cache=True).ok
