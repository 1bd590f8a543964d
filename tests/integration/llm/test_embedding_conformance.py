"""What every backend does alike for embeddings: the vectors, cancelling, failing."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chat.errors import (
    ContextTooLong,
    InvalidInput,
    ModelBusy,
    ModelError,
    ModelNotFound,
    ModelOutOfMemory,
    ModelTimeout,
    ModelUnreachable,
)
from chat.llm.base import Backend, Embeddings, EmbedRequest
from chat.llm.cancelling import Cancelled, CancelToken
from chat.llm.embedded import Embedded
from chat.llm.llama_server import LlamaServer
from chat.llm.scripted import Scripted
from tests.fakes.asking import Asked
from tests.fakes.embeddings import LENGTH, vector_of
from tests.fakes.openai import FakeOpenAI, OpenAIBehaviour
from tests.integration.llm.conftest import Rig

MODEL = "nomic-embed-text"
TEXTS = ("one", "two words", "Größe 学习 🦙\nand a line")
REQUEST = EmbedRequest(MODEL, TEXTS)


@pytest.fixture
def embedding_rig(rig: Rig) -> Rig:
    rig.offer(MODEL)
    return rig


class Embedding(Asked):
    """An embedding in a thread of its own; what comes is one `Embeddings` or the error."""

    def __init__(self, backend: Backend, request: EmbedRequest = REQUEST) -> None:
        def start(cancel: CancelToken) -> Iterator[Any]:
            yield backend.embed(request, cancel)

        super().__init__(start)

    def failure(self) -> Exception:
        error = self.wait_end()
        assert error is not None, f"it did not fail: {self.chunks}"
        return error


def test_each_text_has_its_vector_in_its_place(embedding_rig: Rig) -> None:
    made = embedding_rig.backend.embed(REQUEST, CancelToken())
    assert made == Embeddings(tuple(vector_of(text) for text in TEXTS), prompt_tokens=9)
    assert embedding_rig.is_quiet()


def test_the_model_is_known_as_one_that_embeds(embedding_rig: Rig) -> None:
    able = {facts.name.removesuffix(":latest"): facts.capabilities for facts in embedding_rig.backend.list_models()}
    assert able[MODEL] == ("embedding",) and "completion" in able["llama3"]


def test_a_shorter_vector_can_be_asked_for(embedding_rig: Rig) -> None:
    made = embedding_rig.backend.embed(replace(REQUEST, dimensions=4), CancelToken())
    assert made.vectors == tuple(vector_of(text, 4) for text in TEXTS)


def test_a_server_that_does_not_listen_to_the_length_is_found_out(embedding_rig: Rig) -> None:
    embedding_rig.behave(dimensions_fixed=True)
    with pytest.raises(InvalidInput, match=f"gives {LENGTH} dimensions, not 4") as refused:
        embedding_rig.backend.embed(replace(REQUEST, dimensions=4), CancelToken())
    assert refused.value.field == "dimensions"


def test_text_is_never_cut_in_silence(embedding_rig: Rig) -> None:
    embedding_rig.backend.embed(REQUEST, CancelToken())
    body = embedding_rig.server.chats()[-1].body
    assert body.get("truncate") is (False if embedding_rig.kind == "ollama" else None)
    assert "dimensions" not in body


@pytest.mark.parametrize("moment", ["hang", "working"])
def test_cancelling_closes_the_connection(embedding_rig: Rig, moment: str) -> None:
    embedding_rig.behave(**({"fault": "hang"} if moment == "hang" else {"prompt_seconds": 60.0}))
    asked = Embedding(embedding_rig.backend)
    assert embedding_rig.server.wait_for(embedding_rig.server.chats)
    asked.cancel.cancel()
    assert isinstance(asked.failure(), Cancelled)
    assert embedding_rig.is_quiet()
    assert embedding_rig.server.chats()[-1].outcome == "client left"


def test_a_watchdog_that_cancels_with_a_reason_gives_that_reason(embedding_rig: Rig) -> None:
    embedding_rig.behave(fault="hang")
    asked = Embedding(embedding_rig.backend)
    assert embedding_rig.server.wait_for(embedding_rig.server.chats)
    asked.cancel.cancel(ModelTimeout("late"))
    assert isinstance(asked.failure(), ModelTimeout)


@pytest.mark.parametrize(
    ("fault", "kind", "says", "retryable"),
    [
        ("500", ModelError, "something went wrong inside", True),
        ("out of memory", ModelOutOfMemory, "Choose a smaller model", False),
        ("busy", ModelBusy, "Try again soon", True),
        ("not found", ModelNotFound, f"does not have “{MODEL}”", False),
        ("too long", ContextTooLong, "or shorten it", False),
        ("redirect", ModelError, "redirect", False),
        ("crash", ModelError, "the slot has crashed", True),
        ("garbage", ModelError, "not JSON", True),
        ("half line", ModelUnreachable, "broke off before", True),
        ("cut", ModelUnreachable, "broke off before", True),
        ("die", ModelUnreachable, "without an answer", True),
    ],
)
def test_what_fails_is_the_right_error_and_says_what_to_do(
    embedding_rig: Rig, fault: str, kind: type[ModelError], says: str, retryable: bool
) -> None:
    embedding_rig.behave(fault=fault)
    error = Embedding(embedding_rig.backend).failure()
    assert type(error) is kind and says in str(error)
    assert error.retryable is retryable
    assert embedding_rig.is_quiet()


def test_a_server_that_is_not_there_is_unreachable(embedding_rig: Rig) -> None:
    embedding_rig.server.stop()
    error = Embedding(embedding_rig.backend).failure()
    assert isinstance(error, ModelUnreachable) and "is not running at http://127" in error.message


def test_a_model_that_writes_says_that_it_makes_none_and_what_to_do(rig: Rig) -> None:
    error = Embedding(rig.backend, EmbedRequest("llama3", TEXTS)).failure()
    assert type(error) is ModelNotFound and not error.retryable
    assert "“llama3” on" in error.message and "makes no embeddings. Install one that does" in error.message


def test_a_server_that_loads_its_model_is_waited_for() -> None:
    with FakeOpenAI(OpenAIBehaviour("llama", load_seconds=0.3, models=(MODEL,))) as server:
        made = LlamaServer("llama", server.url).embed(REQUEST, CancelToken())
        assert len(made.vectors) == len(TEXTS) and len(server.chats()) > 1


@pytest.mark.parametrize("backend", [Embedded(), Scripted()])
def test_a_backend_that_makes_none_says_so(backend: Backend) -> None:
    with pytest.raises(ModelNotFound, match="makes no embeddings. Install one that does, for example with: ollama"):
        backend.embed(REQUEST, CancelToken())
