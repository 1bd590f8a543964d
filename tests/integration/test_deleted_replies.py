"""Deleting replies and questions while a model is at work; a pretended Ollama that answers one at a time."""

from collections.abc import Callable, Iterator

import pytest

from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import Person
from tests.running_server import LIMITS, RunningServer

Newcomer = Callable[[], Person]


@pytest.fixture(scope="module")
def server(ollama: FakeOllama, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    settings = {"OLLAMA_BASE_URL": ollama.url, "LLM_PARALLEL": "1", **LIMITS}
    with RunningServer(tmp_path_factory.mktemp("data"), **settings) as running:
        yield running


@pytest.fixture(autouse=True)
def _slow(ollama: FakeOllama) -> None:
    ollama.behaviour = OllamaBehaviour(text="word " * 1000, token_seconds=0.05)


def _ask(person: Person, text: str, room: str = "general") -> tuple[str, str]:
    """Ids of the question and its reply."""
    question = person.send(f"@llama3 {text}", room)["message"]["id"]
    return question, person.wait_reply(question)["id"]


def test_a_running_reply_is_stopped_before_it_is_deleted(newcomer: Newcomer) -> None:
    ada = newcomer()
    _, reply = _ask(ada, "count")
    refused = ada.call("delete_message", {"message": reply})
    assert refused["error"]["code"] == "conflict" and "stop it first" in refused["error"]["message"]
    assert ada.call("stop_reply", {"message": reply})["ok"]
    ada.wait_closed(reply)
    assert ada.call("delete_message", {"message": reply}) == {"ok": True}
    assert ada.call("regenerate", {"message": reply})["error"]["code"] == "conflict"
    (shown,) = [m for m in ada.history() if m["id"] == reply]
    assert shown["content"] == "" and shown["deleted_at"]


def test_a_question_that_is_deleted_while_it_waits_is_not_asked(newcomer: Newcomer, ollama: FakeOllama) -> None:
    ada = newcomer()
    _, running = _ask(ada, "count")
    ada.wait_for("llmStatus", lambda s: s["reply_id"] == running and s["phase"] == "generating")
    question, waiting = _ask(ada, "my password is oak")
    ada.wait_for("llmStatus", lambda s: s["reply_id"] == waiting and s["queue_position"] == 1)
    assert ada.call("delete_message", {"message": question})["ok"]
    assert ada.wait_closed(waiting)["llm"]["phase"] == "stopped"
    assert ada.call("stop_reply", {"message": running})["ok"]
    ada.wait_closed(running)
    assert "oak" not in str([request.body for request in ollama.chats()])


def test_a_reply_that_is_being_written_goes_on_when_its_question_is_deleted(newcomer: Newcomer) -> None:
    ada = newcomer()
    question, reply = _ask(ada, "count")
    ada.wait_for("llmStatus", lambda s: s["reply_id"] == reply and s["phase"] == "generating")
    assert ada.call("delete_message", {"message": question})["ok"]
    assert ada.call("stop_reply", {"message": reply})["ok"]
    kept = ada.wait_closed(reply)
    assert kept["content"].startswith("word") and kept["quote"]["deleted"] is True
    assert ada.call("regenerate", {"message": reply})["error"]["code"] == "conflict"


def test_what_is_written_in_a_room_that_is_deleted_is_stopped_and_gives_its_place_to_the_next(
    newcomer: Newcomer,
) -> None:
    ada = newcomer()
    room = ada.post("/api/rooms", name="Attic", kind="private").json()["room"]["id"]
    _, running = _ask(ada, "count", room)
    ada.wait_for("llmStatus", lambda s: s["reply_id"] == running and s["phase"] == "generating")
    _, waiting = _ask(ada, "count")
    assert ada.request("DELETE", f"/api/rooms/{room}").status_code == 204
    ada.wait_for("llmStatus", lambda s: s["reply_id"] == waiting and s["phase"] == "generating")
    assert ada.call("stop_reply", {"message": running})["error"]["code"] == "not_found"
    assert ada.call("stop_reply", {"message": waiting})["ok"]
    ada.wait_closed(waiting)
