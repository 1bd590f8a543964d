"""What is particular to llama-server as a router."""

from collections.abc import Iterator
from typing import Literal

import pytest

from chat.errors import ModelError, ModelNotFound
from chat.llm.base import PhaseChunk
from chat.llm.cancelling import CancelToken
from chat.llm.llama_router import LlamaRouter
from tests.fakes.asking import asked, done_of, failure_of, phases_of, question, text_of
from tests.fakes.llama_router import FakeLlamaRouter


@pytest.fixture
def server() -> Iterator[FakeLlamaRouter]:
    with FakeLlamaRouter() as running:
        yield running


def _paths(server: FakeLlamaRouter) -> list[str]:
    return [seen.path for seen in server.chats()]


@pytest.mark.parametrize("release", ["documented", "built"])
def test_the_progress_of_a_load_is_llama_servers_own_over_all_its_stages(
    server: FakeLlamaRouter, release: Literal["documented", "built"]
) -> None:
    server.release, server.behaviour.load_seconds = release, 0.8
    chunks = list(LlamaRouter("gpu", server.url).chat(question(), CancelToken()))
    told = [chunk.progress for chunk in chunks if isinstance(chunk, PhaseChunk) and chunk.phase == "loading"]
    progress = [share for share in told if share is not None]
    assert told[0] is None and progress == sorted(progress) and len(progress) >= 4
    assert progress[0] < 0.5 < progress[-1], "the first stage is one half"
    assert phases_of(chunks) == ["loading", "connected", "prompt", "generating"]
    load_ms = done_of(chunks).load_ms
    assert load_ms and 700 < load_ms < 4000


def test_the_progress_of_an_early_release_never_goes_back(server: FakeLlamaRouter) -> None:
    server.release, server.behaviour.load_seconds = "early", 0.8
    chunks = list(LlamaRouter("gpu", server.url).chat(question(), CancelToken()))
    told = [chunk.progress for chunk in chunks if isinstance(chunk, PhaseChunk) and chunk.phase == "loading"]
    progress = [share for share in told if share is not None]
    assert len(progress) >= 2 and progress == sorted(progress)


@pytest.mark.parametrize("is_mute", [False, True])
def test_a_load_that_fails_is_seen_as_soon_as_it_has(
    server: FakeLlamaRouter, monkeypatch: pytest.MonkeyPatch, is_mute: bool
) -> None:
    monkeypatch.setattr("chat.llm.llama_router._STARTING_SECONDS", 3600)
    server.exit_code, server.behaviour.load_seconds, server.is_mute = 1, 0.5, is_mute
    error, _ = failure_of(LlamaRouter("gpu", server.url), question())
    assert "exit code 1" in str(error)


def test_without_events_the_list_says_when_it_is_loaded(server: FakeLlamaRouter) -> None:
    server.is_mute, server.behaviour.load_seconds = True, 0.4
    chunks = list(LlamaRouter("gpu", server.url).chat(question(), CancelToken()))
    assert phases_of(chunks) == ["loading", "connected", "prompt", "generating"]
    assert text_of(chunks) == "Hello from the other side."


@pytest.mark.parametrize("state", ["loaded", "sleeping"])
def test_what_is_running_is_not_loaded_again(server: FakeLlamaRouter, state: str) -> None:
    server.states["llama3"] = state
    chunks = list(LlamaRouter("gpu", server.url).chat(question(), CancelToken()))
    assert _paths(server) == ["/v1/chat/completions"] and "loading" not in phases_of(chunks)


def test_a_load_that_somebody_else_has_begun_is_waited_for(server: FakeLlamaRouter) -> None:
    server.behaviour.load_seconds = 0.5
    backends = [LlamaRouter("gpu", server.url) for _ in range(2)]  # as two servers would
    asks = [asked(backend, question()) for backend in backends]
    assert [ask.wait_end() for ask in asks] == [None, None]
    assert server.loads == 1


def test_a_load_that_fails_says_what_to_do(server: FakeLlamaRouter) -> None:
    server.exit_code, server.behaviour.load_seconds = 137, 2.2
    error, chunks = failure_of(LlamaRouter("gpu", server.url), question())
    assert type(error) is ModelError and "exit code 137" in error.message and "not enough memory" in error.message
    assert text_of(chunks) == ""


def test_a_model_that_is_gone_meanwhile_is_named(server: FakeLlamaRouter) -> None:
    server.behaviour.fault, server.behaviour.fault_times = "not found", 1
    error, _ = failure_of(LlamaRouter("gpu", server.url), question())
    assert isinstance(error, ModelNotFound)


def test_leaving_during_a_load_ends_the_wait_and_the_listening(server: FakeLlamaRouter) -> None:
    server.behaviour.load_seconds = 60.0
    ask = asked(LlamaRouter("gpu", server.url), question())
    ask.wait_for_phase("loading")
    assert server.wait_for(lambda: any(seen.path == "/models/sse" for seen in server.seen))
    ask.cancel.cancel()
    assert ask.wait_end(2.0) is not None
    assert server.wait_for(lambda: server.open_connections == 0)


def test_models_are_listed_with_what_is_known_of_them(server: FakeLlamaRouter) -> None:
    (cold,) = LlamaRouter("gpu", server.url).list_models()
    server.states["llama3"] = "loaded"
    (warm,) = LlamaRouter("gpu", f"{server.url}/v1").list_models()
    assert (cold.name, cold.loaded, warm.loaded) == ("llama3", False, True)
