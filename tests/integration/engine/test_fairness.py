"""One person queues fifty questions, another asks once: nobody waits for more than the answer that is being written.

`-s` prints after how many other answers the second person's came.
"""

import json
import threading
from collections.abc import Callable, Iterator

import pytest
import requests

from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.fakes.serving import Exchange
from tests.fakes.speech import stage_of
from tests.people import Person, new_key
from tests.running_server import LIMITS, RunningServer

QUEUED = 50
Newcomer = Callable[[], Person]


class Gate:
    """Lets the backend give one answer at a time, when the test says so."""

    def __init__(self, ollama: FakeOllama) -> None:
        self._ollama, self._permits = ollama, threading.Semaphore(0)
        self._before = len(self.asked())
        ollama.intercept = self._hold

    def asked(self) -> list[str]:
        """The questions that have reached the backend, in their order."""
        return [seen.body["messages"][-1]["content"] for seen in self._ollama.chats() if seen.body["messages"]]

    def since(self) -> list[str]:
        return self.asked()[self._before :]

    def wait_for(self, count: int) -> None:
        assert self._ollama.wait_for(lambda: len(self.since()) >= count, 20), self.since()

    def open(self, count: int) -> None:
        self._permits.release(count)

    def _hold(self, exchange: Exchange) -> bool:
        if stage_of("ollama", exchange.seen) == "answer":
            assert self._permits.acquire(timeout=30)
        return False


@pytest.fixture(scope="module")
def server(ollama: FakeOllama, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    ollama.behaviour = OllamaBehaviour(text="It is your turn.")
    ollama.loaded.add("llama3:latest")
    with RunningServer(tmp_path_factory.mktemp("data"), OLLAMA_BASE_URL=ollama.url, **LIMITS) as running:
        yield running


@pytest.fixture
def gate(ollama: FakeOllama) -> Iterator[Gate]:
    made = Gate(ollama)
    yield made
    made.open(1000)


@pytest.mark.parametrize("where", ["the same room", "another room"])
def test_in_rooms(newcomer: Newcomer, gate: Gate, where: str) -> None:
    ada, mira = newcomer(), newcomer()
    room = ada.post("/api/rooms", name=new_key()[:8]).json()["room"]["id"]
    hers = room if where == "the same room" else mira.post("/api/rooms", name=new_key()[:8]).json()["room"]["id"]
    ada.request("PUT", f"/api/rooms/{room}/memory", is_on=False)  # or the backend is asked to write that, too
    ada.join(room)
    mira.join(hers)
    for number in range(QUEUED):
        ada.send(f"@llama3 ada {number}", room)
    gate.wait_for(1)
    ada.wait_for("llmStatus", lambda s: s["queue_position"] == QUEUED - 1)
    reply = mira.wait_reply(mira.send("@llama3 mira", hers)["message"]["id"])
    mira.wait_for("llmStatus", lambda s: s["reply_id"] == reply["id"] and s["queue_position"] == 1)
    gate.open(2)
    assert mira.wait_closed(reply["id"])["content"] == "It is your turn."
    gate.wait_for(2)
    waited = _place_of_mira(gate)
    print(f"\n{where}: {QUEUED} queued by one, the other came after {waited}")
    assert waited <= 1
    gate.open(QUEUED)
    ada.wait_for("llmStatus", lambda s: s["room"] is None and s["status"] == "")


def test_over_the_api(newcomer: Newcomer, gate: Gate) -> None:
    ada, mira = newcomer(), newcomer()
    mark = new_key()
    asking = [
        threading.Thread(target=ada.post, args=("/v1/chat/completions",), kwargs=_body(f"ada {mark} {number}"))
        for number in range(QUEUED)
    ]
    for thread in asking:
        thread.start()
    gate.wait_for(1)
    _wait_until_queued(ada, f"ada {mark} last", QUEUED)
    body = {**_body(f"mira {mark}"), "stream": True}
    with mira.http.post(f"{mira.url}/v1/chat/completions", json=body, stream=True, timeout=30) as answer:
        lines = answer.iter_lines()
        assert next(place for line in lines if (place := _place(line))) == 1
        gate.open(2)
        assert any(b"[DONE]" in line for line in lines)
    waited = _place_of_mira(gate)
    print(f"\nover the API: {QUEUED} queued by one, the other came after {waited}")
    assert waited <= 1
    gate.open(QUEUED)
    for thread in asking:
        thread.join(30)


def _body(text: str) -> dict[str, object]:
    return {"model": "llama3", "messages": [{"role": "user", "content": text}]}


def _place(line: bytes) -> int | None:
    told = json.loads(line[6:]) if line.startswith(b"data: {") else {}
    return told.get("queue_position")


def _wait_until_queued(person: Person, text: str, place: int) -> None:
    """Asks once more and leaves again, until that would be the place in line: then all others stand there."""
    for _ in range(200):
        body = {**_body(f"{text} {new_key()}"), "stream": True}
        answer: requests.Response
        with person.http.post(f"{person.url}/v1/chat/completions", json=body, stream=True, timeout=30) as answer:
            if next(found for line in answer.iter_lines() if (found := _place(line))) >= place:
                return
    raise AssertionError("they do not queue")


def _place_of_mira(gate: Gate) -> int:
    """How many answers were begun after her question's and before hers: the one that ran, and others."""
    return next(place for place, text in enumerate(gate.since()) if "mira" in text)
