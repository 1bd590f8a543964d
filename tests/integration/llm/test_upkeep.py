"""What each backend lets us do with its models: load, unload, pull, delete; over real HTTP."""

import pytest

from chat.errors import InvalidInput, ModelError, ModelNotFound
from chat.llm.base import DoneChunk, PhaseChunk, PullChunk
from chat.llm.cancelling import Cancelled, CancelToken
from chat.llm.llama_router import LlamaRouter
from chat.llm.lm_studio import LmStudio
from chat.llm.ollama import Ollama
from chat.llm.openai_compat import OpenAICompat
from tests.fakes.asking import Asked, done_of, phases_of
from tests.fakes.llama_router import DOWNLOAD_BYTES, FakeLlamaRouter
from tests.fakes.lm_studio import FakeLmStudio
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.fakes.ollama_library import LAYERS
from tests.fakes.openai import OpenAIBehaviour

Backend = Ollama | LmStudio | LlamaRouter
Fake = FakeOllama | FakeLmStudio | FakeLlamaRouter
KINDS = ["ollama", "lmstudio", "llama-router"]


def made(kind: str, load_seconds: float = 0.2) -> tuple[Fake, Backend]:
    if kind == "ollama":
        ollama = FakeOllama(OllamaBehaviour(load_seconds=load_seconds, unload_seconds=0.2))
        return ollama, Ollama("b", ollama.url)
    if kind == "lmstudio":
        lm_studio = FakeLmStudio(OpenAIBehaviour("lmstudio", load_seconds=load_seconds))
        return lm_studio, LmStudio("b", lm_studio.url)
    router = FakeLlamaRouter(OpenAIBehaviour("llama", load_seconds=load_seconds))
    return router, LlamaRouter("b", router.url)


def is_loaded(backend: Backend) -> bool:
    return bool(backend.list_models()[0].loaded)


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_is_loaded_once_and_put_out_again(kind: str) -> None:
    fake, backend = made(kind)
    with fake:
        chunks = list(backend.load("llama3", CancelToken()))
        assert phases_of(chunks) == ["loading"]
        assert (done_of(chunks).load_ms or 0) > 100
        assert is_loaded(backend)
        assert list(backend.load("llama3", CancelToken())) == [DoneChunk(load_ms=None)]
        backend.unload("llama3", CancelToken())
        assert not is_loaded(backend)
        assert fake.loads == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_load_that_nobody_waits_for_any_more_is_ended(kind: str) -> None:
    fake, backend = made(kind, load_seconds=60)
    with fake:
        load = Asked(lambda cancel: backend.load("llama3", cancel))
        load.wait_for_phase("loading")
        assert fake.wait_for(lambda: any(seen.method == "POST" for seen in fake.seen))
        load.cancel.cancel()
        assert isinstance(load.wait_end(), Cancelled)
        assert fake.wait_for(lambda: all(seen.outcome != "open" for seen in fake.chats()))
        if isinstance(fake, FakeLlamaRouter):
            assert fake.wait_for(lambda: fake.states == {"llama3": "unloaded"})
        assert not is_loaded(backend)


@pytest.mark.parametrize("kind", KINDS)
def test_a_question_and_a_load_share_one_load(kind: str) -> None:
    fake, backend = made(kind, load_seconds=0.5)
    with fake:
        first = Asked(lambda cancel: backend.load("llama3", cancel))
        first.wait_for_phase("loading")
        second = Asked(lambda cancel: backend.load("llama3", cancel))
        second.wait_for_phase("loading")
        first.cancel.cancel()
        assert isinstance(first.wait_end(), Cancelled)
        assert second.wait_end() is None
        assert fake.loads == 1
        began = {chunk.since for load in (first, second) for chunk in load.chunks if isinstance(chunk, PhaseChunk)}
        assert len(began) == 1


@pytest.mark.parametrize("kind", ["ollama", "llama-router"])
def test_a_model_is_deleted(kind: str) -> None:
    fake, backend = made(kind)
    with fake:
        backend.delete("llama3", CancelToken())
        assert backend.list_models() == []
        with pytest.raises(ModelNotFound):
            backend.delete("llama3", CancelToken())


def test_ollama_pulls_and_counts_over_all_files() -> None:
    with FakeOllama(OllamaBehaviour(pullable=("mistral",))) as fake:
        chunks = list(Ollama("b", fake.url).pull("mistral", CancelToken()))
        assert chunks[0] == PullChunk("pulling manifest")
        figures = [(chunk.bytes_done, chunk.bytes_total) for chunk in chunks if chunk.bytes_total]
        assert figures[0] == (0, LAYERS["sha256:dde5aa3fc5ff"])
        assert figures[-1] == (sum(LAYERS.values()), sum(LAYERS.values()))
        assert chunks[-1].message == "verifying sha256 digest"
        assert "mistral:latest" in [facts.name for facts in Ollama("b", fake.url).list_models()]


def test_a_pull_of_nothing_says_so() -> None:
    with FakeOllama() as fake, pytest.raises(ModelNotFound, match="mistral"):
        list(Ollama("b", fake.url).pull("mistral", CancelToken()))


def test_stopping_a_pull_closes_its_connection() -> None:
    with FakeOllama(OllamaBehaviour(pullable=("mistral",), pull_seconds=600)) as fake:
        cancel = CancelToken()
        pulling = Ollama("b", fake.url).pull("mistral", cancel)
        assert next(pulling) == PullChunk("pulling manifest")
        cancel.cancel()
        with pytest.raises(Cancelled):
            list(pulling)
        assert fake.wait_for(lambda: fake.chats()[-1].outcome == "client left")


def test_lm_studio_downloads_and_says_itself_when_it_is_done() -> None:
    with FakeLmStudio() as fake:
        fake.downloadable = "google/gemma"
        chunks = list(LmStudio("b", fake.url).pull("google/gemma", CancelToken()))
        running = [chunk for chunk in chunks if chunk.bytes_done]
        assert running[0].bytes_per_second == 50_000_000
        assert 25 < (running[0].eta_seconds or 0) <= 30
        fake.downloadable, fake.downloaded, fake.download_fails = "google/other", 0, True
        with pytest.raises(ModelError, match="could not download"):
            list(LmStudio("b", fake.url).pull("google/other", CancelToken()))


def test_a_router_downloads_and_a_stopped_download_is_ended_there() -> None:
    with FakeLlamaRouter() as fake:
        backend = LlamaRouter("b", fake.url)
        fake.downloadable = "org/model:Q4"
        assert max(c.bytes_done or 0 for c in backend.pull("org/model:Q4", CancelToken())) <= DOWNLOAD_BYTES
        assert fake.states["org/model:Q4"] == "unloaded"
        fake.downloadable, fake.download_seconds = "org/other:Q4", 600.0
        cancel = CancelToken()
        pulling = backend.pull("org/other:Q4", cancel)
        assert next(pulling).bytes_total == DOWNLOAD_BYTES
        cancel.cancel()
        with pytest.raises(Cancelled):
            list(pulling)
        assert "org/other:Q4" not in fake.states


def test_a_backend_that_can_do_none_of_it_says_where_to_do_it() -> None:
    plain = OpenAICompat("corner", "http://127.0.0.1:9")
    assert plain.abilities == frozenset()
    with pytest.raises(InvalidInput, match="corner cannot unload models for us"):
        plain.unload("llama3", CancelToken())
