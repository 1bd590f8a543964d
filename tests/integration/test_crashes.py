"""What survives a kill -9, and how the server stops when it is asked to."""

import signal
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import socketio.exceptions

from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import Person, new_key
from tests.running_server import LIMITS, RunningServer

PEOPLE, EACH, KILL_AFTER = 5, 100, 200
LONG_TEXT = " ".join(f"word{number}" for number in range(2000))


@pytest.fixture
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama(OllamaBehaviour(text=LONG_TEXT, token_seconds=0.005)) as fake:
        yield fake


@pytest.fixture
def server(tmp_path: Path, ollama: FakeOllama) -> Iterator[RunningServer]:
    with RunningServer(tmp_path, OLLAMA_BASE_URL=ollama.url, **LIMITS) as running:
        yield running


def _come(server: RunningServer, name: str) -> Person:
    person = Person(server.url, name).register().connect()
    person.join()
    return person


def _ask(person: Person, text: str = "@llama3 tell me everything") -> str:
    """Asks, waits until text is arriving, and gives the reply's id."""
    question = person.send(text)["message"]
    reply = person.wait_reply(question["id"])
    person.wait_for("llm_chunk", lambda c: c["reply_id"] == reply["id"])
    return str(reply["id"])


def test_kill_9_in_500_sends_and_a_streaming_reply_loses_nothing_acknowledged(server: RunningServer) -> None:
    people = [_come(server, f"person{number}") for number in range(PEOPLE)]
    for person in people:
        person.patience = 3
    reply_id = _ask(people[0])
    _wait_stored(people[0], reply_id)
    acknowledged: dict[str, dict[str, Any]] = {}
    enough = threading.Event()

    def send_all(person: Person) -> None:
        for _ in range(EACH):
            key = new_key()
            try:
                answer = person.send(f"text of {key}", client_id=key)
            except (socketio.exceptions.SocketIOError, OSError):
                return
            acknowledged[key] = answer["message"]
            if len(acknowledged) >= KILL_AFTER:
                enough.set()

    with ThreadPoolExecutor(PEOPLE) as pool:
        sending = [pool.submit(send_all, person) for person in people]
        assert enough.wait(30)
        server.kill()
        for person in people:
            person.disconnect()
        for future in sending:
            future.result()
    assert KILL_AFTER <= len(acknowledged) < PEOPLE * EACH, "killed in the middle"
    streamed = "".join(c["data"]["chunk"] for c in people[0].seen("llm_chunk") if c["reply_id"] == reply_id)

    server.start()
    stored = _whole_history(people[0])
    assert [m["seq"] for m in stored] == list(range(1, len(stored) + 1)), "no gap, no double"
    by_key = {m["client_id"]: m for m in stored}
    assert len(by_key) == len(stored)
    read = {key: {**message, "status": "read"} for key, message in acknowledged.items()}  # by the others, who posted
    assert {key: {**by_key[key], "status": "read"} for key in acknowledged} == read
    reply = next(m for m in stored if m["id"] == reply_id)
    assert reply["llm"]["phase"] == "interrupted" and reply["llm"]["finish"] == "interrupted"
    assert reply["content"] and LONG_TEXT.startswith(reply["content"])
    assert len(streamed) - len(reply["content"]) < 200 * 9, "at most the last half second, at 200 words a second"


def _wait_stored(person: Person, reply_id: str) -> None:
    """Until some of its text is in the database, which happens twice a second."""
    give_up = time.monotonic() + 20
    while not any(message["id"] == reply_id and message["content"] for message in person.history()):
        assert time.monotonic() < give_up
        time.sleep(0.05)


