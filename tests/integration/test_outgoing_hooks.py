"""A room posts to a program on loopback: signed, in order, again after a failure and after a crash of the server."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.fakes.receiver import Receiver
from tests.fakes.serving import Seen
from tests.people import Person
from tests.running_server import LIMITS, RunningServer


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


def _server(tmp_path: Path, receiver: Receiver) -> RunningServer:
    hosts = urlsplit(receiver.url).netloc
    return RunningServer(tmp_path, LLM_SCRIPTED="on", WEBHOOK_HOSTS=hosts, **LIMITS)


def _key(owner: Person, url: str) -> bytes:
    answer = owner.post("/api/rooms/general/outgoing-hooks", name="Builds", url=url)
    assert answer.status_code == 201, answer.text
    return base64.b64decode(answer.json()["key"].removeprefix("whsec_"))


def _texts(receiver: Receiver) -> list[str]:
    return [seen.body["message"]["content"] for seen in list(receiver.seen)]


def _is_signed(seen: Seen, key: bytes) -> bool:
    """As a program verifies it that knows Standard Webhooks, and nothing of ours."""
    body = json.dumps(seen.body, separators=(",", ":"), ensure_ascii=False).encode()
    signed = f"{seen.headers['webhook-id']}.{seen.headers['webhook-timestamp']}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return hmac.compare_digest(wanted, seen.headers["webhook-signature"])


def test_messages_and_finished_replies_are_posted_signed_and_in_order(tmp_path: Path, receiver: Receiver) -> None:
    with _server(tmp_path, receiver) as server:
        ada = Person(server.url, "ada").register().connect()
        key = _key(ada, f"{receiver.url}/hook")
        ada.send("first")
        question = ada.send("@echo second, mit Ümläut")["message"]["id"]
        reply = ada.wait_closed(ada.wait_reply(question)["id"])
        assert receiver.wait_for(lambda: len(receiver.seen) == 3, 30)
        ada.disconnect()
        log = server.log()
    assert _texts(receiver) == ["first", "@echo second, mit Ümläut", reply["content"]]
    assert [seen.body["event"] for seen in receiver.seen] == ["message", "message", "reply"]
    assert all(_is_signed(seen, key) for seen in receiver.seen)
    assert not _is_signed(receiver.seen[0], b"another key")
    assert all(abs(time.time() - int(seen.headers["webhook-timestamp"])) < 60 for seen in receiver.seen)
    assert base64.b64encode(key).decode() not in log and receiver.seen[0].headers["webhook-signature"] not in log


def test_what_was_not_taken_comes_again_also_after_a_crash(tmp_path: Path, receiver: Receiver) -> None:
    with _server(tmp_path, receiver) as server:
        ada = Person(server.url, "ada").register().connect()
        _key(ada, receiver.url)
        receiver.status = 500
        ada.send("first"), ada.send("second")
        assert receiver.wait_for(lambda: len(receiver.seen) >= 1, 30)
        ada.disconnect()
        server.kill()
        receiver.status = 204
        server.start()
        assert receiver.wait_for(lambda: len(receiver.seen) >= 3, 90)
    ids = [seen.headers["webhook-id"] for seen in receiver.seen]
    assert _texts(receiver) == ["first", "first", "second"] and ids[0] == ids[1]


def test_an_address_that_the_settings_leave_out_is_refused_in_words(tmp_path: Path, receiver: Receiver) -> None:
    with _server(tmp_path, receiver) as server:
        ada = Person(server.url, "ada").register()
        for url in ("http://169.254.169.254/latest", "http://127.0.0.1:1/", "http://localhost/", server.url):
            answer = ada.post("/api/rooms/general/outgoing-hooks", name="x", url=url)
            assert answer.status_code == 403 and "WEBHOOK_HOSTS" in answer.json()["error"]["message"]
        assert ada.get("/api/rooms/general/outgoing-hooks").json() == {"hooks": [], "is_allowed": True}
