"""What a socket hears ends where its person's rights end: in rooms one is not in, after leaving, after signing out."""

import json
import time
from collections.abc import Callable

import pytest

from tests.people import PASSWORD, Person, new_key
from tests.raw_socket import RawSocket, cookies_of
from tests.running_server import RunningServer

Newcomer = Callable[[], Person]
SECRET = "the treasure is under the oak"


def _private_room(owner: Person, *members: Person) -> str:
    names = [member.username for member in members]
    made = owner.post("/api/rooms", name=f"hidden {new_key()}", kind="private", members=names)
    return str(made.json()["room"]["id"])


def _everything_happens(owner: Person, room: str, newcomer: Newcomer) -> list[str]:
    """Typing, messages, a reply, its repetition, people coming and going; the ids that nobody else may hear."""
    owner.join(room)
    owner.call("typing", {"room": room, "is_typing": True})
    question = owner.send(f"@echo {SECRET}", room)["message"]
    reply = owner.wait_reply(question["id"])
    owner.wait_closed(reply["id"])
    assert owner.call("regenerate", {"message": reply["id"]})["ok"]
    owner.wait_for("llmStatus", lambda s: s["reply_id"] == reply["id"] and s["phase"] == "done")
    guest = newcomer()
    assert owner.post(f"/api/rooms/{room}/invite", user=guest.username).ok
    guest.wait_for("room_updated", lambda e: e["room"]["id"] == room)
    guest.join(room)
    assert guest.post(f"/api/rooms/{room}/leave").ok
    owner.wait_for("member_left", lambda e: e["room"] == room)
    return [room, question["id"], reply["id"], SECRET]


def _assert_silent(listener: Person, since: int, speaker: Person, hidden: list[str]) -> None:
    """A message in `general` marks the end: what came before it has arrived before it."""
    fence = speaker.send("fence", "general")["message"]["id"]
    listener.wait_for("message", lambda m: m["id"] == fence)
    heard = [json.dumps(event) for event in listener.events[since:]]
    assert not [event for event in heard for word in hidden if word in event]


def test_a_stranger_hears_nothing_of_a_private_room(newcomer: Newcomer) -> None:
    owner, stranger = newcomer(), newcomer()
    stranger.join()
    room = _private_room(owner)
    _assert_silent(stranger, 0, owner, _everything_happens(owner, room, newcomer))
    rooms = stranger.get("/api/rooms").text
    assert room not in rooms and "hidden" not in rooms


def test_a_stranger_hears_nothing_of_who_is_in_a_private_room(server: RunningServer, newcomer: Newcomer) -> None:
    owner, stranger = newcomer(), newcomer()
    hermit = Person(server.url, f"p{new_key()[:12]}").register()
    assert hermit.post("/api/rooms/general/leave").ok
    room = _private_room(owner)
    owner.join(room)
    assert owner.post(f"/api/rooms/{room}/invite", user=hermit.username).ok
    since = len(stranger.events)
    hermit.connect()
    owner.wait_for("presence", lambda p: p["user"]["username"] == hermit.username and p["status"] == "online")
    _assert_silent(stranger, since, owner, [hermit.username])
    hermit.disconnect()


def test_after_leaving_nothing_is_heard_and_everything_refused(newcomer: Newcomer) -> None:
    owner, leaver = newcomer(), newcomer()
    room = _private_room(owner, leaver)
    assert leaver.join(room)["ok"]
    assert leaver.post(f"/api/rooms/{room}/leave").ok
    for answer in (leaver.join(room), leaver.send("once more", room), leaver.call("mark_read", _mark(room))):
        assert answer["error"]["code"] == "not_found"
    leaver.wait_for("room_updated", lambda e: e["room"]["id"] == room and not e["room"]["is_member"])
    since = len(leaver.events)
    hidden = _everything_happens(owner, room, newcomer)
    _assert_silent(leaver, since, owner, hidden)
    assert leaver.get("/api/chat/history", room=room).status_code == 404
    assert owner.post(f"/api/rooms/{room}/invite", user=leaver.username).ok
    assert leaver.send("back again", room)["ok"]


def _mark(room: str) -> dict[str, object]:
    return {"room": room, "seq": 0}


