"""What every backend does alike, whatever is behind it: phases, text, the end, cancelling, failing."""

import json
import time
from dataclasses import replace

import pytest

from chat.errors import (
    ContextTooLong,
    ModelBusy,
    ModelError,
    ModelNotFound,
    ModelOutOfMemory,
    ModelTimeout,
    ModelUnreachable,
)
from chat.jobs.answer import Answer
from chat.llm.base import ChatMessage, ToolCall, Tooling
from chat.llm.cancelling import Cancelled, CancelToken
from tests.fakes.asking import PHASES, asked, done_of, failure_of, phases_of, question, text_of, thoughts_of
from tests.integration.llm.conftest import Rig


def test_an_answer_has_its_phases_in_order_its_whole_text_and_one_end(rig: Rig) -> None:
    rig.behave(text="Größe 学习 🦙 and a line\nbreak")

    chunks = list(rig.backend.chat(question(), CancelToken()))

    assert text_of(chunks) == "Größe 学习 🦙 and a line\nbreak"
    phases = phases_of(chunks)
    assert phases == [phase for phase in PHASES if phase in phases]
    assert phases[-3:] == ["connected", "prompt", "generating"]
    done = done_of(chunks)
    assert (done.finish, done.prompt_tokens, done.completion_tokens) == ("stop", 26, 6)
    assert done.tokens_per_second and done.tokens_per_second > 0
    assert rig.is_quiet()


def test_text_that_arrives_byte_by_byte_is_whole(rig: Rig) -> None:
    rig.behave(text="Größe 学习 🦙", drips=True)
    assert text_of(rig.backend.chat(question(), CancelToken())) == "Größe 学习 🦙"


def test_thoughts_are_not_text(rig: Rig) -> None:
    rig.behave(thinking="Let me see.", text="Yes.")
    chunks = list(rig.backend.chat(question(), CancelToken()))
    assert (thoughts_of(chunks), text_of(chunks)) == ("Let me see.", "Yes.")


def test_an_answer_that_hit_its_limit_says_so(rig: Rig) -> None:
    rig.behave(done_reason="length") if rig.kind == "ollama" else rig.behave(finish_reason="length")
    assert done_of(list(rig.backend.chat(question(), CancelToken()))).finish == "length"


def test_text_arrives_while_it_is_written(rig: Rig) -> None:
    rig.behave(text="one two three", token_seconds=0.1)
    ask = asked(rig.backend, question())
    ask.wait_for_text()
    assert text_of(ask.chunks) != "one two three"
    assert ask.wait_end() is None
    assert text_of(ask.chunks) == "one two three"


def test_loading_is_seen_and_measured(loading_rig: Rig) -> None:
    loading_rig.behave(load_seconds=0.3)
    chunks = list(loading_rig.backend.chat(question(), CancelToken()))
    assert [phase for phase in phases_of(chunks) if phase != "routing"] == PHASES[1:]
    load_ms = done_of(chunks).load_ms
    assert load_ms is not None and 200 < load_ms < 3000


@pytest.mark.parametrize("moment", ["hang", "prompt", "generating", "stall"])
def test_cancelling_closes_the_connection_at_once(rig: Rig, moment: str) -> None:
    if moment in ("hang", "stall"):
        rig.behave(fault=moment, fault_after_words=1)
    else:
        rig.behave(prompt_seconds=60.0 if moment == "prompt" else 0.0, token_seconds=60.0 if moment != "prompt" else 0)
    ask = asked(rig.backend, question())
    rig.wait_until_asked(or_loading=moment == "hang")
    if moment == "stall":
        ask.wait_for_text()

    began = time.monotonic()
    ask.cancel.cancel()

    assert isinstance(ask.wait_end(), Cancelled)
    assert time.monotonic() - began < 0.5
    assert rig.is_quiet()
    # A llama-server router is told afterwards to end the load that nobody waits for.
    asked_for = [seen for seen in rig.server.chats() if seen.path != "/models/unload"]
    assert asked_for[-1].outcome == "client left"


def test_cancelling_during_a_load_ends_it(loading_rig: Rig) -> None:
    loading_rig.behave(load_seconds=60.0)
    ask = asked(loading_rig.backend, question())
    ask.wait_for_phase("loading")
    ask.cancel.cancel()
    assert isinstance(ask.wait_end(), Cancelled)
    assert loading_rig.is_quiet()


def test_a_watchdog_that_cancels_with_a_reason_gives_that_reason(rig: Rig) -> None:
    rig.behave(fault="hang")
    ask = asked(rig.backend, question())
    rig.wait_until_asked(or_loading=True)
    ask.cancel.cancel(ModelTimeout("No answer for 120 s."))
    error = ask.wait_end()
    assert isinstance(error, ModelTimeout)
    assert error.message == "No answer for 120 s."


def test_a_token_that_was_cancelled_before_asks_nothing(rig: Rig) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        list(rig.backend.chat(question(), cancel))
    assert rig.server.chats() == []


def test_a_caller_that_stops_listening_closes_the_connection(rig: Rig) -> None:
    rig.behave(token_seconds=0.05, text=" ".join(["word"] * 1000))
    answer = rig.backend.chat(question(), CancelToken())
    for chunk in answer:
        if text_of([chunk]):
            break
    answer.close()  # type: ignore[attr-defined]  # every backend's answer is a generator
    assert rig.is_quiet()


