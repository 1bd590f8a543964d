"""What a conversation keeps, and what of it goes along with the next question."""

import json
import threading
from typing import Any

import pytest

from tests.fakes.ollama import OllamaBehaviour
from tests.programs import Program

Messages = list[dict[str, Any]]


def test_what_was_said_goes_along_with_the_next_question(program: Program) -> None:
    first = program.generate("one")
    assert first.headers["X-Conversation-ID"] == "chat-1" and first.json()["text"] == "You said one"
    program.ask("two")
    assert program.asked() == ["user: one", "assistant: You said one", "user: two"]
    assert program.turns() == [*program.asked(), "assistant: You said two"]
    (told,) = program.conversations()
    assert (told["conversation_id"], told["project"], told["user"], told["turns"]) == ("chat-1", "", "", 4)
    assert told["created_at"] <= told["updated_at"]


def _contents(messages: Messages) -> list[str]:
    return [f"{message['role']}: {message['content'].strip()}" for message in messages]


def test_an_sdk_that_sends_the_whole_conversation_each_time_is_heard_once(program: Program) -> None:
    messages: Messages = [{"role": "system", "content": "Be brief."}]
    with program.sdk() as client:
        for number in range(4):
            messages.append({"role": "user", "content": f"question {number}"})
            answer: Any = client.chat.completions.create(model="llama3", messages=messages)  # type: ignore[call-overload]  # plain dicts, as programs send them
            assert program.asked() == _contents(messages)
            messages.append({"role": "assistant", "content": f" {answer.choices[0].message.content}\n"})
    assert program.turns() == _contents(messages[1:])


def test_the_last_system_messages_lead_and_are_never_doubled(program: Program) -> None:
    def send(*system: str) -> None:
        leading = [{"role": "system", "content": text} for text in system]
        program.ask("", messages=[*leading, {"role": "user", "content": "go on"}])

    send("Be brief.")
    send()
    assert program.asked()[0] == "system: Be brief." and "system" not in "".join(program.asked()[1:])
    send("Be kind.", "Be true.")
    assert program.asked()[:2] == ["system: Be kind.", "system: Be true."]
    assert "system" not in "".join(program.asked()[2:])
    send()
    assert program.asked()[:2] == ["system: Be kind.", "system: Be true."] and len(program.asked()) == 2 + 7
    refused = program.generate("", messages=[{"role": "system", "content": "Be quiet."}])
    assert (refused.status_code, refused.json()["error"]["field"]) == (400, "messages")


def test_a_stream_is_kept_when_it_has_ended(program: Program) -> None:
    with program.sdk() as client:
        raw = client.chat.completions.with_raw_response.create(
            model="llama3", messages=[{"role": "user", "content": "one"}], stream=True
        )
        assert raw.headers["X-Conversation-ID"] == "chat-1"
        text = "".join(chunk.choices[0].delta.content or "" for chunk in raw.parse())
    assert text == "You said one"
    assert program.turns() == ["user: one", "assistant: You said one"]
    *_, last, done = program.generate("two", stream=True).text.strip().split("\n\n")
    assert done == "data: [DONE]" and json.loads(last.removeprefix("data: "))["content"] == "You said two"
    assert program.turns()[2:] == ["user: two", "assistant: You said two"]


def test_calls_of_tools_and_what_they_answered_are_kept(program: Program, behaviour: OllamaBehaviour) -> None:
    behaviour.calls = (("weather", '{"city": "Oslo"}'),)
    tools: Any = [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}]
    with program.sdk() as client:
        first = client.chat.completions.create(
            model="llama3", messages=[{"role": "user", "content": "How is it?"}], tools=tools
        )
        (call,) = first.choices[0].message.tool_calls or []
        client.chat.completions.create(
            model="llama3", messages=[{"role": "tool", "tool_call_id": call.id, "content": "Snow."}], tools=tools
        )
    assert program.asked() == ["user: How is it?", "assistant: ", "tool: Snow."]
    assert program.turns() == [*program.asked(), "assistant: You said Snow."]


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_that_fails_leaves_no_trace(program: Program, behaviour: OllamaBehaviour, stream: bool) -> None:
    program.ask("one")
    behaviour.fault, behaviour.fault_after_words = "crash", 1
    failed = program.generate("two", stream=stream)
    assert "model_refused" in failed.text
    behaviour.fault = ""
    assert program.turns() == ["user: one", "assistant: You said one"]
    program.ask("three")
    assert program.asked() == ["user: one", "assistant: You said one", "user: three"]


def test_an_answer_that_is_stopped_leaves_no_trace(program: Program, behaviour: OllamaBehaviour) -> None:
    behaviour.text, behaviour.token_seconds = "word " * 500, 0.02
    with program.sdk() as client:
        stream = client.chat.completions.create(
            model="llama3", messages=[{"role": "user", "content": "one"}], stream=True
        )
        assert any(chunk.choices[0].delta.content for chunk in stream)
        stream.close()
    assert program.ollama.wait_for(lambda: program.ollama.chats()[-1].outcome == "client left")
    assert program.conversations() == []


def test_questions_at_once_see_what_was_kept_before_and_are_each_kept_whole(
    program: Program, behaviour: OllamaBehaviour
) -> None:
    program.ask("first")
    behaviour.prompt_seconds = 0.3
    before = len(program.ollama.chats())
    asking = [threading.Thread(target=program.ask, args=(f"at once {number}",)) for number in range(3)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(30)
    given = [[turn["content"] for turn in seen.body["messages"]] for seen in program.ollama.chats()[before:]]
    assert sorted(turns[-1] for turns in given) == [f"at once {number}" for number in range(3)]
    assert all(turns[:-1] == ["first", "You said first"] for turns in given)
    turns = program.turns()[2:]
    pairs = [tuple(turns[place : place + 2]) for place in range(0, 6, 2)]
    assert sorted(pairs) == [(f"user: at once {n}", f"assistant: You said at once {n}") for n in range(3)]


def test_a_conversation_that_is_forgotten_meanwhile_stays_forgotten(
    program: Program, behaviour: OllamaBehaviour
) -> None:
    program.ask("one")
    (told,) = program.conversations()
    behaviour.prompt_seconds = 1.0
    asking = threading.Thread(target=program.ask, args=("two",))
    asked = len(program.ollama.chats())
    asking.start()
    assert program.ollama.wait_for(lambda: len(program.ollama.chats()) > asked)
    assert program.person.request("DELETE", f"/api/conversations/{told['id']}").status_code == 204
    asking.join(30)
    assert program.conversations() == []
    behaviour.prompt_seconds = 0.0
    program.ask("three")
    assert program.asked() == ["user: three"]


def test_only_as_much_goes_along_as_the_model_can_read(program: Program) -> None:
    for number in range(8):
        program.ask(f"{number} {'x' * 1900}")
    asked = program.asked()
    assert sum(map(len, asked)) < 4096 * 3.5 and len(program.turns()) == 16
    assert asked[0].startswith("user: ") and asked[-1].startswith("user: 7 ")
    assert 2 < len(asked) < 15