@pytest.mark.parametrize("packet", ['421["disconnect","x"]', '421["connect"]', '421["connect",{"token":"rt_x"}]', "40"])
def test_no_packet_makes_a_socket_that_outlives_its_sign_in(newcomer: Newcomer, packet: str) -> None:
    """A client that sends the library's own events must not be forgotten while it still hears its rooms."""
    owner, other = newcomer(), newcomer()
    room = _private_room(owner, other)
    with RawSocket(owner.url, cookies_of(other)) as raw:
        raw.sign_in()
        raw.send(packet)
        assert raw.still_works()
        assert other.post("/api/auth/logout").status_code == 204
        assert raw.wait(lambda frame: frame.startswith("41"))
        said = owner.send(SECRET, room)
        assert said["ok"]
        raw.send('427["mark_read",{"room":"general","seq":0}]')
        raw.send("40")
        assert raw.wait(lambda frame: frame.startswith("44{")), "its cookie is worth nothing any more"
        assert not [frame for frame in raw.heard if SECRET in frame or frame.startswith("437")]


def test_signing_out_cuts_the_socket_and_refuses_the_cookie(newcomer: Newcomer) -> None:
    ada = newcomer()
    cookie = cookies_of(ada)
    assert ada.post("/api/auth/logout").status_code == 204
    _wait_cut(ada)
    old = Person(ada.url, ada.username)
    old.http.headers["Cookie"] = cookie
    assert old.get("/api/auth/me").json()["error"]["code"] == "not_signed_in"
    assert old.get("/api/rooms").status_code == 401
    assert ada.http.cookies.get("roundtable_session") is None


def _wait_cut(person: Person) -> None:
    until = time.monotonic() + 10
    while person.socket and person.socket.connected:
        assert time.monotonic() < until, "the socket is still connected"
        time.sleep(0.02)


def test_ending_another_session_cuts_that_one_only(newcomer: Newcomer) -> None:
    ada = newcomer()
    elsewhere = Person(ada.url, ada.username).sign_in().connect()
    sessions = ada.get("/api/auth/sessions").json()["sessions"]
    other = next(session["id"] for session in sessions if not session["current"])
    assert len(sessions) == 2
    assert ada.http.delete(f"{ada.url}/api/auth/sessions/{other}", timeout=10).status_code == 204
    _wait_cut(elsewhere)
    assert elsewhere.get("/api/auth/me").status_code == 401
    assert ada.join()["ok"] and ada.get("/api/auth/me").ok


def test_revoking_a_key_cuts_its_socket_and_refuses_it(newcomer: Newcomer) -> None:
    ada = newcomer()
    made = ada.post("/api/keys", name="script").json()
    headers = {"Authorization": f"Bearer {made['key']}"}
    with RawSocket(ada.url) as raw:
        assert raw.sign_in(made["key"]).startswith("40")
        assert raw.still_works()
        program = Person(ada.url, ada.username)
        program.http.headers.update(headers)
        assert program.get("/api/auth/me").ok
        assert ada.http.delete(f"{ada.url}/api/keys/{made['id']}", timeout=10).status_code == 204
        assert raw.wait(lambda frame: frame.startswith("41"))
        assert program.get("/api/auth/me").status_code == 401
        assert raw.sign_in(made["key"]).startswith("44{")
    assert ada.join()["ok"]


def test_a_key_that_has_expired_is_refused(newcomer: Newcomer) -> None:
    ada = newcomer()
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2))
    key = ada.post("/api/keys", name="brief", expires_at=soon).json()["key"]
    program = Person(ada.url, ada.username)
    program.http.headers["X-API-Key"] = key
    assert program.get("/api/auth/me").ok
    until = time.monotonic() + 5
    while program.get("/api/auth/me").ok:
        assert time.monotonic() < until
        time.sleep(0.1)
    with RawSocket(ada.url) as raw:
        assert raw.sign_in(key).startswith("44{")


def test_a_new_sign_in_leaves_the_others_alone(newcomer: Newcomer) -> None:
    ada = newcomer()
    again = Person(ada.url, ada.username)
    wrong = again.post("/api/auth/login", username=ada.username, password=PASSWORD + "!")
    assert wrong.status_code == 401 and "roundtable_session" not in again.http.cookies
    again.sign_in()
    assert ada.join()["ok"]
