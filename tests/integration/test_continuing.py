"""Continuing a reply that was cut off: the model is given its beginning, people see it stay and grow."""

from collections.abc import Callable, Iterator

import pytest

from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import Person
from tests.running_server import LIMITS, RunningServer

Newcomer = Callable[[], Person]


@pytest.fixture(scope="module")
def server(ollama: FakeOllama, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    settings = {"OLLAMA_BASE_URL": ollama.url, "LLM_MAX_RETRIES": "0", **LIMITS}
    with RunningServer(tmp_path_factory.mktemp("data"), **settings) as running:
        yield running


@pytest.fixture(autouse=True)
def _warm(ollama: FakeOllama) -> None:
    ollama.loaded.add("llama3:latest")


def _ask(person: Person) -> str:
    person.join()
    question = person.send("@llama3 count")["message"]["id"]
    return str(person.wait_reply(question)["id"])


def _stopped(person: Person, ollama: FakeOllama) -> tuple[str, str]:
    """A reply that was stopped in the middle, and its text."""
    ollama.behaviour = OllamaBehaviour(text="one " * 500, token_seconds=0.02)
    reply = _ask(person)
    person.wait_for("llm_chunk", lambda c: c["reply_id"] == reply)
    assert person.call("stop_reply", {"message": reply})["ok"]
    return reply, person.wait_closed(reply)["content"]


def _continued(person: Person, reply: str) -> str:
    """The whole text after another attempt."""
    person.events.clear()
    assert person.call("continue_reply", {"message": reply})["ok"]
    return str(person.wait_closed(reply)["content"])


def test_the_model_gets_its_own_words_and_everybody_sees_them_stay_and_grow(
    newcomer: Newcomer, ollama: FakeOllama
) -> None:
    ada, mira = newcomer(), newcomer()
    reply, begun = _stopped(ada, ollama)
    mira.join()
    ollama.behaviour = OllamaBehaviour(text=" two three 🦙", token_seconds=0.02, prompt_seconds=0.3)
    mira.events.clear()
    assert _continued(ada, reply) == f"{begun} two three 🦙"
    last = ollama.chats()[-1].body["messages"]
    assert [turn["role"] for turn in last][-2:] == ["user", "assistant"] and last[-1]["content"] == begun
    mira.wait_closed(reply)
    opened, *_, closed = [e["message"] for e in mira.seen("message_updated") if e["message"]["id"] == reply]
    assert (opened["content"], opened["llm"]["phase"], opened["llm"]["continued"]) == (begun, "queued", True)
    assert closed["llm"]["phase"] == "done" and closed["llm"]["cached"] is False
    assembled = begun
    for chunk in mira.seen("llm_chunk"):
        assert chunk["offset"] == len(assembled), "it begins where the old text ends"
        assembled += chunk["data"]["chunk"]
    assert assembled == closed["content"]


def test_who_comes_while_the_model_reads_sees_the_old_text(newcomer: Newcomer, ollama: FakeOllama) -> None:
    ada, mira = newcomer(), newcomer()
    reply, begun = _stopped(ada, ollama)
    ollama.behaviour = OllamaBehaviour(text=" two", prompt_seconds=60)
    assert ada.call("continue_reply", {"message": reply})["ok"]
    ada.wait_for("llmStatus", lambda s: s["reply_id"] == reply and s["phase"] == "prompt")
    joined = mira.join()
    (active,) = joined["active_replies"]
    assert (active["text"], active["offset"]) == (begun, len(begun))
    assert next(m for m in joined["messages"] if m["id"] == reply)["content"] == begun
    ada.events.clear()
    assert ada.call("stop_reply", {"message": reply})["ok"]
    assert ada.wait_closed(reply)["content"] == begun, "nothing came, and nothing is lost"


def test_an_answer_that_was_too_long_or_broke_off_is_continued_again_and_again(
    newcomer: Newcomer, ollama: FakeOllama
) -> None:
    ada = newcomer()
    ollama.behaviour = OllamaBehaviour(text="one two", done_reason="length")
    reply = _ask(ada)
    assert ada.wait_closed(reply)["llm"]["finish"] == "length"
    ollama.behaviour = OllamaBehaviour(text=" three four five", fault="crash", fault_after_words=2)
    text = _continued(ada, reply)
    assert text.startswith("one two three") and ada.history()[-1]["llm"]["phase"] == "failed"
    ollama.behaviour = OllamaBehaviour(text=" and so on.")
    assert _continued(ada, reply) == f"{text} and so on."
    refused = ada.call("continue_reply", {"message": reply})
    assert refused["error"]["code"] == "conflict" and "complete" in refused["error"]["message"]