@pytest.mark.parametrize(
    ("fault", "kind", "says"),
    [
        ("500", ModelError, "something went wrong inside"),
        ("out of memory", ModelOutOfMemory, "Choose a smaller model"),
        ("busy", ModelBusy, "Try again soon"),
        ("not found", ModelNotFound, "does not have “llama3”"),
        ("too long", ContextTooLong, "Start a new conversation or shorten it"),
        ("redirect", ModelError, "redirect"),
    ],
)
def test_a_refusal_is_the_right_error_and_says_what_to_do(
    rig: Rig, fault: str, kind: type[ModelError], says: str
) -> None:
    rig.behave(fault=fault)
    error, chunks = failure_of(rig.backend, question())
    assert type(error) is kind
    assert says in str(error)
    assert text_of(chunks) == ""
    assert rig.is_quiet()


@pytest.mark.parametrize("fault", ["garbage", "half line", "cut", "crash", "die"])
def test_an_answer_that_breaks_off_keeps_its_text_and_is_not_retried(rig: Rig, fault: str) -> None:
    rig.behave(fault=fault, fault_after_words=2, token_seconds=0.02)
    error, chunks = failure_of(rig.backend, question())
    assert type(error) is ModelError
    assert error.retryable is False
    assert text_of(chunks) == "Hello from"
    assert rig.is_quiet()


@pytest.mark.parametrize("fault", ["half line", "cut", "die"])
def test_an_answer_that_breaks_off_before_its_text_may_be_retried(rig: Rig, fault: str) -> None:
    rig.behave(fault=fault)
    error, chunks = failure_of(rig.backend, question())
    assert isinstance(error, ModelUnreachable)
    assert error.retryable
    assert text_of(chunks) == ""


def test_a_server_that_is_not_there_is_unreachable_in_all_it_is_asked(rig: Rig) -> None:
    rig.server.stop()
    with pytest.raises(ModelUnreachable, match="is not running at http://127"):
        rig.backend.list_models()
    error, _ = failure_of(rig.backend, question())
    assert isinstance(error, ModelUnreachable)
    assert "is not running at http://127" in error.message


def test_all_sampling_options_reach_the_server_under_its_own_names(rig: Rig) -> None:
    request = question(
        temperature=0.5, top_p=0.9, max_tokens=7, presence_penalty=0.1, frequency_penalty=0.2, seed=4, stop=("x",)
    )
    list(rig.backend.chat(request, CancelToken()))
    body = rig.server.chats()[-1].body
    sent = body["options"] if rig.kind == "ollama" else body
    limit = "num_predict" if rig.kind == "ollama" else "max_tokens"
    names = ["temperature", "top_p", limit, "presence_penalty", "frequency_penalty", "seed", "stop"]
    assert [sent[name] for name in names] == [0.5, 0.9, 7, 0.1, 0.2, 4, ["x"]]


def test_options_that_are_not_given_are_left_to_the_server(rig: Rig) -> None:
    list(rig.backend.chat(question(), CancelToken()))
    body = rig.server.chats()[-1].body
    assert body.get("options", {}) == {}
    assert not {"temperature", "top_p", "max_tokens", "seed", "stop"} & body.keys()


def test_several_answers_at_once_do_not_mix(rig: Rig) -> None:
    rig.behave(text=lambda prompt: f"answer to {prompt}", token_seconds=0.02)
    asks = [asked(rig.backend, question(f"q{number}")) for number in range(4)]
    assert [ask.wait_end() for ask in asks] == [None] * 4
    assert [text_of(ask.chunks) for ask in asks] == [f"answer to q{number}" for number in range(4)]


WEATHER = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}
CALLS = (("weather", '{"city": "Oslo"}'), ("weather", '{"city": "Bergen", "days": 3}'))


def test_calls_of_tools_come_whole_and_are_the_end(rig: Rig) -> None:
    rig.behave(calls=CALLS)
    request = replace(question(), tooling=Tooling(tools=(WEATHER,), tool_choice="auto"))
    chunks = list(rig.backend.chat(request, CancelToken()))
    answer = Answer()
    for chunk in chunks:
        answer.take(chunk)
    assert [(call.name, json.loads(call.arguments)) for call in answer.tool_calls] == [
        (name, json.loads(arguments)) for name, arguments in CALLS
    ]
    assert len({call.id for call in answer.tool_calls}) == 2
    assert (answer.text, answer.finish, phases_of(chunks)[-1]) == ("", "tool_calls", "generating")
    assert rig.server.chats()[-1].body["tools"] == [WEATHER]


def test_what_a_tool_answered_goes_back_to_the_model(rig: Rig) -> None:
    rig.behave(calls=CALLS)
    call = ToolCall("call_7", "weather", '{"city": "Oslo"}')
    messages = (
        ChatMessage("user", "How is the weather?"),
        ChatMessage("assistant", "", (call,)),
        ChatMessage("tool", "Snow.", tool_call_id="call_7"),
    )
    request = replace(question(), messages=messages, tooling=Tooling(tools=(WEATHER,)))
    assert text_of(rig.backend.chat(request, CancelToken())) == "Hello from the other side."
    _, asked, answered = rig.server.chats()[-1].body["messages"]
    function = asked["tool_calls"][0]["function"]
    if rig.kind == "ollama":
        assert (function["arguments"], answered["tool_name"]) == ({"city": "Oslo"}, "weather")
    else:
        assert (function["arguments"], answered["tool_call_id"]) == ('{"city": "Oslo"}', "call_7")
    assert (answered["role"], answered["content"]) == ("tool", "Snow.")


def test_an_answer_can_be_asked_for_as_json(rig: Rig) -> None:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}}
    wanted = {"type": "json_schema", "json_schema": {"name": "place", "schema": schema}}
    list(rig.backend.chat(replace(question(), tooling=Tooling(response_format=wanted)), CancelToken()))
    body = rig.server.chats()[-1].body
    assert (body["format"] == schema) if rig.kind == "ollama" else (body["response_format"] == wanted)
