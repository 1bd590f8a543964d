"""The log of a real server: each line whole, and with the id that people are shown, in both forms."""

import json
from pathlib import Path

import pytest

from tests.people import Person
from tests.running_server import LIMITS, RunningServer


def _use(server: RunningServer) -> tuple[str, str]:
    """Somebody asks, and is refused twice. Gives the numbers that they are shown, over HTTP and over the socket."""
    ada = Person(server.url, "ada").register().connect()
    ada.wait_closed(ada.wait_reply(ada.send("@echo hello")["message"]["id"])["id"])
    shown = ada.get("/api/chat/history", room="nowhere").json()["error"]["request_id"]
    refused = ada.call("join_room", {"room": "nowhere"})["error"]["request_id"]
    ada.disconnect()
    return shown, refused


def test_as_json_every_line_is_an_object_with_the_id_that_people_are_shown(tmp_path: Path) -> None:
    with RunningServer(tmp_path, LLM_SCRIPTED="on", LOG_FORMAT="json", **LIMITS) as server:
        by_http, by_socket = _use(server)
    lines = [line for line in server.log().splitlines() if line.startswith("{")]
    said = [json.loads(line) for line in lines]
    assert all({"time", "level", "logger", "message"} <= line.keys() for line in said)
    about = [line for line in said if line.get("id") == by_http]
    assert [line.get("code") for line in about] == ["not_found", None] and about[1]["status"] == 404
    assert about[1]["path"] == "/api/chat/history" and about[1]["ms"] >= 0
    (refused,) = [line for line in said if line.get("id") == by_socket]
    assert (refused["event"], refused["code"]) == ("join_room", "not_found")
    (ended,) = [line for line in said if line.get("phase")]
    assert ended["phase"] == "done" and ended["backend"] == "scripted" and len(ended["id"]) == 26
    assert "hello" not in server.log()


def test_as_text_the_id_stands_before_what_is_said(tmp_path: Path) -> None:
    with RunningServer(tmp_path, LLM_SCRIPTED="on", **LIMITS) as server:
        by_http, by_socket = _use(server)
    log = server.log()
    assert f" {by_http} refused: not_found\n" in log and f" {by_http} GET /api/chat/history 404 " in log
    assert f" {by_socket} join_room refused: not_found\n" in log
    assert " the job ended as done after " in log


@pytest.mark.parametrize("mode", ["eventlet", "gevent", "threading"])
def test_ids_of_requests_at_the_same_time_are_not_mixed_up(tmp_path: Path, mode: str) -> None:
    settings = {**LIMITS, "ASYNC_MODE": mode, "LLM_SCRIPTED": "on", "LOG_FORMAT": "json"}
    with RunningServer(tmp_path, **settings) as server:
        ada = Person(server.url, "ada").register()
        for _ in range(20):
            ada.get("/api/rooms")
            assert ada.post("/api/llm/generate", prompt="one two").ok
    said = [json.loads(line) for line in server.log().splitlines() if line.startswith("{")]
    ids = [line["id"] for line in said if line.get("path")]
    assert len(ids) == len(set(ids)) == 41
