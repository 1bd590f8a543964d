"""How often one person may do what, over sockets and HTTP together; a refusal stores nothing and hurts nobody else."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.people import Person, new_key
from tests.raw_socket import RawSocket, cookies_of
from tests.running_server import LIMITS, RunningServer

ASKS, MESSAGES, SOCKETS = 4, 12, 50


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[RunningServer]:
    """A new server each time, so that nobody has asked before."""
    limits = {**LIMITS, "LLM_RATE_LIMIT": str(ASKS), "MESSAGE_RATE_LIMIT": str(MESSAGES)}
    with RunningServer(tmp_path, LLM_SCRIPTED="on", **limits) as running:
        yield running


@pytest.fixture
def ada(strict: RunningServer) -> Iterator[Person]:
    person = Person(strict.url, "ada").register().connect()
    person.join()
    yield person
    person.disconnect()


@pytest.fixture
def mira(strict: RunningServer, ada: Person) -> Iterator[Person]:
    person = Person(strict.url, "mira").register().connect()
    person.join()
    yield person
    person.disconnect()


def _assert_too_fast(error: dict[str, Any]) -> None:
    assert set(error) == {"code", "message", "retry_after", "field", "request_id"}
    assert error["code"] == "too_fast" and 0 < error["retry_after"] <= 60
    assert f"{error['retry_after']:g} s" in error["message"]


def _assert_429(answer: requests.Response) -> None:
    assert answer.status_code == 429
    _assert_too_fast(answer.json()["error"])
    assert answer.headers["Retry-After"] == f"{answer.json()['error']['retry_after']:g}"


def _post(person: Person, content: str) -> requests.Response:
    return person.post("/api/chat/message", room="general", content=content, client_id=new_key())


def test_every_way_of_asking_counts_against_the_same_limit(ada: Person, mira: Person) -> None:
    question = ada.send("@echo one")["message"]
    reply = ada.wait_reply(question["id"])
    first = ada.wait_closed(reply["id"])
    assert ada.call("llm_request", {"content": "two", "model": "echo"})["ok"]
    assert ada.call("regenerate", {"message": reply["id"]})["ok"]
    assert ada.post("/api/llm/generate", prompt="four", model="echo").ok
    again = lambda m: m["id"] == reply["id"] and m["rev"] > first["rev"] and m["llm"]["phase"] == "done"  # noqa: E731  one use
    ada.wait_for("message_updated", lambda e: again(e["message"]))
    before = ada.history()

    _assert_too_fast(ada.send("@echo five")["error"])
    _assert_too_fast(ada.send("five", model="echo")["error"])
    _assert_too_fast(ada.call("llm_request", {"content": "five", "model": "echo"})["error"])
    _assert_too_fast(ada.call("llm_request", {"content": "five", "model": "echo", "room": "general"})["error"])
    _assert_too_fast(ada.call("regenerate", {"message": reply["id"]})["error"])
    _assert_429(_post(ada, "@echo five"))
    _assert_429(ada.post("/api/llm/generate", prompt="five", model="echo"))
    _assert_429(ada.post("/api/llm/generate", prompt="five", model="echo", stream=True))
    key = ada.post("/api/keys", name="x").json()["key"]
    program = Person(ada.url, "ada")
    program.http.headers["X-API-Key"] = key
    _assert_429(program.post("/api/llm/generate", prompt="five", model="echo"))
    assert ada.history() == before, "nothing is stored by a refused question"

    assert ada.send("without a model")["ok"]
    answered = mira.wait_reply(mira.send("@echo me")["message"]["id"])
    assert mira.wait_closed(answered["id"])["llm"]["phase"] == "done"


def test_asking_again_stops_a_waiting_reply_only_for_who_may_and_not_too_fast(
    strict: RunningServer, ada: Person, mira: Person
) -> None:
    assert ada.request("PATCH", "/api/rooms/general", stop_policy="asker").ok
    reply = ada.wait_reply(ada.send("@echo one")["message"]["id"])["id"]
    ada.wait_closed(reply)
    _let_wait(strict, reply)
    for event in ("regenerate", "continue_reply"):
        assert mira.call(event, {"message": reply})["error"]["code"] == "not_allowed"
    assert _phase(ada, reply) == "queued"
    ada.events.clear()
    assert ada.call("regenerate", {"message": reply})["ok"]
    ada.wait_for("message_updated", lambda e: e["message"]["id"] == reply and e["message"]["llm"]["phase"] == "done")

    _let_wait(strict, reply)
    for number in range(ASKS - 2):
        assert ada.send(f"@echo {number}")["ok"]
    _assert_too_fast(ada.call("regenerate", {"message": reply})["error"])
    assert _phase(ada, reply) == "queued"


def _let_wait(server: RunningServer, reply: str) -> None:
    """As a reply is that waits after a start until its backend is there."""
    newest = "id = (select max(id) from jobs where message_id = ?)"
    with closing(sqlite3.connect(server.data_dir / "roundtable.db", timeout=5)) as connection, connection:
        connection.execute(f"update jobs set state = 'queued' where {newest}", (reply,))
        connection.execute("update messages set reply_phase = 'queued' where id = ?", (reply,))


def _phase(person: Person, reply: str) -> str:
    return next(str(m["llm"]["phase"]) for m in person.history() if m["id"] == reply)


def test_a_refused_question_can_be_sent_again_under_its_key(ada: Person) -> None:
    for number in range(ASKS):
        assert ada.send(f"@echo {number}")["ok"]
    key = new_key()
    _assert_too_fast(ada.send("@echo once more", client_id=key)["error"])
    plain = ada.send("without a model then", client_id=key)
    assert plain["ok"] and plain["message"]["content"] == "without a model then"


def test_every_way_of_sending_counts_against_the_same_limit(ada: Person, mira: Person) -> None:
    for number in range(MESSAGES // 2):
        assert ada.send(f"{number}")["ok"]
        assert _post(ada, f"{number} again").status_code == 201
    before = ada.history()
    _assert_too_fast(ada.send("one too many")["error"])
    _assert_too_fast(ada.call("llm_request", {"content": "x", "model": "echo", "room": "general"})["error"])
    _assert_429(_post(ada, "one too many"))
    assert ada.history() == before
    assert mira.send("I may")["ok"]
    assert ada.join()["ok"] and ada.call("llm_request", {"content": "x", "model": "echo"})["ok"]


def test_every_way_of_changing_rooms_counts_against_the_same_limit(ada: Person, mira: Person) -> None:
    """With so few messages a minute that is one change."""
    created = ada.post("/api/rooms", name="den")
    assert created.status_code == 201
    room = f"/api/rooms/{created.json()['room']['id']}"
    _assert_429(ada.post("/api/rooms", name="attic"))
    _assert_429(ada.request("PATCH", room, topic="Foxes"))
    _assert_429(ada.post(f"{room}/invite", user="mira"))
    _assert_429(ada.request("PATCH", f"{room}/members/ada", role="member"))
    _assert_429(ada.request("DELETE", f"{room}/members/mira"))
    for path in (f"{room}/archive", f"{room}/mute"):
        _assert_429(ada.request("PUT", path))
        _assert_429(ada.request("DELETE", path))
    for verb in ("join", "leave"):
        _assert_429(ada.post(f"{room}/{verb}"))
    _assert_429(ada.request("DELETE", room))
    assert [shown["name"] for shown in ada.get("/api/rooms").json()["rooms"]] == ["den", "general"]
    assert mira.post("/api/rooms", name="attic").status_code == 201, "nobody else has to wait"


def test_a_name_is_changed_a_few_times_a_minute_and_no_more(ada: Person) -> None:
    answers = [ada.request("PATCH", "/api/auth/me", display_name=f"Ada {number}") for number in range(6)]
    assert [answer.status_code for answer in answers[:5]] == [200] * 5
    _assert_429(answers[5])
    assert ada.get("/api/auth/me").json()["user"]["display_name"] == "Ada 4"


def test_where_a_model_answers_everything_the_message_is_kept_and_the_notice_says_why(ada: Person) -> None:
    room = ada.post("/api/rooms", name="talkative", reply_policy="always").json()["room"]["id"]
    for number in range(ASKS):
        assert ada.send(f"{number}", room)["notice"] is None
    answer = ada.send("no answer to this", room)
    assert answer["ok"]
    _assert_too_fast(answer["notice"])


def test_where_models_are_off_a_question_to_one_is_refused_and_not_stored(ada: Person) -> None:
    room = ada.post("/api/rooms", name="quiet", reply_policy="off").json()["room"]["id"]
    refused = ada.call("llm_request", {"content": "anybody there?", "room": room, "model": "echo"})
    assert refused["error"]["code"] == "invalid_input"
    assert ada.history(room) == []


def test_a_person_has_at_most_fifty_sockets_and_nobody_else_fewer(ada: Person, mira: Person) -> None:
    sockets = [RawSocket(ada.url, cookies_of(ada)) for _ in range(60)]
    try:
        answers = [raw.sign_in() for raw in sockets]
        assert [answer[:2] for answer in answers] == ["40"] * (SOCKETS - 1) + ["44"] * (61 - SOCKETS)
        assert '"too_fast"' in answers[-1] and '"retry_after":10' in answers[-1]
        assert mira.send("I am still here")["ok"]
        assert sockets[0].wait(lambda frame: "I am still here" in frame)
    finally:
        for raw in sockets:
            raw.__exit__()
    _until_free(ada)


def _until_free(person: Person) -> None:
    """The places of sockets that went are free again."""
    for _ in range(100):
        with RawSocket(person.url, cookies_of(person)) as raw:
            if raw.sign_in().startswith("40"):
                return
    raise AssertionError("still too many connections")


def test_two_hundred_sockets_that_come_and_go_disturb_nobody(
    server: RunningServer, newcomer: Callable[[], Person]
) -> None:
    stormy, mira = newcomer(), newcomer()
    mira.join()
    for _ in range(4):
        sockets = [RawSocket(stormy.url, cookies_of(stormy)) for _ in range(50)]
        for raw in sockets:
            raw.send("40")
        assert mira.send("in the storm")["ok"]
        for raw in sockets:
            raw.__exit__()
    assert mira.send("after the storm")["ok"]
    assert stormy.join()["ok"]
    _until_free(stormy)
    assert "Traceback" not in server.log()


def test_somebody_who_does_not_listen_holds_nobody_up(server: RunningServer, newcomer: Callable[[], Person]) -> None:
    """A socket that is never read from, signed out at the end: neither sending to it nor cutting it may wait."""
    deaf, ada, mira = newcomer(), newcomer(), newcomer()
    room = ada.post("/api/rooms", name=f"r {new_key()}", members=[deaf.username, mira.username]).json()["room"]["id"]
    with RawSocket(deaf.url, cookies_of(deaf), buffer_bytes=4096) as raw:
        raw.sign_in()
        for number in range(120):
            assert ada.send(f"{number} " + "x" * 15_000, room)["ok"]
        last = ada.send("the last one", room)["message"]["id"]
        mira.wait_for("message", lambda m: m["id"] == last)
        assert deaf.post("/api/auth/logout").status_code == 204
        after = ada.send("and one after it", room)["message"]["id"]
        mira.wait_for("message", lambda m: m["id"] == after)
    assert "Traceback" not in server.log()


def test_an_address_may_ask_for_anything_only_so_often(tmp_path: Path) -> None:
    with RunningServer(tmp_path, LLM_SCRIPTED="on", **LIMITS | {"REQUEST_RATE_LIMIT": "5"}) as running:
        paths = ("/api/llm/status", "/v1/models", "/api/rooms", "/api/nowhere", "/api/llm/models", "/v1/models")
        answers = [requests.get(f"{running.url}{path}", timeout=5) for path in paths]
        assert [answer.status_code for answer in answers] == [401, 401, 401, 404, 401, 429]
        assert answers[-1].json()["error"]["code"] == "rate_limit_exceeded" and "from your address" in answers[-1].text
        assert requests.get(f"{running.url}/healthz", timeout=5).ok
