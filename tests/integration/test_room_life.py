"""What people hear when a room is changed, handed on, muted, marked as unread, hidden or deleted: over real sockets."""

from collections.abc import Callable
from typing import Any

from tests.people import Person, new_key

Newcomer = Callable[[], Person]
OpenTab = Callable[[Person], Person]


def _room(owner: Person, *members: Person, kind: str = "private") -> dict[str, Any]:
    names = [member.username for member in members]
    made = owner.post("/api/rooms", name=f"r {new_key()}", kind=kind, members=names)
    return dict(made.json()["room"])


def _rooms(person: Person) -> dict[str, dict[str, Any]]:
    return {room["id"]: room for room in person.get("/api/rooms").json()["rooms"]}


def _gone(person: Person, room: str) -> dict[str, Any]:
    return person.wait_for("room_gone", lambda e: e["room"] == room)


def test_who_is_taken_out_hears_who_did_it_and_nothing_more(newcomer: Newcomer) -> None:
    ada, mira = newcomer(), newcomer()
    room = _room(ada, mira)
    mira.join(room["id"])
    assert ada.request("DELETE", f"/api/rooms/{room['id']}/members/{mira.username}").ok
    gone = _gone(mira, room["id"])
    assert (gone["name"], gone["reason"], gone["by"]["username"]) == (room["name"], "removed", ada.username)
    ada.wait_for("member_left", lambda e: e["room"] == room["id"])
    assert not ada.seen("room_gone")
    ada.send("without her", room["id"])
    mira.call("set_presence", {"status": "online"})  # whatever was said before would have come by now
    assert room["id"] not in _rooms(mira)
    assert not [m for m in mira.seen("message") if m["room"] == room["id"]]


def test_a_public_room_that_becomes_private_is_gone_for_those_outside(newcomer: Newcomer) -> None:
    ada, mira, eve = newcomer(), newcomer(), newcomer()
    room = _room(ada, mira, kind="public")
    eve.wait_for("room_updated", lambda e: e["room"]["id"] == room["id"])
    answer = ada.request("PATCH", f"/api/rooms/{room['id']}", kind="private")
    assert answer.json()["room"]["kind"] == "private"
    assert _gone(eve, room["id"])["reason"] == "hidden"
    mira.wait_for("room_updated", lambda e: (e["room"]["id"], e["room"]["kind"]) == (room["id"], "private"))
    assert not mira.seen("room_gone") and not ada.seen("room_gone")


def test_a_new_owner_and_everybody_else_hears_it(newcomer: Newcomer) -> None:
    ada, mira, noor = newcomer(), newcomer(), newcomer()
    room = _room(ada, mira, noor)["id"]
    assert ada.post(f"/api/rooms/{room}/leave").json()["error"]["code"] == "conflict"
    changed = ada.request("PATCH", f"/api/rooms/{room}/members/{mira.username}", role="owner")
    assert changed.status_code == 204
    for person in (ada, mira, noor):
        told = person.wait_for("member_updated", lambda e: e["room"] == room)["member"]
        assert (told["username"], told["role"]) == (mira.username, "owner")
    mira.wait_for("room_updated", lambda e: (e["room"]["id"], e["room"]["role"]) == (room, "owner"))
    assert ada.post(f"/api/rooms/{room}/leave").ok


def test_muting_and_marking_as_unread_agree_on_all_own_tabs(newcomer: Newcomer, open_tab: OpenTab) -> None:
    ada, mira = newcomer(), newcomer()
    phone = open_tab(mira)
    room = _room(ada, mira)["id"]
    for text in ("one", "two"):
        ada.send(text, room)
    assert mira.call("mark_read", {"room": room, "seq": 2}) == {"ok": True}
    assert phone.call("mark_unread", {"room": room, "seq": 2}) == {"ok": True}
    assert mira.request("PUT", f"/api/rooms/{room}/mute").status_code == 204
    for tab in (mira, phone):
        seen = tab.wait_for("room_updated", lambda e: e["room"]["id"] == room and e["room"]["is_muted"])["room"]
        assert (seen["unread"], seen["last_read_seq"]) == (1, 1)
    assert not [e for e in ada.seen("room_updated") if e["room"]["is_muted"]]
    assert [message["status"] for message in ada.history(room)] == ["read", "read"]


def test_a_deleted_room_is_left_by_every_page_and_nothing_of_it_is_read_again(newcomer: Newcomer) -> None:
    ada, mira, eve = newcomer(), newcomer(), newcomer()
    room = _room(ada, mira, kind="public")
    question = mira.send("@echo hello", room["id"])["message"]
    mira.wait_closed(mira.wait_reply(question["id"])["id"])
    refused = mira.request("DELETE", f"/api/rooms/{room['id']}")
    assert refused.status_code == 403
    assert ada.request("DELETE", f"/api/rooms/{room['id']}").status_code == 204
    for person in (ada, mira, eve):
        gone = _gone(person, room["id"])
        assert (gone["reason"], gone["by"]["username"]) == ("deleted", ada.username)
        assert room["id"] not in _rooms(person)
        assert person.send("hello?", room["id"])["error"]["code"] == "not_found"
    assert mira.get(f"/api/chat/message/{question['id']}").status_code == 404
    assert ada.post("/api/rooms", name=room["name"]).json()["room"]["slug"] == room["slug"]


def test_an_archived_room_is_read_and_caught_up_with(newcomer: Newcomer) -> None:
    ada, mira = newcomer(), newcomer()
    room = _room(ada, mira)["id"]
    said = ada.send("the last word", room)["message"]
    assert ada.request("PUT", f"/api/rooms/{room}/archive").json()["room"]["is_archived"]
    mira.wait_for("room_updated", lambda e: e["room"]["id"] == room and e["room"]["is_archived"])
    for event, payload in (
        ("send_message", {"room": room, "content": "no, mine", "client_id": new_key()}),
        ("react", {"message": said["id"], "emoji": "👍"}),
        ("typing", {"room": room, "is_typing": True}),
        ("llm_request", {"room": room, "content": "@echo hello"}),
    ):
        assert mira.call(event, payload)["error"]["code"] == "not_allowed"
    assert [message["content"] for message in mira.join(room)["messages"]] == ["the last word"]
    assert mira.call("mark_read", {"room": room, "seq": 1}) == {"ok": True}
    assert not ada.request("DELETE", f"/api/rooms/{room}/archive").json()["room"]["is_archived"]
    assert mira.send("good to be back", room)["ok"]


def test_whoever_connects_learns_who_of_their_partners_is_here(newcomer: Newcomer, open_tab: OpenTab) -> None:
    ada, mira, noor = newcomer(), newcomer(), newcomer()
    for other in (mira, noor):
        _room(ada, other, kind="direct")
    noor.disconnect()
    setup = open_tab(ada).wait_for("setup")
    partners = {room["partner"]["username"]: room["partner"]["id"] for room in setup["rooms"] if room["partner"]}
    assert set(partners) == {mira.username, noor.username}
    assert setup["presence"][partners[mira.username]] == "online"
    assert set(setup["presence"]) == set(partners.values())
