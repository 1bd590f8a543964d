"""Whoever was away gets every change of old messages with the next join, also after the server was started again."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.people import Person, new_key
from tests.running_server import LIMITS, RunningServer

FIELDS = ("content", "edited_at", "deleted_at", "reactions", "pinned_at", "pinned_by")


@pytest.fixture
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with RunningServer(tmp_path_factory.mktemp("data"), **LIMITS) as running:
        yield running


def _changed(answer: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """By seq, what can change of each message in the answer to a join."""
    assert answer["ok"] and not answer["has_gap"]
    return {m["seq"]: {name: m[name] for name in FIELDS if m[name]} for m in answer["messages"]}


def _change_all(ada: Person, mira: Person, said: list[str]) -> None:
    """One change of each kind, to the first four messages."""
    calls: tuple[tuple[Person, str, dict[str, Any]], ...] = (
        (ada, "edit_message", {"message": said[0], "content": "edited"}),
        (ada, "delete_message", {"message": said[1]}),
        (mira, "react", {"message": said[2], "emoji": "👍"}),
        (mira, "pin_message", {"message": said[3], "is_pinned": True}),
    )
    for person, event, payload in calls:
        assert person.call(event, payload)["ok"]


def test_every_kind_of_change_is_caught_up(own_server: RunningServer) -> None:
    ada, mira = (Person(own_server.url, name).register().connect() for name in ("ada", "mira"))
    room = ada.post("/api/rooms", name="den", members=["mira"]).json()["room"]["id"]
    said = [ada.send(f"text {number}", room)["message"]["id"] for number in range(1, 6)]
    known = ada.join(room)["rev"]
    _change_all(ada, mira, said)
    mira_id = mira.get("/api/auth/me").json()["user"]["id"]
    missed = _changed(ada.join(room, after=5, after_rev=known))
    assert list(missed) == [1, 2, 3, 4]
    assert missed[1]["content"] == "edited" and missed[1]["edited_at"]
    assert set(missed[2]) == {"deleted_at"}
    assert missed[3] == {"content": "text 3", "reactions": [{"emoji": "👍", "users": [mira_id]}]}
    assert missed[4]["pinned_by"] == mira_id

    for person in (ada, mira):
        person.disconnect()
    own_server.kill()
    own_server.start()
    ada.connect()
    again = ada.join(room, after=5, after_rev=known)
    assert _changed(again) == missed
    assert again["rev"] == known + 4 and ada.join(room, after=5, after_rev=again["rev"])["messages"] == []
    ada.disconnect()


def test_what_is_heard_live_and_what_is_caught_up_come_to_the_same(own_server: RunningServer) -> None:
    ada, mira = (Person(own_server.url, name).register().connect() for name in ("ada", "mira"))
    room = ada.post("/api/rooms", name="den", members=["mira"]).json()["room"]["id"]
    said = [ada.send(f"text {number}", room)["message"]["id"] for number in range(1, 5)]
    mira.join(room)
    _change_all(ada, mira, said)
    mira.call("react", {"message": said[2], "emoji": "👍", "is_on": False})
    mira.call("react", {"message": said[3], "emoji": "🎉"})
    mira.wait_for("reaction", lambda e: e["emoji"] == "🎉")
    live = {message["id"]: message for message in mira.seen("message") if message["room"] == room}
    for name, event in mira.events:
        if name in _APPLY:
            _APPLY[name](live, event)
    stored = {message["id"]: message for message in mira.history(room)}
    assert [_told(live[id]) for id in said] == [_told(stored[id]) for id in said]
    for person in (ada, mira):
        person.disconnect()


def _told(message: dict[str, Any]) -> dict[str, Any]:
    """Without what reading changes."""
    return {name: value for name, value in message.items() if name != "status"}


def _update(live: dict[str, dict[str, Any]], event: dict[str, Any]) -> None:
    live[event["message"]["id"]] = event["message"]


def _delete(live: dict[str, dict[str, Any]], event: dict[str, Any]) -> None:
    gone = {"content": "", "reactions": [], "pinned_at": None, "pinned_by": None}
    live[event["id"]] |= gone | {"rev": event["rev"], "deleted_at": event["deleted_at"]}


def _react(live: dict[str, dict[str, Any]], event: dict[str, Any]) -> None:
    live[event["id"]] |= {"rev": event["rev"], "reactions": event["reactions"]}


# What a client does with each event, as docs/protocol.md says.
_APPLY: dict[str, Callable[[dict[str, dict[str, Any]], dict[str, Any]], None]] = {
    "message_updated": _update,
    "message_deleted": _delete,
    "reaction": _react,
}


def test_changes_of_ten_people_at_once_have_each_their_rev(own_server: RunningServer) -> None:
    ada = Person(own_server.url, "ada").register().connect()
    people = [Person(own_server.url, f"p{new_key()[:12]}").register().connect() for _ in range(10)]
    message = ada.send("vote")["message"]
    known = ada.join()["rev"]
    for person in people:  # without waiting for the acks
        assert person.socket
        person.socket.emit("react", {"message": message["id"], "emoji": "👍"})
        person.socket.emit("react", {"message": message["id"], "emoji": ":one_more:"})
    ada.wait_for("reaction", lambda e: sum(len(r["users"]) for r in e["reactions"]) == 20)
    assert [e["rev"] for e in ada.seen("reaction")] == list(range(known + 1, known + 21))
    for person in (ada, *people):
        person.disconnect()
