"""Stop is believed when the backend is seen to have stopped; until then nobody else is sent to it."""

import json
import time
from collections.abc import Callable, Iterator

import pytest

from tests.fakes.openai import FakeOpenAI, OpenAIBehaviour
from tests.people import Person
from tests.running_server import LIMITS, RunningServer

Newcomer = Callable[[], Person]


@pytest.fixture(scope="module")
def llama() -> Iterator[FakeOpenAI]:
    with FakeOpenAI(OpenAIBehaviour(dialect="llama")) as fake:
        yield fake


@pytest.fixture(scope="module")
def server(llama: FakeOpenAI, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    listed = json.dumps([{"name": "gpu", "url": llama.url, "kind": "llama"}])
    with RunningServer(tmp_path_factory.mktemp("data"), LLM_BACKENDS=listed, **LIMITS) as running:
        yield running


def _writing(person: Person, llama: FakeOpenAI, stop_seconds: float) -> str:
    """A reply in the middle of its text, by a backend that goes on so long when it is stopped."""
    llama.computing.clear()
    llama.behaviour = OpenAIBehaviour(
        dialect="llama", text="word " * 1000, token_seconds=0.02, stop_seconds=stop_seconds
    )
    person.join()
    reply = person.wait_reply(person.send("@llama3 count")["message"]["id"])["id"]
    person.wait_for("llm_chunk", lambda c: c["reply_id"] == reply)
    return str(reply)


def test_stopped_is_shown_when_the_backend_is_idle_and_not_before(newcomer: Newcomer, llama: FakeOpenAI) -> None:
    ada = newcomer()
    reply = _writing(ada, llama, stop_seconds=0.5)
    assert ada.call("stop_reply", {"message": reply})["ok"]
    closed = ada.wait_closed(reply)
    assert not llama.computing and llama.chats()[-1].outcome == "client left"
    assert closed["llm"]["phase"] == "stopped" and closed["llm"]["goes_on"] is False
    stopped = ada.wait_for("llmStatus", lambda s: s["reply_id"] == reply and s["phase"] == "stopped")
    assert stopped["message"] == ""


def test_the_next_question_waits_in_our_line_and_not_inside_the_backend(newcomer: Newcomer, llama: FakeOpenAI) -> None:
    ada = newcomer()
    reply = _writing(ada, llama, stop_seconds=1.0)
    waiting = ada.wait_reply(ada.send("@llama3 and now?")["message"]["id"])["id"]
    ada.wait_for("llmStatus", lambda s: s["reply_id"] == waiting and s["queue_position"] == 1)
    before = len(llama.chats())
    assert ada.call("stop_reply", {"message": reply})["ok"]
    assert llama.wait_for(lambda: llama.chats()[before - 1].outcome == "client left")
    busy = []
    while len(llama.chats()) == before:
        busy.append(bool(llama.computing))
        time.sleep(0.01)
    assert busy[0] is True and len(busy) > 10, "it was not asked while the old answer was still computed"
    llama.behaviour = OpenAIBehaviour(dialect="llama")
    assert ada.call("stop_reply", {"message": waiting})["ok"]
    ada.wait_closed(waiting)


def test_after_two_seconds_it_is_said_that_the_backend_may_still_be_at_it(
    newcomer: Newcomer, llama: FakeOpenAI
) -> None:
    ada = newcomer()
    reply = _writing(ada, llama, stop_seconds=60)
    began = time.monotonic()
    assert ada.call("stop_reply", {"message": reply})["ok"]
    closed = ada.wait_closed(reply)
    assert time.monotonic() - began > 1.9, "it was looked for so long"
    assert closed["llm"]["phase"] == "stopped" and closed["llm"]["goes_on"] is True
    assert closed["content"].startswith("word")
    stopped = ada.wait_for("llmStatus", lambda s: s["reply_id"] == reply and s["phase"] == "stopped")
    assert "may still be working" in stopped["message"]
    llama.computing.clear()
    llama.behaviour = OpenAIBehaviour(dialect="llama", text="Yes.")
    ada.events.clear()
    assert ada.call("regenerate", {"message": reply})["ok"]
    again = ada.wait_closed(reply)
    assert again["content"] == "Yes." and again["llm"]["goes_on"] is False


@pytest.mark.alone
def test_a_server_that_stops_does_not_wait_for_its_backend(tmp_path_factory: pytest.TempPathFactory) -> None:
    with FakeOpenAI(OpenAIBehaviour(dialect="llama")) as llama:
        listed = json.dumps([{"name": "gpu", "url": llama.url, "kind": "llama"}])
        with RunningServer(tmp_path_factory.mktemp("data"), LLM_BACKENDS=listed, **LIMITS) as running:
            ada = Person(running.url, "ada").register().connect()
            reply = _writing(ada, llama, stop_seconds=60)
            status, seconds = running.stop()
            assert status == 0 and seconds < 2
            assert ada.wait_closed(reply)["llm"]["phase"] == "interrupted"
            ada.disconnect()
