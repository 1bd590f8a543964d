"""A backend that goes, and comes back as another program: the list and everybody know within five seconds.

`-s` prints how long it took each time.
"""

import json
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest

from tests.fakes.llama_router import FakeLlamaRouter
from tests.fakes.lm_studio import FakeLmStudio
from tests.fakes.lm_studio_v0 import FakeLmStudioV0
from tests.fakes.ollama import FakeOllama
from tests.fakes.openai import FakeOpenAI, OpenAIBehaviour
from tests.fakes.serving import FakeServer
from tests.people import Person
from tests.running_server import LIMITS, RunningServer, free_port

WITHIN = 5.0
BUSY = 2.0  # more on a busy machine
PROGRAMS: dict[str, Callable[[int], FakeServer]] = {
    "ollama": lambda port: FakeOllama(port=port),
    "llama": lambda port: FakeOpenAI(OpenAIBehaviour("llama"), port),
    "lmstudio": lambda port: FakeLmStudio(port=port),
    "lmstudio-v0": lambda port: FakeLmStudioV0(port=port),
    "llama-router": lambda port: FakeLlamaRouter(port=port),
    "openai": lambda port: FakeOpenAI(port=port),
}


def _is_listed(ada: Person, kind: str | None) -> Callable[[dict[str, Any]], bool]:
    """Whether the backend is there and of that kind; None means away."""

    def test(event: dict[str, Any]) -> bool:
        backend = next(backend for backend in event["backends"] if backend["name"] == "gpu")
        return backend["reachable"] == bool(event["models"]) == bool(kind) and kind in (None, backend["kind"])

    return test


def test_whatever_comes_back_at_the_same_address_is_noticed(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Although there is another one that never says a word."""
    port, slowest = free_port(), 0.0
    with ExitStack() as stack:
        stuck = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        urls = {"stuck": f"http://127.0.0.1:{stuck.getsockname()[1]}", "gpu": f"http://127.0.0.1:{port}"}
        listed = json.dumps([{"name": name, "url": url} for name, url in urls.items()])
        settings = {"LLM_BACKENDS": listed, **LIMITS}
        server = stack.enter_context(RunningServer(tmp_path_factory.mktemp("data"), **settings))
        ada = Person(server.url, "ada").register().connect()
        for kind, make in PROGRAMS.items():
            ada.events.clear()
            with make(port):
                came = _seconds_until(ada, kind)
                answer = ada.post("/api/llm/generate", prompt=f"Who is {kind}?", model="llama3")
                assert answer.ok and answer.json()["backend"] == "gpu", answer.text
                ada.events.clear()
            went = _seconds_until(ada, None)
            refused = ada.post("/api/llm/generate", prompt=f"Where is {kind}?", model="llama3").json()
            assert refused["error"]["code"] == "model_unreachable"
            print(f"\n{kind}: seen after {came:.1f} s, missed after {went:.1f} s", end="")
            slowest = max(slowest, came, went)
        ada.disconnect()
    print()
    assert slowest <= WITHIN + BUSY


def _seconds_until(ada: Person, kind: str | None) -> float:
    """Until everybody was told, and the list agrees."""
    began, is_so = time.monotonic(), _is_listed(ada, kind)
    told = ada.wait_for("models_changed", is_so, 15)
    took = time.monotonic() - began
    assert is_so(ada.get("/api/llm/models").json()), told
    return took
