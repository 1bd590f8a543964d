"""Who is being answered and who waits, as each person may see it: pushed to whoever looks, and told to whoever asks."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import Person, new_key
from tests.running_server import LIMITS, RunningServer

Newcomer = Callable[[], Person]
SECRET = "where the treasure is"
SHOWN = ("kind", "position", "is_mine", "room", "reply", "asked_by")


@pytest.fixture(scope="module")
def server(ollama: FakeOllama, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Its one backend writes one answer at a time."""
    settings = {"OLLAMA_BASE_URL": ollama.url, "LLM_PARALLEL": "1", **LIMITS}
    with RunningServer(tmp_path_factory.mktemp("data"), **settings) as running:
        yield running


@pytest.fixture(autouse=True)
def endless(ollama: FakeOllama) -> None:
    ollama.loaded.add("llama3:latest")
    ollama.behaviour = OllamaBehaviour(text="word " * 5000, token_seconds=0.02)


def _secret_room(owner: Person) -> tuple[str, str]:
    """Its id and its name."""
    made = owner.post("/api/rooms", name=f"vault {new_key()[:6]}", kind="private").json()["room"]
    return str(made["id"]), str(made["name"])


def _ask(person: Person, room: str) -> str:
    """Gives the reply's id once it has its place: of two that are asked at once, the second may be first in line."""
    reply = person.wait_reply(person.send(f"@llama3 {SECRET}", room)["message"]["id"])["id"]
    has_place = lambda s: s["phase"] != "queued" or s["queue_position"] is not None  # noqa: E731  one line
    person.wait_for("llmStatus", lambda s: s["reply_id"] == reply and has_place(s))
    return str(reply)


