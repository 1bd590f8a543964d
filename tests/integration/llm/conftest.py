"""Each kind of backend with its real HTTP server behind it, ready to misbehave."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from chat.llm.base import Backend
from chat.llm.llama_router import LlamaRouter
from chat.llm.llama_server import LlamaServer
from chat.llm.lm_studio import LmStudio
from chat.llm.lm_studio_v0 import LmStudioV0
from chat.llm.ollama import Ollama
from chat.llm.openai_compat import OpenAICompat
from tests.fakes.llama_router import FakeLlamaRouter
from tests.fakes.lm_studio import FakeLmStudio
from tests.fakes.lm_studio_v0 import FakeLmStudioV0
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.fakes.openai import FakeOpenAI, OpenAIBehaviour

KINDS = ["ollama", "openai", "llama", "llama-router", "lmstudio", "lmstudio-v0"]


@dataclass
class Rig:
    """A backend and the server that it talks to; `behave` changes what the server does from now on."""

    kind: str
    backend: Backend
    server: FakeOllama | FakeOpenAI

    def behave(self, **changes: Any) -> None:
        for name, value in changes.items():
            assert hasattr(self.server.behaviour, name), name
            setattr(self.server.behaviour, name, value)
        if isinstance(self.server, FakeOpenAI):
            self.server.begin_load()

    def offer(self, model: str) -> None:
        """One more model."""
        if isinstance(self.server, FakeOllama):
            self.server.behaviour.models[f"{model}:latest"] = {"details": {"family": "nomic-bert"}}
        else:
            self.server.behaviour.models += (model,)
        if isinstance(self.server, FakeLlamaRouter):
            self.server.states[model] = "unloaded"

    @property
    def can_load(self) -> bool:
        """Whether this kind tells that it is loading."""
        return self.kind != "openai"

    def wait_until_asked(self, *, or_loading: bool = False) -> None:
        """Waits until the question, or a request to load its model, has reached the server."""
        chats = self.server.seen
        came = self.server.wait_for(lambda: any(s.body and (or_loading or _is_question(s.body)) for s in chats))
        assert came, f"nobody asked: {chats}"

    def is_quiet(self) -> bool:
        """Whether the server is soon left with no connection at all."""
        return self.server.wait_for(lambda: self.server.open_connections == 0)


def _is_question(body: dict[str, Any]) -> bool:
    """Not a request that only loads the model."""
    return bool(body.get("messages")) and bool(body.get("stream"))


def rig_for(kind: str) -> Iterator[Rig]:
    if kind == "ollama":
        with FakeOllama(OllamaBehaviour()) as ollama:
            yield Rig(kind, Ollama("ollama", ollama.url), ollama)
        return
    if kind == "lmstudio":
        with FakeLmStudio() as lm_studio:
            yield Rig(kind, LmStudio(kind, f"{lm_studio.url}/v1"), lm_studio)
        return
    if kind == "lmstudio-v0":
        with FakeLmStudioV0() as older:
            yield Rig(kind, LmStudioV0(kind, f"{older.url}/v1"), older)
        return
    if kind == "llama-router":
        with FakeLlamaRouter() as router:
            yield Rig(kind, LlamaRouter(kind, f"{router.url}/v1"), router)
        return
    dialect: Literal["openai", "llama"] = "llama" if kind == "llama" else "openai"
    with FakeOpenAI(OpenAIBehaviour(dialect=dialect)) as server:
        made = LlamaServer if kind == "llama" else OpenAICompat
        yield Rig(kind, made(kind, f"{server.url}/v1"), server)


@pytest.fixture(params=KINDS)
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    """Every kind in turn."""
    yield from rig_for(request.param)


@pytest.fixture(params=["ollama", "llama", "llama-router", "lmstudio", "lmstudio-v0"])
def loading_rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    """The kinds that tell when they load."""
    yield from rig_for(request.param)


@pytest.fixture
def ollama() -> Iterator[tuple[Ollama, FakeOllama]]:
    with FakeOllama(OllamaBehaviour()) as server:
        yield Ollama("ollama", server.url), server
