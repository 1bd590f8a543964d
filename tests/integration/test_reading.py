"""What is unread, and who learns that something was read: several people with several tabs, over real sockets."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.people import Person, new_key
from tests.running_server import LIMITS, RunningServer

Newcomer = Callable[[], Person]
OpenTab = Callable[[Person], Person]


def _room(owner: Person, *members: Person) -> str:
    names = [member.username for member in members]
    made = owner.post("/api/rooms", name=f"r {new_key()}", kind="private", members=names)
    return str(made.json()["room"]["id"])


def _counts(person: Person, room: str) -> tuple[int, int, int]:
    """Unread, mentions and the own mark, as a fresh list of rooms has them."""
    found = next(r for r in person.get("/api/rooms").json()["rooms"] if r["id"] == room)
    return found["unread"], found["mentions"], found["last_read_seq"]


def _read(person: Person, room: str, seq: int) -> None:
    assert person.call("mark_read", {"room": room, "seq": seq}) == {"ok": True}


def _became_read(person: Person) -> list[str]:
    return [event["id"] for event in person.seen("message_status") if event["status"] == "read"]


def _status(messages: list[dict[str, Any]]) -> list[str]:
    return [message["status"] for message in messages]


def test_reading_in_one_tab_is_known_in_all_and_to_nobody_else(newcomer: Newcomer, open_tab: OpenTab) -> None:
    ada, mira = newcomer(), newcomer()
    phone = open_tab(mira)
    room = _room(ada, mira)
    for _ in range(3):
        last = ada.send(f"hello @{mira.username}", room)["message"]
    assert _counts(mira, room) == (3, 3, 0) and _counts(ada, room) == (0, 0, 3)
    _read(mira, room, 2)
    for tab in (mira, phone):
        tab.wait_for("room_updated", lambda e: (e["room"]["unread"], e["room"]["mentions"]) == (1, 1))
    _read(phone, room, last["seq"])
    for tab in (mira, phone):
        seen = tab.wait_for("room_updated", lambda e: e["room"]["last_read_seq"] == last["seq"])["room"]
        assert (seen["unread"], seen["mentions"]) == (0, 0)
    ada.wait_for("message_status", lambda e: e["id"] == last["id"])
    assert not [e for e in ada.seen("room_updated") if e["room"]["last_read_seq"] not in (0, 3)]


def test_whoever_posts_has_read_and_the_other_tab_hears_it_by_the_message(
    newcomer: Newcomer, open_tab: OpenTab
) -> None:
    ada, mira = newcomer(), newcomer()
    phone = open_tab(mira)
    room = _room(ada, mira)
    ada.send(f"@{mira.username} hello", room)
    answer = mira.send("hello yourself", room)["message"]
    assert phone.wait_for("message", lambda m: m["id"] == answer["id"])["author"]["handle"] == mira.username
    assert _counts(mira, room) == (0, 0, answer["seq"])
    assert _status(ada.history(room)) == ["read", "delivered"]


def test_a_message_is_read_when_somebody_else_has_read_it_whoever_looks(newcomer: Newcomer) -> None:
    ada, mira, noor = newcomer(), newcomer(), newcomer()
    room = _room(ada, mira, noor)
    first, second, third = (ada.send(text, room)["message"] for text in ("one", "two", "three"))
    assert _status([first, second, third]) == ["delivered"] * 3
    _read(ada, room, third["seq"])
    assert _status(ada.history(room)) == ["delivered"] * 3, "reading one's own message says nothing"
    _read(mira, room, second["seq"])
    for person in (ada, mira, noor):
        event = person.wait_for("message_status")
        assert event == {
            "type": "message_status",
            "room": room,
            "id": second["id"],
            "client_id": second["client_id"],
            "status": "read",
            "error": None,
        }
        joined = person.join(room)
        assert _status(joined["messages"]) == ["read", "read", "delivered"]
        assert {m["username"]: m["last_read_seq"] for m in joined["members"]} == {
            ada.username: 3,
            mira.username: 2,
            noor.username: 0,
        }
    _read(noor, room, 2)
    _read(mira, room, 1)
    _read(mira, room, third["seq"])
    ada.wait_for("message_status", lambda e: e["id"] == third["id"])
    assert _became_read(ada) == [second["id"], third["id"]], "said once, and never taken back"


def test_a_reply_of_a_model_counts_as_unread_and_is_never_marked_as_read(newcomer: Newcomer) -> None:
    ada, mira = newcomer(), newcomer()
    room = _room(ada, mira)
    question = ada.send("@echo hello", room)["message"]
    reply = ada.wait_closed(ada.wait_reply(question["id"])["id"])
    assert _counts(ada, room) == (1, 0, question["seq"]) and _counts(mira, room) == (2, 0, 0)
    _read(mira, room, reply["seq"])
    ada.wait_for("message_status", lambda e: e["id"] == question["id"])
    assert _status(ada.history(room)) == ["read", "delivered"]


def test_reading_outlives_a_restart(tmp_path: Path) -> None:
    with RunningServer(tmp_path, LLM_SCRIPTED="on", **LIMITS) as server:
        ada, mira = (Person(server.url, name).register().connect() for name in ("ada", "mira"))
        room = _room(ada, mira)
        for text in ("one", "two"):
            ada.send(text, room)
        _read(mira, room, 1)
        server.stop()
        server.start()
        for person in (ada, mira):
            person.disconnect()
            person.connect()
        assert _counts(mira, room) == (1, 0, 1)
        assert _status(ada.join(room)["messages"]) == ["read", "delivered"]
        _read(mira, room, 2)
        assert ada.wait_for("message_status", lambda e: e["id"] == ada.history(room)[1]["id"])
        for person in (ada, mira):
            person.disconnect()
