"""A program with an account of its own: over HTTP and over a socket, marked as a bot, where it was brought into."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import socketio

from tests.people import Person, new_key


class Bot:
    """What an admin was given."""

    def __init__(self, admin: Person) -> None:
        made = admin.post("/api/admin/bots", name="Helper")
        assert made.status_code == 201, made.text
        self.url, self.person = admin.url, made.json()["person"]
        self.name: str = self.person["username"]
        self.key: str = made.json()["key"]
        self.events: list[tuple[str, Any]] = []
        self.socket = socketio.SimpleClient()

    def call(self, method: str, path: str, **body: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.key}"}
        return requests.request(method, self.url + path, json=body or None, headers=headers, timeout=30)

    def connect(self) -> dict[str, Any]:
        """Its `setup`."""
        self.socket.connect(self.url, auth={"token": self.key}, transports=["websocket"])
        return self.hear("setup")

    def hear(self, name: str, seconds: float = 20) -> dict[str, Any]:
        while True:
            kind, *values = self.socket.receive(timeout=seconds)
            if kind == name:
                payload: dict[str, Any] = values[0]
                return payload


@pytest.fixture
def bot(admin: Person) -> Iterator[Bot]:
    made = Bot(admin)
    yield made
    made.socket.disconnect()


def test_it_hears_and_answers_over_a_socket_where_it_was_brought_into(bot: Bot, newcomer: Callable[[], Person]) -> None:
    owner = newcomer()
    room = owner.post("/api/rooms", name=f"r {new_key()}").json()["room"]["id"]
    setup = bot.connect()
    assert setup["rooms"] == [] and setup["user"]["is_bot"] and setup["user"]["role"] == "guest"
    assert not bot.socket.call("join_room", {"room": room})["ok"]
    assert owner.post(f"/api/rooms/{room}/invite", user=bot.name).ok
    assert bot.hear("room_updated")["room"]["id"] == room
    said = owner.send("anybody there?", room)["message"]
    assert bot.hear("message")["content"] == "anybody there?"
    answer = bot.socket.call("send_message", {"room": room, "content": "I am, @x", "client_id": new_key()})
    assert answer["ok"] and answer["message"]["author"]["kind"] == "bot"
    heard = owner.wait_for("message", lambda m: m["id"] == answer["message"]["id"])
    assert (heard["author"]["kind"], heard["author"]["handle"]) == ("bot", bot.name)
    assert next(m for m in owner.history(room) if m["id"] == said["id"])["status"] == "delivered"
    assert bot.socket.call("react", {"message": said["id"], "emoji": "👍"})["ok"]
    assert owner.wait_for("reaction")["reactions"][0]["users"] == [bot.person["id"]]


def test_it_does_the_same_over_http_and_is_a_guest_there_too(bot: Bot, newcomer: Callable[[], Person]) -> None:
    owner = newcomer()
    room = owner.post("/api/rooms", name=f"r {new_key()}").json()["room"]["id"]
    post = {"room": room, "content": "hello", "client_id": new_key()}
    assert bot.call("POST", "/api/chat/message", **post).status_code == 404
    assert bot.call("POST", "/api/rooms", name="mine").status_code == 403
    assert owner.post(f"/api/rooms/{room}/invite", user=bot.name).ok
    assert bot.call("POST", "/api/chat/message", **post).json()["message"]["author"]["kind"] == "bot"
    assert [m["content"] for m in bot.call("GET", f"/api/chat/history?room={room}").json()["messages"]] == ["hello"]


def test_a_model_that_answers_everything_answers_a_bot_only_by_name(bot: Bot, newcomer: Callable[[], Person]) -> None:
    owner = newcomer()
    made = owner.post("/api/rooms", name=f"r {new_key()}", reply_policy="always", members=[bot.name])
    room = made.json()["room"]["id"]
    post = {"room": room, "client_id": new_key()}
    assert bot.call("POST", "/api/chat/message", **post, content="nobody in particular").ok
    asked = bot.call("POST", "/api/chat/message", room=room, client_id=new_key(), content="@echo hello").json()
    reply = owner.wait_reply(asked["message"]["id"])
    owner.wait_closed(reply["id"])
    assert [m["author"]["kind"] for m in owner.history(room)] == ["bot", "bot", "model"]


def test_another_key_ends_the_one_before_and_deactivating_ends_it_all(bot: Bot, admin: Person) -> None:
    bot.connect()
    before = bot.key
    bot.key = admin.post(f"/api/admin/bots/{bot.name}/keys").json()["key"]
    assert bot.hear("signed_out")["reason"] == "revoked"
    assert bot.call("GET", "/api/auth/me").ok
    old = requests.get(f"{bot.url}/api/auth/me", headers={"X-API-Key": before}, timeout=10)
    assert old.status_code == 401
    assert admin.request("PATCH", f"/api/admin/people/{bot.name}", is_active=False).ok
    assert bot.call("GET", "/api/auth/me").status_code == 401
    assert admin.post(f"/api/admin/bots/{admin.username}/keys").status_code == 409


def test_whoever_is_sent_away_takes_their_bots_with_them(admin: Person, newcomer: Callable[[], Person]) -> None:
    other = newcomer()
    assert admin.request("PATCH", f"/api/admin/people/{other.username}", role="admin").ok
    theirs = Bot(other)
    assert theirs.person["owner"] == other.username
    theirs.connect()
    assert admin.request("PATCH", f"/api/admin/people/{other.username}", is_active=False).ok
    assert theirs.hear("signed_out")["reason"] == "deactivated"
    assert theirs.call("GET", "/api/auth/me").status_code == 401
    theirs.socket.disconnect()


def test_no_password_opens_its_account(bot: Bot, admin: Person) -> None:
    assert admin.post(f"/api/admin/people/{bot.name}/password").status_code == 409
    for password in ("", bot.key, "password"):
        sent = {"username": bot.name, "password": password}
        assert requests.post(f"{bot.url}/api/auth/login", json=sent, timeout=10).status_code in (400, 401)
