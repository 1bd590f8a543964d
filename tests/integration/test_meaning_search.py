"""Searching by meaning over HTTP: with the built-in model as it is, and with one on a backend."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import Person, new_key
from tests.running_server import LIMITS, RunningServer

SOON = 60.0  # seconds, on a machine that has much else to do


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with RunningServer(tmp_path_factory.mktemp("data"), EMBEDDING_MODEL="embedded", **LIMITS) as running:
        yield running


def _person(server: RunningServer) -> Person:
    return Person(server.url, f"p{new_key()[:12]}").register().connect()


@pytest.fixture
def ada(server: RunningServer) -> Iterator[Person]:
    person = _person(server)
    yield person
    person.disconnect()


def _search(person: Person, q: str, mode: str, **more: Any) -> dict[str, Any]:
    asked = {"q": q, "mode": mode, **more}
    answer = person.http.get(f"{person.url}/api/chat/search", params=asked, timeout=30)
    found: dict[str, Any] = answer.json()
    return found


def _wait_read(person: Person) -> dict[str, Any]:
    """How far the messages of the person's rooms are read, when that is as far as it can be."""
    return _wait(lambda: _search(person, "anything", "text")["meaning"], lambda state: state["state"] == "ready")


def _wait(look: Callable[[], dict[str, Any]], is_it: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    until = time.monotonic() + SOON
    while not is_it(seen := look()):
        assert time.monotonic() < until, seen
        time.sleep(0.2)
    return seen


def test_what_was_said_is_soon_found_by_what_it_means(ada: Person) -> None:
    room = ada.post("/api/rooms", name=f"r {new_key()}", kind="private").json()["room"]["id"]
    said = ada.send("The certificate of the web site expires on Friday.", room)["message"]
    other = ada.send("The plants need water.", room)["message"]
    found = _wait(
        lambda: _search(ada, "SSL runs out", "semantic", room=room),
        lambda answer: [hit["id"] for hit in answer["hits"]][:1] == [said["id"]],
    )
    assert (found["mode"], found["next"], found["hits"][0]["why"]) == ("semantic", None, "meaning")
    both = _search(ada, "certificate", "hybrid", room=room)
    assert both["hits"][0]["id"] == said["id"] and both["hits"][0]["why"] in ("both", "text")
    ada.call("delete_message", {"message": said["id"]})
    assert said["id"] not in str(_search(ada, "SSL runs out", "semantic", room=room)["hits"])
    assert _search(ada, "flowers are dry", "hybrid", room=room)["hits"][0]["id"] == other["id"]


def test_a_stranger_finds_nothing_by_meaning_and_learns_no_number(server: RunningServer, ada: Person) -> None:
    room = ada.post("/api/rooms", name=f"r {new_key()}", kind="private").json()["room"]["id"]
    for number in range(5):
        ada.send(f"My bicycle number {number} was stolen from the yard.", room)
    _wait_read(ada)
    eve = Person(server.url, f"p{new_key()[:12]}").register()
    for mode in ("text", "semantic", "hybrid"):
        answer = _search(eve, "theft of a bike", mode)
        assert "bicycle" not in str(answer)
        before = answer["meaning"]["total"]
        error = _search(eve, "theft of a bike", mode, room=room)["error"]
        assert error["code"] == "not_found"
        ada.send("My other bicycle was stolen, too.", room)
        assert _search(eve, "theft of a bike", mode)["meaning"]["total"] == before


def test_reading_goes_on_after_a_crash(tmp_path_factory: pytest.TempPathFactory) -> None:
    with RunningServer(tmp_path_factory.mktemp("data"), EMBEDDING_MODEL="embedded", **LIMITS) as server:
        ada = _person(server)
        for number in range(40):
            ada.send(f"message number {number} about something")
        _wait(lambda: _search(ada, "message", "text")["meaning"], lambda state: state["done"] > 2)
        ada.disconnect()
        server.kill()
        server.start()
        ada.connect()
        said = ada.send("The certificate of the web site expires on Friday.")["message"]
        state = _wait_read(ada)
        assert state["done"] == state["total"] >= 41
        assert _search(ada, "SSL runs out", "semantic")["hits"][0]["id"] == said["id"]
        assert len(_search(ada, "message number 7", "semantic", limit=50)["hits"]) >= 40
        ada.disconnect()


def test_a_model_on_a_backend_reads_with_the_prefixes_that_it_was_trained_with(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with FakeOllama(OllamaBehaviour(models={"nomic-embed-text:latest": {"size": 1}})) as ollama:
        settings = {"OLLAMA_BASE_URL": ollama.url, "EMBEDDING_MODEL": "nomic-embed-text", **LIMITS}
        with RunningServer(tmp_path_factory.mktemp("data"), **settings) as server:
            ada = _person(server)
            ada.send("the walrus sleeps")
            _wait_read(ada)
            assert _search(ada, "sea animals", "semantic")["mode"] == "semantic"
            asked = [text for seen in ollama.seen if seen.path == "/api/embed" for text in seen.body["input"]]
            assert "search_document: the walrus sleeps" in asked and "search_query: sea animals" in asked
            ollama.behaviour.fault = "hang"
            found = _search(ada, "walrus", "hybrid")
            assert found["mode"] == "text" and len(found["hits"]) == 1
            assert found["meaning"]["state"] == "away" and found["meaning"]["problem"]
            ada.disconnect()


def test_a_model_that_hangs_does_not_hold_a_search_and_is_replaced(server: RunningServer, ada: Person) -> None:
    said = ada.send("The walrus sleeps.")["message"]
    _wait_read(ada)
    hung = _embedder(server)
    os.kill(hung, signal.SIGSTOP)
    found = _search(ada, "walrus", "hybrid")
    assert found["mode"] == "text" and found["hits"][0]["id"] == said["id"]
    assert found["meaning"]["state"] == "away" and "did not answer in time" in found["meaning"]["problem"]
    found = _wait(lambda: _search(ada, "sea animals", "semantic"), lambda answer: answer["mode"] == "semantic")
    assert said["id"] in [hit["id"] for hit in found["hits"]]
    assert _embedder(server) != hung


def _embedder(server: RunningServer) -> int:
    """The process that makes the embeddings; there is one."""
    found = subprocess.run(
        ["pgrep", "-P", str(server.process.pid), "-f", "e5_server"], capture_output=True, text=True, check=True
    )
    (pid,) = found.stdout.split()
    return int(pid)