def _entries(queues: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [tuple(entry[name] for name in SHOWN) for queue in queues for entry in queue["entries"]]


def _wait_queue(person: Person, count: int) -> list[dict[str, Any]]:
    """What was pushed when so many were there."""
    told = person.wait_for("queue_changed", lambda e: len(_entries(e["queues"])) == count)
    queues: list[dict[str, Any]] = told["queues"]
    return queues


def test_a_member_sees_whose_question_it_is_and_a_stranger_only_that_there_is_one(
    newcomer: Newcomer, ollama: FakeOllama
) -> None:
    ada, mira, stranger = newcomer(), newcomer(), newcomer()
    room, name = _secret_room(ada)
    ada.post(f"/api/rooms/{room}/invite", user=mira.username)
    for person in (mira, stranger):
        assert person.call("watch_queue", {"is_on": True}) == {"ok": True, "queues": []}
    replies = [_ask(ada, room), _ask(mira, room)]
    of_room = [("room", place, room, reply) for place, reply in enumerate(replies)]
    seen = [(kind, place, where, reply) for kind, place, _, where, reply, _ in _entries(_wait_queue(mira, 2))]
    assert seen == of_room
    told = _wait_queue(mira, 2)[0]
    assert [(told["backend"], told["slots"], told["more"])] == [("ollama", 1, 0)]
    assert [entry["asked_by"] for entry in told["entries"]] == [ada.username, mira.username]
    assert [entry["is_mine"] for entry in told["entries"]] == [False, True]
    assert told["entries"][0]["model"] == "llama3:latest" and told["entries"][0]["running_seconds"] is not None
    hidden = _wait_queue(stranger, 2)
    assert _entries(hidden) == [("room", place, False, None, None, None) for place in (0, 1)]
    everything = json.dumps([hidden, stranger.get("/api/llm/queue").json(), stranger.seen("llmStatus")])
    for word in (
        room,
        name,
        SECRET,
        *replies,
        ada.username,
        mira.username,
        ada.get("/api/auth/me").json()["user"]["id"],
    ):
        assert word not in everything
    for person, reply in ((mira, replies[1]), (ada, replies[0])):
        person.call("stop_reply", {"message": reply})
    assert _wait_queue(mira, 0) == [] == _wait_queue(stranger, 0)


def test_whoever_leaves_a_room_sees_its_questions_no_longer_and_who_looks_away_hears_nothing(
    newcomer: Newcomer,
) -> None:
    ada, mira, away = newcomer(), newcomer(), newcomer()
    room, _ = _secret_room(ada)
    for person in (mira, away):
        ada.post(f"/api/rooms/{room}/invite", user=person.username)
        person.call("watch_queue", {"is_on": True})
    assert away.call("watch_queue", {"is_on": False})["ok"]
    first = _ask(ada, room)
    assert _entries(_wait_queue(mira, 1))[0][3] == room
    mira.post(f"/api/rooms/{room}/leave")
    second = _ask(ada, room)
    assert _entries(_wait_queue(mira, 2)) == [("room", place, False, None, None, None) for place in (0, 1)]
    assert away.seen("queue_changed") == []
    for reply in (second, first):
        ada.call("stop_reply", {"message": reply})
    _wait_queue(mira, 0)


def test_a_program_is_a_program_and_known_to_its_owner_alone(newcomer: Newcomer, ollama: FakeOllama) -> None:
    ada, mira = newcomer(), newcomer()
    mira.call("watch_queue", {"is_on": True})
    room, _ = _secret_room(ada)
    reply = _ask(ada, room)
    _wait_queue(mira, 1)
    body = {"prompt": SECRET, "model": "llama3"}
    asking = threading.Thread(target=lambda: ada.post("/api/llm/generate", **body), daemon=True)
    asking.start()
    assert _entries(_wait_queue(mira, 2))[1] == ("program", 1, False, None, None, None)
    assert _entries(ada.get("/api/llm/queue").json()["queues"])[1] == ("program", 1, True, None, None, None)
    assert SECRET not in mira.get("/api/llm/queue").text
    ollama.behaviour = OllamaBehaviour()
    ada.call("stop_reply", {"message": reply})
    asking.join(20)
    assert _wait_queue(mira, 0) == [], "nobody is left"


def test_the_expected_start_is_learned_from_earlier_answers(newcomer: Newcomer, ollama: FakeOllama) -> None:
    ada = newcomer()
    room, _ = _secret_room(ada)
    ollama.behaviour = OllamaBehaviour(text="word " * 10, token_seconds=0.05)
    ada.wait_closed(_ask(ada, room))
    ollama.behaviour = OllamaBehaviour(text="word " * 5000, token_seconds=0.02)
    first, second = _ask(ada, room), _ask(ada, room)
    ada.wait_for("llmStatus", lambda s: s["reply_id"] == second and s["queue_position"] is not None)
    waiting = ada.get("/api/llm/queue").json()["queues"][0]["entries"][1]
    assert 0 < waiting["start_seconds"] < 60 and waiting["running_seconds"] is None
    for reply in (second, first):
        ada.call("stop_reply", {"message": reply})
        ada.wait_closed(reply)


def test_whoever_waits_behind_a_load_is_told_so(newcomer: Newcomer, ollama: FakeOllama) -> None:
    ada = newcomer()
    room, _ = _secret_room(ada)
    ollama.loaded.clear()
    ollama.behaviour = OllamaBehaviour(text="word " * 3, load_seconds=2.0)
    ada.wait_closed(_ask(ada, room))
    ollama.loaded.clear()
    ollama.behaviour = OllamaBehaviour(text="word " * 3, load_seconds=20.0)
    first, second = _ask(ada, room), _ask(ada, room)
    ada.wait_for("llmStatus", lambda s: s["reply_id"] == first and s["phase"] == "loading")
    told = ada.wait_for("llmStatus", lambda s: s["reply_id"] == second and (s["estimated_time"] or 0) >= 1.0)
    assert told["phase"] == "queued" and told["estimated"] is True and told["estimated_time"] < 20
    running = ada.get("/api/llm/queue").json()["queues"][0]["entries"][0]
    assert (running["position"], running["is_loading"]) == (0, True)
    for reply in (second, first):
        ada.call("stop_reply", {"message": reply})
        ada.wait_closed(reply)
