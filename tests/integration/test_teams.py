"""A team of agents over real sockets: its actions live, one streamed answer, Stop, and a server that is killed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import Person, new_key
from tests.running_server import LIMITS, RunningServer

FINAL = "So it is, and nobody disagrees."
PLAN = json.dumps({"agents": [{"agent": name, "task": f"Look at it as a {name}."} for name in ("fox", "hen", "owl")]})


def says(question: str) -> str:
    """By what comes last, as a model would."""
    if "Plan which of these agents" in question:
        return PLAN
    return FINAL if "<findings>" in question else "I have found that it is so."


def says_slowly(question: str) -> str:
    """Agents find so much that it takes twenty seconds."""
    found = says(question)
    return found if found in (PLAN, FINAL) else "word " * 1000


@pytest.fixture(scope="module")
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama(OllamaBehaviour(text=says)) as fake:
        yield fake


@pytest.fixture
def server(tmp_path: Path, ollama: FakeOllama) -> Iterator[RunningServer]:
    ollama.behaviour.text, ollama.behaviour.token_seconds = says, 0.0
    settings = {"OLLAMA_BASE_URL": ollama.url, "LLM_MODEL": "llama3", "LLM_PARALLEL": "4", "LLM_CACHE_TTL": "0"}
    with RunningServer(tmp_path, **settings, **LIMITS) as running:
        yield running


class Den:
    """A room of two with three agents, both of them there."""

    def __init__(self, server: RunningServer) -> None:
        self.ada, self.mira = (Person(server.url, name).register().connect() for name in ("ada", "mira"))
        made = self.ada.post("/api/rooms", name="den", kind="private", members=["mira"]).json()
        self.room: str = made["room"]["id"]
        for handle in ("fox", "hen", "owl"):
            answer = self.ada.post(
                f"/api/rooms/{self.room}/agents", handle=handle, name=handle.title(), system="Be it."
            )
            assert answer.status_code == 201, answer.text
        for person in (self.ada, self.mira):
            person.join(self.room)

    def actions(self, person: Person, reply: str) -> list[dict[str, Any]]:
        return [action for action in person.seen("agent_action") if action["reply_id"] == reply]

    def stored(self, reply: str) -> list[dict[str, Any]]:
        """As the other one reads it afterwards."""
        message = self.mira.get(f"/api/chat/message/{reply}").json()["message"]
        run = self.mira.get(f"/api/rooms/{self.room}/runs/{message['llm']['run']}").json()
        assert run["is_over"] and run["reply_id"] == reply
        actions: list[dict[str, Any]] = run["actions"]
        return actions

    def leave(self) -> None:
        self.ada.disconnect()
        self.mira.disconnect()


@pytest.fixture
def den(server: RunningServer) -> Iterator[Den]:
    made = Den(server)
    yield made
    made.leave()


def test_a_team_question_shows_its_actions_in_order_and_one_final_message_to_everybody(den: Den) -> None:
    stranger = Person(den.ada.url, "eve").register().connect()
    agents = den.mira.join(den.room)["agents"]
    assert [agent["handle"] for agent in agents] == ["fox", "hen", "owl"]
    question = den.ada.send("@team is it so?", den.room)["message"]
    reply = den.ada.wait_reply(question["id"])
    assert (reply["author"]["kind"], reply["author"]["name"], reply["seq"]) == ("agent", "Team", question["seq"] + 1)
    answers = [person.wait_closed(reply["id"]) for person in (den.ada, den.mira)]
    assert answers[0] == answers[1] and answers[0]["content"] == FINAL and answers[0]["llm"]["phase"] == "done"
    live = den.actions(den.mira, reply["id"])
    assert live == den.actions(den.ada, reply["id"]) == den.stored(reply["id"])
    assert [action["step"] for action in live] == list(range(1, len(live) + 1))
    assert [(a["agent"], a["action"]) for a in live[:4]] == [
        ("planner", "planned"),
        ("fox", "started"),
        ("hen", "started"),
        ("owl", "started"),
    ]
    assert sorted(a["agent"] for a in live if a["action"] == "finding") == ["fox", "hen", "owl"]
    assert [(a["agent"], a["action"]) for a in live[-2:]] == [("writer", "started"), ("writer", "finished")]
    assert set(live[0]) >= {"room", "run_id", "agent", "action", "detail", "step", "timestamp"}
    chunks = [c for c in den.mira.seen("llm_chunk") if c["reply_id"] == reply["id"]]
    assert "".join(c["data"]["chunk"] for c in chunks) == FINAL and chunks[-1]["data"]["is_final"]
    assert [m["id"] for m in den.mira.history(den.room)] == [question["id"], reply["id"]], "one final message"
    stranger.disconnect()
    assert not {"agent_action", "room_agents", "llm_chunk", "message"} & {name for name, _ in stranger.events}


def test_a_client_that_knows_only_the_shapes_gets_actions_and_chunks_for_a_complex_question(den: Den) -> None:
    asked = den.ada.call("llm_request", {"content": "@team compare all of it", "room": den.room})
    assert asked["ok"], asked
    final = den.ada.wait_for("llm_chunk", lambda c: c["reply_id"] == asked["request_id"] and c["data"]["is_final"])
    assert final["type"] == "llm_chunk"
    assert den.actions(den.ada, asked["request_id"]), "at least one"
    texts = [c["data"]["chunk"] for c in den.ada.seen("llm_chunk") if c["reply_id"] == asked["request_id"]]
    assert "".join(texts) == FINAL


def test_stop_in_the_middle_ends_all_of_it(den: Den, ollama: FakeOllama) -> None:
    ollama.behaviour.text, ollama.behaviour.token_seconds = says_slowly, 0.02
    question = den.ada.send("@team is it so?", den.room)["message"]
    reply = den.ada.wait_reply(question["id"])
    den.ada.wait_for("agent_action", lambda a: a["reply_id"] == reply["id"] and a["agent"] == "owl")
    assert den.mira.call("stop_reply", {"message": reply["id"]})["ok"]
    answer = den.ada.wait_closed(reply["id"])
    assert answer["llm"]["phase"] == "stopped" and answer["content"] == ""
    assert [a["action"] for a in den.stored(reply["id"])[-4:]] == ["skipped"] * 4


def test_a_run_goes_on_after_the_server_was_killed_in_its_middle(
    server: RunningServer, den: Den, ollama: FakeOllama
) -> None:
    ollama.behaviour.text, ollama.behaviour.token_seconds = says_slowly, 0.02
    question = den.ada.send("@team is it so?", den.room)["message"]
    reply = den.ada.wait_reply(question["id"])
    den.ada.wait_for("agent_action", lambda a: a["reply_id"] == reply["id"] and a["action"] == "started")
    server.kill()
    ollama.behaviour.text = says
    server.start()
    for person in (den.ada, den.mira):
        person.disconnect()
        person.connect().join(den.room, after_rev=0)
    history = wait_ended(den.mira, den.room, reply["id"])
    assert [m["id"] for m in history] == [question["id"], reply["id"]]
    assert history[-1]["content"] == FINAL and history[-1]["llm"]["phase"] == "done"
    kinds = [(a["agent"], a["action"]) for a in den.stored(reply["id"])]
    assert kinds.count(("planner", "planned")) == 1 and kinds.count(("writer", "finished")) == 1
    assert "Traceback" not in server.log()


def wait_ended(person: Person, room: str, reply: str) -> list[dict[str, Any]]:
    """The room once the reply has ended, before or after this socket came."""
    if person.history(room)[-1]["status"] == "sending":
        person.wait_closed(reply)
    return person.history(room)


def test_agents_answer_by_their_handle_and_are_among_the_members(den: Den) -> None:
    members = den.mira.get(f"/api/rooms/{den.room}/members").json()
    assert [agent["name"] for agent in members["agents"]] == ["Fox", "Hen", "Owl"]
    assert sorted(member["username"] for member in members["members"]) == ["ada", "mira"]
    question = den.mira.send("@hen what have you found?", den.room)["message"]
    reply = den.ada.wait_reply(question["id"])
    answer = den.ada.wait_closed(reply["id"])
    assert answer["author"]["handle"] == "hen" and answer["llm"]["agent"]["name"] == "Hen"
    assert answer["llm"]["model"] == "llama3:latest" and answer["llm"]["backend"] == "ollama"
    taken = Person(den.ada.url, "hen").post("/api/auth/register", username="hen", password=new_key())
    assert taken.status_code == 409
    hen = members["agents"][1]
    assert den.ada.request("DELETE", f"/api/rooms/{den.room}/agents/{hen['id']}").status_code == 204
    den.mira.wait_for("room_agents", lambda e: [a["handle"] for a in e["agents"]] == ["fox", "owl"])
    assert den.mira.history(den.room)[-1]["author"]["name"] == "Hen", "what it said stays"
