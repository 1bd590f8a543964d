"""A program posts into a room by an address, as itself and over HTTP alone."""

from collections.abc import Callable
from pathlib import Path

import requests

from tests.people import Person
from tests.running_server import LIMITS, RunningServer

Newcomer = Callable[[], Person]


def _address(owner: Person, room: str = "general", name: str = "Build server") -> str:
    answer = owner.post(f"/api/rooms/{room}/hooks", name=name)
    assert answer.status_code == 201, answer.text
    return owner.url + str(answer.json()["path"])


def test_everybody_in_the_room_hears_what_is_posted_and_that_a_bot_did_it(server: RunningServer) -> None:
    ada = Person(server.url, "ada").register().connect()
    address = _address(ada)
    answer = requests.post(address, json={"text": "Build 7 is green, @ada", "username": "CI"}, timeout=10)
    assert answer.status_code == 201
    heard = ada.wait_for("message", lambda m: m["id"] == answer.json()["message"]["id"])
    assert (heard["author"]["kind"], heard["author"]["name"]) == ("bot", "CI")
    members = ada.get("/api/rooms/general/members").json()["members"]
    assert [member["username"] for member in members if member["is_bot"]] == ["build-server-bot"]
    general = next(room for room in ada.get("/api/rooms").json()["rooms"] if room["slug"] == "general")
    assert general["mentions"] == 1
    found = ada.get("/api/chat/search", q="green from:build-server-bot").json()["hits"]
    assert [(hit["author"]["kind"], hit["author"]["name"]) for hit in found] == [("bot", "CI")]
    ada.disconnect()


def test_no_address_stands_in_the_log(newcomer: Newcomer, server: RunningServer) -> None:
    owner = newcomer()
    address = _address(owner, owner.post("/api/rooms", name="builds").json()["room"]["id"])
    assert requests.post(address, json={"text": "green"}, timeout=10).ok
    assert requests.post(address, json={"nothing": 1}, timeout=10).status_code == 400
    assert requests.post(address + "x", json={"text": "green"}, timeout=10).status_code == 404
    assert requests.get(address, timeout=10).status_code in (404, 405)
    assert address.rsplit("/", 1)[1] not in server.log() and "/api/hooks/…" in server.log()


def test_a_program_gone_wild_is_slowed_down(tmp_path: Path) -> None:
    with RunningServer(tmp_path, LLM_SCRIPTED="on", **{**LIMITS, "MESSAGE_RATE_LIMIT": "30"}) as server:
        owner = Person(server.url, "ada").register()
        first, second = _address(owner), _address(owner, name="Another")
        codes = [requests.post(first, json={"text": str(n)}, timeout=10).status_code for n in range(4)]
        assert codes == [201, 201, 201, 429]
        assert requests.post(second, json={"text": "mine"}, timeout=10).status_code == 201
