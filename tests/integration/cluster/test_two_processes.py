"""People who are served by different processes are in the same rooms."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.integration.cluster.conftest import Pair, room_of, seqs
from tests.people import Person
from tests.typed import flask

EACH = 40


def test_everybody_hears_everything_once_and_in_order(pair: Pair) -> None:
    """Two write at each process, at the same time."""
    people = [pair.person_at(server) for server in (pair.one, pair.other, pair.one, pair.other)]
    room = room_of(*people)

    def write(person: Person) -> None:
        for number in range(EACH):
            assert person.send(f"{number}", room)["ok"]

    with ThreadPoolExecutor(len(people)) as pool:
        list(pool.map(write, people))
    everything = list(range(1, len(people) * EACH + 1))
    for person in people:
        person.wait_for("message", lambda m: m["room"] == room and m["seq"] == everything[-1])
        assert seqs(person, room) == everything
    assert [message["seq"] for message in people[0].history(room)] == everything


def test_edits_reactions_and_deletions_are_heard(pair: Pair) -> None:
    ada, mira = pair.person_at(pair.one), pair.person_at(pair.other)
    room = room_of(ada, mira)
    message = ada.send("first", room)["message"]["id"]
    ada.call("edit_message", {"message": message, "content": "better"})
    assert mira.wait_for("message_updated", lambda e: e["message"]["id"] == message)["message"]["content"] == "better"
    mira.call("react", {"message": message, "emoji": "👍", "is_on": True})
    assert ada.wait_for("reaction", lambda e: e["id"] == message)["emoji"] == "👍"
    ada.call("delete_message", {"message": message})
    mira.wait_for("message_deleted", lambda e: e["id"] == message)


def test_typing_and_reading_are_heard(pair: Pair) -> None:
    ada, mira = pair.person_at(pair.one), pair.person_at(pair.other)
    room = room_of(ada, mira)
    ada.call("typing", {"room": room, "is_typing": True})
    sign = mira.wait_for("typing", lambda e: e["room"] == room and e["is_typing"])
    assert sign["user"]["username"] == ada.username
    message = ada.send("read this", room)["message"]
    mira.call("mark_read", {"room": room, "seq": message["seq"]})
    ada.wait_for("message_status", lambda e: e["id"] == message["id"] and e["status"] == "read")


def test_the_text_of_a_reply_is_heard_as_it_grows(pair: Pair) -> None:
    ada, mira = pair.person_at(pair.one), pair.person_at(pair.other)
    room = room_of(ada, mira)
    question = ada.send("@llama3 please", room)["message"]["id"]
    reply = mira.wait_reply(question)["id"]
    closed = mira.wait_closed(reply)
    chunks = [chunk for chunk in mira.seen("llm_chunk") if chunk["reply_id"] == reply]
    assert "".join(chunk["data"]["chunk"] for chunk in chunks) == closed["content"] != ""
    mira.wait_for("llmStatus", lambda status: status["reply_id"] == reply and status["phase"] == "generating")
    mira.wait_for("llmStatus", lambda status: status["reply_id"] == reply and status["phase"] == "done")


def test_who_is_taken_out_hears_nothing_more_from_either_process(pair: Pair) -> None:
    ada, mira = pair.person_at(pair.one), pair.person_at(pair.other)
    room = ada.post("/api/rooms", name="Private", kind="private", members=[_id(mira)]).json()["room"]["id"]
    mira.wait_for("room_updated", lambda e: e["room"]["id"] == room)
    mira.join(room)
    assert ada.request("DELETE", f"/api/rooms/{room}/members/{_id(mira)}").ok
    mira.wait_for("room_gone", lambda e: e["room"] == room)
    ada.join(room)
    ada.send("without her", room)
    other_room = room_of(ada, mira)
    ada.send("with her", other_room)
    mira.wait_for("message", lambda m: m["room"] == other_room)
    assert seqs(mira, room) == []


def test_a_session_that_is_ended_at_one_process_is_cut_off_at_the_other(pair: Pair) -> None:
    ada = pair.person_at(pair.one)
    elsewhere = Person(pair.other.url, ada.username).sign_in().connect()
    sessions: list[dict[str, Any]] = ada.get("/api/auth/sessions").json()["sessions"]
    (session,) = [session["id"] for session in sessions if not session["current"]]
    assert ada.request("DELETE", f"/api/auth/sessions/{session}").ok
    assert elsewhere.wait_for("signed_out")["reason"] == "ended"
    elsewhere.disconnect()


def test_a_role_that_is_given_at_one_process_holds_at_the_other(pair: Pair) -> None:
    admin, ada = pair.person_at(pair.one), pair.person_at(pair.other)
    flask(pair.one.data_dir, "create-admin", admin.username)
    assert admin.request("PATCH", f"/api/admin/people/{ada.username}", role="guest").ok
    again = ada.wait_for("setup", lambda s: s["user"]["role"] == "guest")
    assert again["rooms"] == []
    hidden = admin.post("/api/rooms", name="For members", kind="public").json()["room"]["id"]
    shown = admin.post("/api/rooms", name="With a guest", kind="private", members=[_id(ada)]).json()["room"]["id"]
    ada.wait_for("room_updated", lambda e: e["room"]["id"] == shown)
    assert hidden not in str(ada.events)


def _id(person: Person) -> str:
    identity: str = person.get("/api/auth/me").json()["user"]["id"]
    return identity
