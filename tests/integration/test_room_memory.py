"""A room's memory over HTTP and sockets: written by its model behind everybody, and read for the next answer."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chat.domain.conversation import MAX_MESSAGES
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import Person, new_key
from tests.running_server import LIMITS, RunningServer

Newcomer = Callable[[], Person]
MADE = "They greeted one another."


@pytest.fixture(scope="module")
def server(ollama: FakeOllama, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with RunningServer(tmp_path_factory.mktemp("data"), OLLAMA_BASE_URL=ollama.url, **LIMITS) as running:
        yield running


@pytest.fixture(autouse=True)
def _well_behaved(ollama: FakeOllama) -> None:
    ollama.behaviour = OllamaBehaviour(text=MADE)
    ollama.loaded.add("llama3:latest")


def _room_of(owner: Person, member: Person) -> str:
    fields = {"name": f"Den {new_key()}", "kind": "private", "members": [member.username]}
    room: str = owner.post("/api/rooms", **fields).json()["room"]["id"]
    for number in range(MAX_MESSAGES + 5):
        member.post("/api/chat/message", room=room, content=f"good day {number}", client_id=new_key())
    return room


def _ask(person: Person, room: str) -> dict[str, Any]:
    question = person.send("@llama3 what was said?", room)["message"]
    closed: dict[str, Any] = person.wait_closed(person.wait_reply(question["id"])["id"])
    return closed


def test_a_note_is_made_after_an_answer_and_read_for_the_next_one(newcomer: Newcomer, ollama: FakeOllama) -> None:
    owner, member = newcomer(), newcomer()
    room = _room_of(owner, member)
    place = f"/api/rooms/{room}/memory"
    now = member.get(f"/api/rooms/{room}/context").json()["context"]
    assert (now["message"], now["note"], now["left_out"], len(now["messages"])) == (None, None, 5, MAX_MESSAGES)
    _ask(member, room)
    told = owner.wait_for("memory_changed")
    assert told == {"type": "memory_changed", "room": room, "version": 1, "is_doubtful": False}
    memory = member.get(place).json()["memory"]
    assert (memory["made"], memory["model"], memory["can_change"]) == (MADE, "llama3:latest", False)
    reply = _ask(member, room)
    sent = ollama.chats()[-1].body["messages"]
    assert f"<room-note>\n{MADE}\n</room-note>" in sent[1]["content"]
    seen = owner.get(f"/api/chat/message/{reply['id']}/context").json()["context"]
    assert seen["note"]["version"] == 1 and seen["left_out"] == seen["noted"] > 5

    def again() -> bool:
        """Whether the same question is answered without a model."""
        member.events.clear()
        assert member.call("regenerate", {"message": reply["id"], "bypass_cache": False})["ok"]
        return bool(member.wait_closed(reply["id"])["llm"]["cached"])

    assert again() is True
    edited = owner.request("PUT", place, text="The word is elm.", version=1).json()["memory"]
    assert edited["kept"] == "The word is elm." and member.wait_for("memory_changed")["version"] == 2
    assert again() is False, "with another note it is another question"
    assert "The word is elm." in ollama.chats()[-1].body["messages"][1]["content"]


def test_who_may_change_it_and_what_is_refused(newcomer: Newcomer) -> None:
    owner, member = newcomer(), newcomer()
    fields = {"name": f"Den {new_key()}", "kind": "private", "members": [member.username]}
    place = f"/api/rooms/{owner.post('/api/rooms', **fields).json()['room']['id']}/memory"

    def code(answer: Any) -> tuple[int, str]:
        return answer.status_code, answer.json()["error"]["code"]

    assert code(member.request("PUT", place, is_on=False)) == (403, "not_allowed")
    assert code(member.request("DELETE", place)) == (403, "not_allowed")
    assert code(owner.request("PUT", place, text="Elm.", version=7)) == (409, "conflict")
    assert code(owner.request("PUT", place, text="Elm.")) == (400, "invalid_input")
    assert code(owner.request("PUT", place, text="x" * 9_000, version=0))[0] == 400
    assert owner.request("PUT", place, text="Elm.", version=0, is_on=False).json()["memory"]["is_on"] is False
    cleared = owner.request("DELETE", place).json()["memory"]
    assert (cleared["kept"], cleared["is_on"], cleared["version"]) == ("", False, 2)
