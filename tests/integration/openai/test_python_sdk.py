"""OpenAI's official Python SDK, unmodified, against our `/v1`."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import openai
import pytest
from openai import OpenAI
from openai.types.chat import ChatCompletionChunk

from chat import wire
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import new_key
from tests.running_server import RunningServer

TEXT = "Blue, red and green."
MODEL = "llama3"


@pytest.fixture
def client(key: str, server: RunningServer) -> Iterator[OpenAI]:
    with OpenAI(api_key=key, base_url=f"{server.url}/v1", max_retries=0, timeout=20) as made:
        yield made


def _ask(text: str = "Name three colours.") -> list[Any]:
    return [{"role": "user", "content": f"{text} ({new_key()})"}]


def _text(chunks: list[ChatCompletionChunk]) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks)


def test_an_answer_comes_whole(client: OpenAI) -> None:
    answer = client.chat.completions.create(model=MODEL, messages=_ask())
    assert answer.object == "chat.completion" and answer.model == "llama3:latest" and answer.id.startswith("chatcmpl-")
    assert answer.choices[0].message.content == TEXT and answer.choices[0].finish_reason == "stop"
    assert answer.usage and answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert abs(answer.created - time.time()) < 5


def test_a_whole_answer_is_what_our_schema_says(client: OpenAI) -> None:
    raw = client.chat.completions.with_raw_response.create(model=MODEL, messages=_ask())
    told = json.loads(raw.text)
    assert wire.Completion.model_validate(told).model_dump() == told
    assert told["id"].removeprefix("chatcmpl-") and told["timings"]["total_ms"] is not None


def test_the_plain_loop_reads_the_text_and_whoever_looks_the_status(client: OpenAI) -> None:
    chunks = list(client.chat.completions.create(model=MODEL, messages=_ask(), stream=True))
    assert _text(chunks) == TEXT
    assert chunks[0].choices[0].delta.role == "assistant" and chunks[-1].choices[0].finish_reason == "stop"
    assert len({(chunk.id, chunk.created, chunk.object) for chunk in chunks}) == 1
    statuses = [extra["status"] for chunk in chunks if (extra := chunk.model_extra or {}).get("status")]
    assert statuses[0] == "routing" and statuses[-2:] == ["generating", "done"]
    last = chunks[-1].model_extra or {}
    assert last["content"] == TEXT and last["backend"] == "ollama"


def test_a_load_is_seen_with_the_time_that_it_will_probably_take(
    client: OpenAI, ollama: FakeOllama, behaviour: OllamaBehaviour
) -> None:
    behaviour.load_seconds = 0.3
    for _ in range(2):
        ollama.loaded.clear()
        chunks = list(client.chat.completions.create(model=MODEL, messages=_ask(), stream=True))
    loading = [extra for chunk in chunks if (extra := chunk.model_extra or {}).get("status") == "loading"]
    assert _text(chunks) == TEXT and "llama3" in loading[0]["message"]
    assert 0 < loading[0]["estimated_time"] < 1


def test_whoever_wants_nothing_but_openais_fields_gets_nothing_else(client: OpenAI) -> None:
    options: Any = {"include_status": False, "include_usage": True}
    chunks = list(client.chat.completions.create(model=MODEL, messages=_ask(), stream=True, stream_options=options))
    *told, last = chunks
    assert _text(told) == TEXT and all(not chunk.model_extra and chunk.usage is None for chunk in told)
    assert last.choices == [] and last.usage and last.usage.completion_tokens > 0


def test_the_stream_helper_puts_the_answer_together(client: OpenAI, behaviour: OllamaBehaviour) -> None:
    behaviour.thinking = "Colours, then."
    with client.chat.completions.stream(model=MODEL, messages=_ask()) as stream:
        pieces = [event.delta for event in stream if event.type == "content.delta"]
        final = stream.get_final_completion()
    assert "".join(pieces) == TEXT and final.choices[0].message.content == TEXT
    assert final.usage and final.usage.completion_tokens > 0
    assert (final.choices[0].message.model_extra or {})["reasoning_content"] == "Colours, then."


def test_the_same_question_is_answered_anew_for_whoever_wants_that(client: OpenAI, behaviour: OllamaBehaviour) -> None:
    messages = _ask()
    told = []
    for text, more in (("One.", {}), ("Two.", {}), ("Three.", {"bypass_cache": True})):
        behaviour.text = text
        answer = client.chat.completions.create(model=MODEL, messages=messages, extra_body=more)
        told.append((answer.choices[0].message.content, (answer.model_extra or {})["cached"]))
    assert told == [("One.", False), ("One.", True), ("Three.", False)]


def test_parts_of_text_the_newer_role_and_one_word_to_stop_at(client: OpenAI, ollama: FakeOllama) -> None:
    parts: Any = [{"type": "text", "text": "Name "}, {"type": "text", "text": f"one. {new_key()}"}]
    messages: Any = [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": parts}]
    client.chat.completions.create(model=MODEL, messages=messages, stop="\n", max_completion_tokens=7, temperature=0)
    asked = next(seen.body for seen in reversed(ollama.seen) if seen.path == "/api/chat" and seen.body["messages"])
    assert [turn["role"] for turn in asked["messages"]] == ["system", "user"]
    assert asked["messages"][1]["content"].startswith("Name one. ")
    assert asked["options"] == {"stop": ["\n"], "num_predict": 7, "temperature": 0}


TOOLS: Any = [
    {
        "type": "function",
        "function": {
            "name": "weather",
            "description": "Today's weather.",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
        },
    }
]


def test_a_tool_is_called_and_its_answer_used(client: OpenAI, behaviour: OllamaBehaviour) -> None:
    behaviour.calls = (("weather", '{"city": "Oslo"}'),)
    messages = _ask("How is the weather?")
    first = client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS)
    message = first.choices[0].message
    assert first.choices[0].finish_reason == "tool_calls" and message.content is None and message.tool_calls
    (call,) = message.tool_calls
    assert call.type == "function"
    assert (call.function.name, json.loads(call.function.arguments)) == ("weather", {"city": "Oslo"})
    answered: Any = {"role": "tool", "tool_call_id": call.id, "content": "Snow."}
    more: Any = [*messages, message, answered]
    assert client.chat.completions.create(model=MODEL, messages=more, tools=TOOLS).choices[0].message.content == TEXT


def test_the_stream_helper_puts_the_calls_together(client: OpenAI, behaviour: OllamaBehaviour) -> None:
    behaviour.calls = (("weather", '{"city": "Oslo"}'), ("weather", '{"city": "Bergen"}'))
    with client.chat.completions.stream(model=MODEL, messages=_ask(), tools=TOOLS) as stream:
        choice = stream.get_final_completion().choices[0]
    assert choice.finish_reason == "tool_calls"
    told = [json.loads(call.function.arguments)["city"] for call in choice.message.tool_calls or []]
    assert told == ["Oslo", "Bergen"]


def test_a_message_without_anything_in_it_is_refused(client: OpenAI) -> None:
    empty: Any = [{"role": "assistant", "content": None}]
    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(model=MODEL, messages=empty)
    assert refused.value.param == "messages.0.content"


def test_models_are_listed_and_found(client: OpenAI) -> None:
    listed = {model.id: model for model in client.models.list()}
    assert set(listed) == {"auto", MODEL, "nomic-embed-text"} and listed[MODEL].owned_by == "ollama"
    assert client.models.retrieve(MODEL).id == MODEL
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("none/such")
    assert client.chat.completions.create(model="auto", messages=_ask()).choices[0].message.content == TEXT


def _stream(client: OpenAI, model: str = MODEL) -> list[ChatCompletionChunk]:
    return list(client.chat.completions.create(model=model, messages=_ask(), stream=True))


def _whole(client: OpenAI, model: str = MODEL) -> Any:
    return client.chat.completions.create(model=model, messages=_ask())


def _once_free(ask: Callable[[], Any]) -> Any:
    """That somebody has left is noticed within two seconds."""
    give_up = time.monotonic() + 5
    while True:
        try:
            return ask()
        except openai.APIError as error:
            if error.code != "model_busy" or time.monotonic() > give_up:
                raise
        time.sleep(0.1)


@pytest.mark.parametrize("ask", [_whole, _stream])
def test_what_fails_at_once_is_the_exception_that_programs_expect(
    client: OpenAI, behaviour: OllamaBehaviour, ask: Callable[..., Any]
) -> None:
    with pytest.raises(openai.NotFoundError) as unknown:
        ask(client, "nobody")
    assert unknown.value.code == "model_not_found" and "ollama pull nobody" in unknown.value.message
    with pytest.raises(openai.AuthenticationError) as stranger:
        ask(client.with_options(api_key="rt_wrong"))
    assert stranger.value.code == "invalid_api_key"
    behaviour.fault = "too long"
    with pytest.raises(openai.APIError) as too_long:
        ask(client)
    assert too_long.value.code == "context_length_exceeded"


def test_what_cannot_be_done_is_refused_by_name(client: OpenAI) -> None:
    two: Any = {"n": 2}
    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(model=MODEL, messages=_ask(), **two)
    assert refused.value.param == "n" and refused.value.type == "invalid_request_error"


def test_an_answer_that_breaks_off_raises_and_keeps_what_came(client: OpenAI, behaviour: OllamaBehaviour) -> None:
    behaviour.fault, behaviour.fault_after_words = "crash", 2
    came: list[str] = []
    with pytest.raises(openai.APIError) as broken:
        for chunk in client.chat.completions.create(model=MODEL, messages=_ask(), stream=True):
            came.append(chunk.choices[0].delta.content or "")
    assert "".join(came) == "Blue, red" and broken.value.code == "model_refused" and broken.value.type == "server_error"


def test_a_full_queue_says_when_to_come_back_and_a_hopeless_case_not_to(
    client: OpenAI, behaviour: OllamaBehaviour
) -> None:
    behaviour.prompt_seconds = 3.0
    streams = [client.chat.completions.create(model=MODEL, messages=_ask(), stream=True) for _ in range(2)]
    with pytest.raises(openai.InternalServerError) as busy:
        _stream(client)
    for stream in streams:
        stream.close()
    assert busy.value.status_code == 503 and busy.value.code == "model_busy"
    assert busy.value.response.headers["Retry-After"] == "60"
    assert "x-should-retry" not in busy.value.response.headers
    behaviour.prompt_seconds, behaviour.fault = 0.0, "out of memory"
    with pytest.raises(openai.InternalServerError) as hopeless:
        _once_free(lambda: _whole(client))
    assert hopeless.value.response.headers["x-should-retry"] == "false"


def test_whoever_leaves_frees_the_model(client: OpenAI, behaviour: OllamaBehaviour, ollama: FakeOllama) -> None:
    behaviour.text, behaviour.token_seconds = "word " * 1000, 0.02
    stream = client.chat.completions.create(model=MODEL, messages=_ask(), stream=True)
    assert any(chunk.choices[0].delta.content for chunk in stream)
    stream.close()
    behaviour.text, behaviour.token_seconds = TEXT, 0.0
    answer = _once_free(lambda: _whole(client.with_options(timeout=5)))
    assert answer.choices[0].message.content == TEXT, "the next one does not wait for an answer that nobody reads"
