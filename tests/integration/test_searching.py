"""Searching over HTTP: at once after every change, and for nobody who may not read."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.people import Person, new_key
from tests.running_server import LIMITS, RunningServer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with RunningServer(tmp_path_factory.mktemp("data"), LLM_SCRIPTED="on", **LIMITS) as running:
        yield running


@pytest.fixture
def ada(server: RunningServer) -> Iterator[Person]:
    person = Person(server.url, f"p{new_key()[:12]}").register().connect()
    yield person
    person.disconnect()


def _search(person: Person, q: str, **more: Any) -> dict[str, Any]:
    answer = person.http.get(f"{person.url}/api/chat/search", params={"q": q, **more}, timeout=30)
    found: dict[str, Any] = answer.json()
    return found


def _ids(person: Person, q: str, **more: Any) -> list[str]:
    return [hit["id"] for hit in _search(person, q, **more)["hits"]]


def test_every_change_of_a_message_shows_in_the_next_search(ada: Person) -> None:
    word = new_key()
    said = ada.send(f"the {word} of the sea")["message"]
    hit = _search(ada, word)["hits"][0]
    assert (hit["id"], hit["room"], hit["seq"], hit["author"]) == (
        said["id"],
        said["room"],
        said["seq"],
        said["author"],
    )
    assert [part["text"] for part in hit["snippet"] if part["is_match"]] == [word]
    ada.call("edit_message", {"message": said["id"], "content": f"the other{word}"})
    assert _ids(ada, word) == [] and _ids(ada, f"other{word}") == [said["id"]]
    ada.call("delete_message", {"message": said["id"]})
    assert _ids(ada, f"other{word}") == []


def test_an_answer_is_found_once_it_is_complete(ada: Person) -> None:
    word = new_key()
    question = ada.send(f"@echo {word}")["message"]
    reply = ada.wait_reply(question["id"])
    ada.wait_closed(reply["id"])
    assert _ids(ada, f"{word} from:echo") == [reply["id"]]


def test_a_stranger_finds_nothing_of_what_was_said_in_rooms_they_are_not_in(server: RunningServer, ada: Person) -> None:
    word = new_key()
    eve = Person(server.url, f"p{new_key()[:12]}").register()
    for kind in ("private", "public"):
        room = ada.post("/api/rooms", name=f"r {new_key()}", kind=kind).json()["room"]["id"]
        ada.send(word, room)
    assert len(_ids(ada, word)) == 2
    for q in (word, f"{word[:6]}*", f"from:{ada.username}", f"from:{ada.username} -nothing", "after:2000-01-01"):
        answer = _search(eve, q)
        assert all(hit["author"]["handle"] != ada.username for hit in answer["hits"]), answer


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"q": ""}, "q"),
        ({"q": "has:cake"}, "q"),
        ({"q": "word", "mode": "magic"}, "mode"),
        ({"q": "word", "limit": 0}, "limit"),
        ({"q": "word", "limit": 51}, "limit"),
        ({"q": "word", "limit": "many"}, "limit"),
    ],
)
def test_what_makes_no_sense_is_refused_and_the_field_named(ada: Person, asked: dict[str, Any], field: str) -> None:
    error = _search(ada, **asked)["error"]
    assert (error["code"], error["field"]) == ("invalid_input", field)


def test_whoever_searches_too_often_is_told_when_to_come_back(tmp_path_factory: pytest.TempPathFactory) -> None:
    limits = {**LIMITS, "MESSAGE_RATE_LIMIT": "10"}
    with RunningServer(tmp_path_factory.mktemp("data"), **limits) as server:
        ada = Person(server.url, "ada").register()
        for _ in range(2):
            assert _ids(ada, "word") == []
        error = _search(ada, "word")["error"]
        assert error["code"] == "too_fast" and error["retry_after"] > 0
