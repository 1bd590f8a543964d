"""Embeddings by OpenAI's official Python SDK, unmodified, and what a program sees that reads the wire itself."""

import base64
import struct
import threading
from collections.abc import Callable, Iterator
from queue import Queue
from typing import Any

import openai
import pytest
import requests
from openai import OpenAI

from tests.fakes.embeddings import LENGTH, vector_of
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import Person
from tests.running_server import RunningServer

MODEL = "nomic-embed-text"


@pytest.fixture
def client(key: str, server: RunningServer) -> Iterator[OpenAI]:
    with OpenAI(api_key=key, base_url=f"{server.url}/v1", max_retries=0, timeout=20) as made:
        yield made


def test_one_text_and_many_become_vectors(client: OpenAI) -> None:
    made = client.embeddings.create(model=MODEL, input="hello there")
    assert made.object == "list" and made.model == "nomic-embed-text:latest"
    assert [(one.index, one.embedding) for one in made.data] == [(0, vector_of("hello there"))]
    assert (made.usage.prompt_tokens, made.usage.total_tokens) == (2, 2)
    assert (made.model_extra or {})["backend"] == "ollama"
    texts = [f"text {number}" for number in range(100)]
    many = client.embeddings.create(model="auto", input=texts, user="somebody")
    assert [one.embedding for one in many.data] == [vector_of(text) for text in texts]
    assert many.usage.total_tokens == 200


def test_numbers_and_base64_are_the_same_vector(client: OpenAI, server: RunningServer, key: str) -> None:
    numbers = client.embeddings.create(model=MODEL, input="one", encoding_format="float")
    assert numbers.data[0].embedding == vector_of("one")
    body = {"model": MODEL, "input": "one", "encoding_format": "base64"}
    headers = {"Authorization": f"Bearer {key}"}
    raw = requests.post(f"{server.url}/v1/embeddings", json=body, headers=headers, timeout=20).json()
    assert list(struct.unpack(f"<{LENGTH}f", base64.b64decode(raw["data"][0]["embedding"]))) == vector_of("one")
    del body["encoding_format"]
    plain = requests.post(f"{server.url}/v1/embeddings", json=body, headers=headers, timeout=20).json()
    assert plain == {**raw, "data": [{"object": "embedding", "index": 0, "embedding": vector_of("one")}]}


def test_the_sdk_asks_for_base64_by_itself(client: OpenAI) -> None:
    raw = client.embeddings.with_raw_response.create(model=MODEL, input="one")
    (row,) = raw.http_response.json()["data"]
    assert list(struct.unpack(f"<{LENGTH}f", base64.b64decode(row["embedding"]))) == vector_of("one")
    assert raw.parse().data[0].embedding == vector_of("one")


def test_a_length_of_the_vector_goes_to_the_backend(
    client: OpenAI, ollama: FakeOllama, behaviour: OllamaBehaviour
) -> None:
    assert client.embeddings.create(model=MODEL, input="one", dimensions=4).data[0].embedding == vector_of("one", 4)
    assert ollama.chats()[-1].body["dimensions"] == 4
    behaviour.dimensions_fixed = True
    with pytest.raises(openai.BadRequestError) as refused:
        client.embeddings.create(model=MODEL, input="one", dimensions=4)
    assert refused.value.param == "dimensions"


@pytest.mark.parametrize("given", [[1, 2, 3], [[1, 2], [3]], "", [], ["a", ""], ["x"] * 2049])
def test_what_is_no_text_is_refused_by_name(client: OpenAI, given: Any) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        client.embeddings.create(model=MODEL, input=given)
    assert refused.value.param == "input" and refused.value.code == "invalid_input"
    assert "Send a text or a list" in refused.value.message


def test_what_fails_is_the_exception_that_programs_expect(client: OpenAI, behaviour: OllamaBehaviour) -> None:
    with pytest.raises(openai.NotFoundError) as unknown:
        client.embeddings.create(model="nobody", input="one")
    assert unknown.value.code == "model_not_found" and "ollama pull nobody" in unknown.value.message
    with pytest.raises(openai.NotFoundError, match="makes no embeddings. Install one that does"):
        client.embeddings.create(model="llama3", input="one")
    with pytest.raises(openai.AuthenticationError):
        client.with_options(api_key="rt_wrong").embeddings.create(model=MODEL, input="one")
    behaviour.fault = "too long"
    with pytest.raises(openai.BadRequestError) as long:
        client.embeddings.create(model=MODEL, input="one")
    assert long.value.code == "context_length_exceeded"
    behaviour.fault = "out of memory"
    with pytest.raises(openai.InternalServerError) as hopeless:
        client.embeddings.create(model=MODEL, input="one")
    assert hopeless.value.response.headers["x-should-retry"] == "false"


def test_a_model_that_only_embeds_is_listed_and_cannot_be_asked(
    client: OpenAI, server: RunningServer, key: str
) -> None:
    assert (client.models.retrieve(MODEL).model_extra or {})["capabilities"] == ["embedding"]
    with pytest.raises(openai.NotFoundError, match="only makes embeddings. Choose a model that writes"):
        client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "hello"}])
    headers = {"Authorization": f"Bearer {key}"}
    told = requests.get(f"{server.url}/api/llm/models", headers=headers, timeout=20).json()
    assert [model["handle"] for model in told["models"]] == ["llama3"] and told["default"] == "ollama/llama3:latest"
    assert [(model["handle"], model["capabilities"]) for model in told["embedders"]] == [(MODEL, ["embedding"])]


def test_whoever_leaves_stops_the_work_and_frees_the_slot(
    client: OpenAI, ollama: FakeOllama, behaviour: OllamaBehaviour
) -> None:
    behaviour.prompt_seconds = 60.0
    before = len(ollama.chats())
    with pytest.raises(openai.APITimeoutError):
        client.with_options(timeout=1.5).embeddings.create(model=MODEL, input="one")
    assert ollama.wait_for(lambda: len(ollama.chats()) > before and ollama.chats()[-1].outcome == "client left")
    behaviour.prompt_seconds = 0.0
    assert client.embeddings.create(model=MODEL, input="two").data[0].embedding == vector_of("two")


def test_a_key_that_is_revoked_ends_what_it_asked_for(
    newcomer: Callable[[], Person], server: RunningServer, ollama: FakeOllama, behaviour: OllamaBehaviour
) -> None:
    behaviour.prompt_seconds = 60.0
    ada = newcomer()
    made = ada.post("/api/keys", name="sdk").json()
    before, ended = len(ollama.chats()), Queue[Exception]()

    def ask() -> None:
        with OpenAI(api_key=made["key"], base_url=f"{server.url}/v1", max_retries=0, timeout=20) as sdk:
            try:
                sdk.embeddings.create(model=MODEL, input="one")
            except openai.APIError as error:
                ended.put(error)

    threading.Thread(target=ask, daemon=True).start()
    assert ollama.wait_for(lambda: len(ollama.chats()) > before)
    assert ada.request("DELETE", f"/api/keys/{made['id']}").status_code == 204
    assert isinstance(ended.get(timeout=20), openai.AuthenticationError)
    assert ollama.wait_for(lambda: ollama.chats()[-1].outcome == "client left")
