"""What is particular to llama-server, LM Studio and their relatives."""

from collections.abc import Iterator

import pytest

from chat.errors import ModelError, ModelUnreachable
from chat.llm.base import PhaseChunk
from chat.llm.cancelling import CancelToken
from chat.llm.openai_compat import OpenAICompat
from tests.fakes.asking import asked, done_of, failure_of, question, text_of
from tests.fakes.openai import FakeOpenAI, OpenAIBehaviour


@pytest.fixture
def llama() -> Iterator[FakeOpenAI]:
    with FakeOpenAI(OpenAIBehaviour(dialect="llama")) as server:
        yield server


@pytest.fixture
def lmstudio() -> Iterator[FakeOpenAI]:
    with FakeOpenAI(OpenAIBehaviour(dialect="lmstudio")) as server:
        yield server


def test_llama_server_tells_how_much_of_the_prompt_it_has_read(llama: FakeOpenAI) -> None:
    backend = OpenAICompat("llama", llama.url, is_llama=True)
    chunks = list(backend.chat(question(), CancelToken()))
    progress = [chunk.progress for chunk in chunks if isinstance(chunk, PhaseChunk) and chunk.phase == "prompt"]
    assert progress == [None, 0.0, 0.54, 1.0]
    assert done_of(chunks).tokens_per_second == 52.94


def test_progress_is_not_asked_for_where_it_might_be_refused(lmstudio: FakeOpenAI) -> None:
    list(OpenAICompat("lmstudio", lmstudio.url).chat(question(), CancelToken()))
    assert "return_progress" not in lmstudio.chats()[-1].body


def test_a_server_that_loads_is_asked_again_until_it_is_ready(llama: FakeOpenAI) -> None:
    llama.behaviour.load_seconds = 0.3
    llama.begin_load()
    chunks = list(OpenAICompat("llama", llama.url).chat(question(), CancelToken()))
    loading = [chunk for chunk in chunks if isinstance(chunk, PhaseChunk) and chunk.phase == "loading"]
    assert [chunk.message for chunk in loading] == ["llama is loading llama3"]
    assert text_of(chunks) == "Hello from the other side."
    assert len(llama.chats()) > 1


def test_a_server_that_loads_offers_what_it_had_before(llama: FakeOpenAI) -> None:
    backend = OpenAICompat("llama", llama.url)
    assert [(facts.name, facts.loaded) for facts in backend.list_models()] == [("llama3", True)]
    llama.behaviour.load_seconds = 60.0
    llama.begin_load()
    assert [(facts.name, facts.loaded) for facts in backend.list_models()] == [("llama3", False)]
    with pytest.raises(ModelUnreachable, match="still loading"):
        OpenAICompat("llama", llama.url).list_models()


def test_lm_studio_that_answers_a_wrong_route_with_200_is_not_believed(lmstudio: FakeOpenAI) -> None:
    with pytest.raises(ModelUnreachable, match="Unexpected endpoint"):
        OpenAICompat("lmstudio", f"{lmstudio.url}/wrong").list_models()
    lmstudio.behaviour.fault = "no route"
    error, chunks = failure_of(OpenAICompat("lmstudio", lmstudio.url), question())
    assert type(error) is ModelError
    assert "Unexpected endpoint" in error.message
    assert text_of(chunks) == ""


def test_a_stream_without_its_last_word_is_complete_after_a_finish_reason(llama: FakeOpenAI) -> None:
    llama.behaviour.ends_with_done = False
    chunks = list(OpenAICompat("llama", llama.url).chat(question(), CancelToken()))
    assert done_of(chunks).finish == "stop"


def test_a_wrong_key_is_named(llama: FakeOpenAI) -> None:
    llama.behaviour.api_key = "secret"
    assert len(OpenAICompat("llama", llama.url, api_key="secret").list_models()) == 1
    with pytest.raises(ModelUnreachable, match="refused our API key"):
        OpenAICompat("llama", llama.url, api_key="wrong").list_models()
    error, _ = failure_of(OpenAICompat("llama", llama.url, api_key="wrong"), question())
    assert "refused our key" in str(error)


def test_an_embedding_model_is_known_by_its_name(lmstudio: FakeOpenAI) -> None:
    lmstudio.behaviour.models = ("text-embedding-nomic-embed-text-v1.5", "google/gemma-3-4b")
    nomic, gemma = OpenAICompat("lmstudio", lmstudio.url).list_models()
    assert (nomic.capabilities, gemma.capabilities) == (("embedding",), ("completion",))


def test_configured_models_are_offered_instead_of_the_list(llama: FakeOpenAI) -> None:
    backend = OpenAICompat("llama", llama.url, models=["llama3", "another"])
    assert [(facts.name, facts.loaded) for facts in backend.list_models()] == [("llama3", True), ("another", None)]


def test_no_conversation_id_is_sent_that_would_keep_a_stopped_answer_running(llama: FakeOpenAI) -> None:
    list(OpenAICompat("llama", llama.url).chat(question(), CancelToken()))
    assert not [name for name in llama.chats()[-1].headers if name.lower() == "x-conversation-id"]


def test_the_first_word_is_awaited_as_prompt_when_the_server_has_taken_the_request(llama: FakeOpenAI) -> None:
    llama.behaviour.prompt_seconds = 60.0
    ask = asked(OpenAICompat("llama", llama.url), question())
    ask.wait_for_phase("prompt")
    ask.cancel.cancel()
    ask.wait_end()