def _whole_history(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while page := person.history(after=found[-1]["seq"] if found else 0):
        found += page
    return found


def test_a_question_that_waited_when_the_server_died_is_answered_after_the_start(
    server: RunningServer, ollama: FakeOllama
) -> None:
    ada = _come(server, "ada")
    first = _ask(ada)
    waiting = ada.wait_reply(ada.send("@llama3 and this one?")["message"]["id"])
    ada.wait_for("llmStatus", lambda s: s["reply_id"] == waiting["id"] and s["queue_position"] == 1)
    server.kill()
    ada.disconnect()
    ollama.behaviour.text, ollama.behaviour.token_seconds = "Answered after all.", 0.0
    server.start()
    ada.connect()
    ada.join()
    found = {m["id"]: m for m in ada.history()}
    if found[waiting["id"]]["llm"]["phase"] != "done":
        ada.wait_closed(waiting["id"])
        found = {m["id"]: m for m in ada.history()}
    assert found[first]["llm"]["phase"] == "interrupted"
    assert found[waiting["id"]]["content"] == "Answered after all."
    again = ada.call("regenerate", {"message": first})
    assert again["ok"] and ada.wait_closed(first)["content"] == "Answered after all."


def test_a_question_that_waited_is_answered_though_its_backend_starts_later_than_we(
    server: RunningServer, ollama: FakeOllama
) -> None:
    """As when the whole machine was started anew."""
    ada = _come(server, "ada")
    _ask(ada)
    waiting = [ada.wait_reply(ada.send(f"@llama3 {text}")["message"]["id"])["id"] for text in ("and this", "not this")]
    for reply in waiting:
        ada.wait_for("llmStatus", lambda s, reply=reply: s["reply_id"] == reply and s["queue_position"])
    server.kill()
    ollama.stop()
    ada.disconnect()
    server.start()
    ada.connect()
    ada.join()
    assert {m["llm"]["phase"] for m in ada.history() if m["id"] in waiting} == {"queued"}
    assert ada.call("stop_reply", {"message": waiting[1]})["ok"]
    port = ollama.port
    with FakeOllama(OllamaBehaviour(text="Answered after all."), port) as later:
        assert ada.wait_closed(waiting[0])["content"] == "Answered after all."
        assert ada.wait_closed(waiting[1])["llm"]["phase"] == "interrupted"
        assert len(_questions(later)) == 1


def _questions(ollama: FakeOllama) -> list[str]:
    """What it was asked, without the loads."""
    return [chat.body["messages"][-1]["content"] for chat in ollama.chats() if chat.body["messages"]]


def _places(person: Person, replies: Iterable[str]) -> dict[str, int]:
    """Where each of them stands, as the person was told last."""
    told = [s for s in person.seen("llmStatus") if s["reply_id"] in replies and s["queue_position"]]
    return {status["reply_id"]: status["queue_position"] for status in told}


def test_questions_that_waited_when_the_server_died_keep_their_order(server: RunningServer, ollama: FakeOllama) -> None:
    people = {name: _come(server, name) for name in ("eve", "ada", "mira", "jonas")}
    _ask(people["eve"])
    waiting: dict[str, str] = {}  # by reply
    for name in ("ada", "ada", "mira", "mira", "jonas", "jonas"):
        text = f"question {len(waiting)}"
        reply = people[name].wait_reply(people[name].send(f"@llama3 {text}")["message"]["id"])["id"]
        waiting[reply] = text
        people[name].wait_for("llmStatus", lambda s, reply=reply: s["reply_id"] == reply and s["queue_position"])
    give_up = time.monotonic() + 10
    while sorted((places := _places(people["eve"], waiting)).values()) != [1, 2, 3, 4, 5, 6]:
        assert time.monotonic() < give_up, places
        time.sleep(0.05)
    before = len(_questions(ollama))
    server.kill()
    for person in people.values():
        person.disconnect()
    ollama.behaviour = OllamaBehaviour(text="Answered after all.", load_seconds=2)
    ollama.loaded.clear()
    server.start()
    assert ollama.wait_for(lambda: len(_questions(ollama)) == before + 6, 20)
    answered = _questions(ollama)[before:]
    expected = [waiting[reply] for reply in sorted(places, key=lambda reply: places[reply])]
    assert [text.rpartition("@llama3 ")[2] for text in answered] == expected
    assert expected == [f"question {number}" for number in (0, 2, 4, 1, 3, 5)], "one of each in turn"


def test_kill_9_while_a_reply_is_continued_keeps_the_old_text_and_what_came(
    server: RunningServer, ollama: FakeOllama
) -> None:
    ada = _come(server, "ada")
    reply = _ask(ada)
    assert ada.call("stop_reply", {"message": reply})["ok"]
    begun = ada.wait_closed(reply)["content"]
    ollama.behaviour.text = f" {LONG_TEXT}"
    ada.events.clear()
    assert ada.call("continue_reply", {"message": reply})["ok"]
    ada.wait_for("llm_chunk", lambda c: c["reply_id"] == reply and c["offset"] > len(begun) + 1000)
    server.kill()
    ada.disconnect()
    server.start()
    kept = next(m for m in ada.history() if m["id"] == reply)
    assert kept["llm"]["phase"] == "interrupted"
    came = kept["content"].removeprefix(begun)
    assert len(came) > 0 and f" {LONG_TEXT}".startswith(came), "neither lost nor doubled"
    ollama.behaviour = OllamaBehaviour(text=" the end.")
    ada.connect()
    ada.join()
    ada.events.clear()
    assert ada.call("continue_reply", {"message": reply})["ok"]
    assert ada.wait_closed(reply)["content"] == f"{begun}{came} the end."


def test_a_reply_that_nobody_works_on_is_closed_with_its_text(server: RunningServer, ollama: FakeOllama) -> None:
    """As if its end could not be written, or as if another process had taken it along."""
    ollama.behaviour.text = "Half of it."
    ada = _come(server, "ada")
    reply = _ask(ada)
    ada.wait_closed(reply)
    ada.events.clear()
    with closing(sqlite3.connect(server.data_dir / "roundtable.db", timeout=5)) as database, database:
        database.execute("update jobs set state = 'generating', heartbeat_at = 1")
        database.execute("update messages set reply_phase = 'generating' where id = ?", (reply,))
    closed = ada.wait_closed(reply)
    assert closed["llm"]["phase"] == closed["llm"]["finish"] == "interrupted" and closed["content"] == "Half of it."
    assert ada.call("regenerate", {"message": reply})["ok"]


def test_a_long_load_is_not_taken_for_dead(server: RunningServer, ollama: FakeOllama) -> None:
    ada = _come(server, "ada")
    ollama.loaded.clear()
    ollama.behaviour.load_seconds = 60
    reply = ada.wait_reply(ada.send("@llama3 hello")["message"]["id"])["id"]
    ada.wait_for("llmStatus", lambda s: s["reply_id"] == reply and s["phase"] == "loading")
    with closing(sqlite3.connect(server.data_dir / "roundtable.db", timeout=5)) as database:
        beats: set[int] = set()
        give_up = time.monotonic() + 20
        while len(beats) < 2:
            assert time.monotonic() < give_up, f"its heart does not beat: {beats}"
            time.sleep(0.1)
            beats |= {row[0] for row in database.execute("select heartbeat_at from jobs where state = 'loading'")}


@pytest.mark.alone
def test_streams_do_not_hold_up_the_stop(server: RunningServer, ollama: FakeOllama) -> None:
    ada = _come(server, "ada")
    ollama.loaded.clear()
    ollama.behaviour.load_seconds = 60
    with ThreadPoolExecutor(2) as pool:
        for stream in (True, False):
            pool.submit(ada.post, "/api/llm/generate", prompt=f"take your time {stream}", stream=stream)
        assert ollama.wait_for(lambda: len(ollama.chats()) >= 1)
        status, seconds = server.stop()
    assert status == 0 and seconds < 2
    assert "Traceback" not in server.log()


@pytest.mark.alone
def test_loads_and_what_is_done_to_models_do_not_hold_up_the_stop(server: RunningServer, ollama: FakeOllama) -> None:
    ada = _come(server, "ada")
    ollama.loaded.clear()
    ollama.behaviour.load_seconds = ollama.behaviour.unload_seconds = 60
    ollama.intercept = lambda exchange: exchange.seen.path == "/api/delete" and exchange.pause(60) is None
    page = {"Sec-Fetch-Site": "same-origin"}
    with ThreadPoolExecutor(4) as pool:
        load = pool.submit(ada.http.get, f"{ada.url}/api/llm/load_stream?model=llama3", headers=page, timeout=30)
        assert ollama.wait_for(lambda: ollama.loading)
        pulled = pool.submit(ada.request, "DELETE", "/api/llm/models/llama3")
        assert ollama.wait_for(lambda: any(seen.path == "/api/delete" for seen in ollama.seen))
        status, seconds = server.stop()
    assert status == 0 and seconds < 2
    assert b'"stage":"cancelled"' in load.result().content
    assert pulled.result().json()["error"]["retry_after"] > 0
    assert ollama.wait_for(lambda: not ollama.open_connections)
    assert "Traceback" not in server.log()


@pytest.mark.alone
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopping_keeps_the_text_and_takes_less_than_two_seconds(server: RunningServer, number: int) -> None:
    ada = _come(server, "ada")
    reply_id = _ask(ada)
    status, seconds = server.stop(number)
    assert status == 0 and seconds < 2
    assert server.children() == []
    assert ada.wait_for("server_restarting")["retry_after"] > 0
    closed = ada.wait_closed(reply_id)
    assert closed["llm"]["phase"] == "interrupted" and LONG_TEXT.startswith(closed["content"])
    assert "Traceback" not in server.log()
    ada.disconnect()
    server.start()
    assert next(m for m in ada.history() if m["id"] == reply_id) == closed
