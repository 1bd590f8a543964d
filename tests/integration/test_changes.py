"""What becomes of messages after they were sent, as people see it over real sockets."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.people import Person, new_key
from tests.running_server import RunningServer

Newcomer = Callable[[], Person]


@dataclass
class Table:
    """A room with `ada`, its owner, in two tabs, and `mira`."""

    ada: Person
    tab: Person
    mira: Person
    room: str

    def everybody(self) -> tuple[Person, Person, Person]:
        return self.ada, self.tab, self.mira


@pytest.fixture
def table(newcomer: Newcomer) -> Iterator[Table]:
    ada, mira = newcomer(), newcomer()
    made = ada.post("/api/rooms", name=f"r {new_key()}", kind="private", members=[mira.username])
    tab = Person(ada.url, ada.username).sign_in().connect()
    yield Table(ada, tab, mira, made.json()["room"]["id"])
    tab.disconnect()


def _is(message: dict[str, Any], **changed: Any) -> Callable[[dict[str, Any]], bool]:
    """Passes an update of the message that has these fields."""
    return lambda e: e["message"]["id"] == message["id"] and changed.items() <= e["message"].items()


def test_everybody_hears_of_an_edit(table: Table) -> None:
    message = table.ada.send("helo", table.room)["message"]
    answer = table.ada.call("edit_message", {"message": message["id"], "content": "hello"})
    assert answer["ok"] and answer["message"]["edited_at"]
    for person in table.everybody():
        assert person.wait_for("message_updated", _is(message, content="hello"))["message"] == answer["message"]
    again = table.ada.request("PATCH", f"/api/chat/message/{message['id']}", content="hello!")
    assert again.status_code == 200 and again.json()["message"]["content"] == "hello!"
    for person in table.everybody():
        person.wait_for("message_updated", _is(message, content="hello!"))


def test_only_its_author_edits_a_message(table: Table) -> None:
    message = table.mira.send("mine", table.room)["message"]
    refused = table.ada.call("edit_message", {"message": message["id"], "content": "owned"})
    assert (refused["error"]["code"], refused["error"]["field"]) == ("not_allowed", "message")
    assert table.mira.history(table.room) == [message]


def test_a_mention_that_an_edit_adds_is_counted_at_once(table: Table) -> None:
    message = table.ada.send("who?", table.room)["message"]
    table.ada.call("edit_message", {"message": message["id"], "content": f"@{table.mira.username}?"})
    counted = table.mira.wait_for("room_updated", lambda e: e["room"]["id"] == table.room and e["room"]["mentions"] > 0)
    assert counted["room"]["mentions"] == 1


def test_editing_is_limited_like_sending(tmp_path_factory: pytest.TempPathFactory) -> None:
    with RunningServer(tmp_path_factory.mktemp("data"), MESSAGE_RATE_LIMIT="3") as server:
        ada = Person(server.url, "ada").register().connect()
        message = ada.send("one")["message"]
        edits = [ada.call("edit_message", {"message": message["id"], "content": f"edit {n}"}) for n in range(3)]
        assert [answer["ok"] for answer in edits] == [True, True, False]
        assert edits[-1]["error"]["code"] == "too_fast" and edits[-1]["error"]["retry_after"] > 0
        ada.disconnect()


def _is_id(message: dict[str, Any]) -> Callable[[dict[str, Any]], bool]:
    return lambda e: e["id"] == message["id"]


def test_everybody_hears_of_a_deletion(table: Table) -> None:
    first, second = (table.ada.send(text, table.room)["message"] for text in ("one", "two"))
    assert table.ada.call("delete_message", {"message": first["id"]}) == {"ok": True}
    answer = table.ada.request("DELETE", f"/api/chat/message/{second['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    for person in table.everybody():
        told = [person.wait_for("message_deleted", _is_id(message)) for message in (first, second)]
        assert [(e["room"], e["seq"], e["rev"]) for e in told] == [(table.room, 1, 3), (table.room, 2, 4)]
    assert [m["content"] for m in table.mira.history(table.room)] == ["", ""]


def test_deleting_again_is_fine_and_nobody_hears_of_it(table: Table) -> None:
    message = table.ada.send("one", table.room)["message"]
    for _ in range(3):
        assert table.ada.call("delete_message", {"message": message["id"]}) == {"ok": True}
    table.ada.send("two", table.room)
    table.mira.wait_for("message", lambda m: m["content"] == "two")
    assert len(table.mira.seen("message_deleted")) == 1


def test_a_mention_in_a_deleted_message_is_counted_no_more(table: Table) -> None:
    message = table.ada.send(f"@{table.mira.username}?", table.room)["message"]
    table.ada.call("delete_message", {"message": message["id"]})
    counted = table.mira.wait_for("room_updated", lambda e: e["room"]["id"] == table.room and e["room"]["last_seq"] > 0)
    assert (counted["room"]["mentions"], counted["room"]["unread"]) == (0, 0)


def test_everybody_hears_of_a_reaction_and_sees_all_of_them(table: Table) -> None:
    message = table.ada.send("done!", table.room)["message"]
    assert table.mira.call("react", {"message": message["id"], "emoji": "🎉"}) == {"ok": True}
    path = f"/api/chat/message/{message['id']}/reactions/"
    assert table.ada.request("PUT", path + "👩‍🚀").status_code == 204
    assert table.mira.request("DELETE", path + "🎉").status_code == 204
    mira, ada = (person.get("/api/auth/me").json()["user"]["id"] for person in (table.mira, table.ada))
    for person in table.everybody():
        person.wait_for("reaction", lambda e: not e["is_on"])
        told = person.seen("reaction")
        assert [(e["user"], e["emoji"], e["is_on"], e["rev"]) for e in told] == [
            (mira, "🎉", True, 2),
            (ada, "👩‍🚀", True, 3),
            (mira, "🎉", False, 4),
        ]
        assert told[1]["reactions"] == [{"emoji": "🎉", "users": [mira]}, {"emoji": "👩‍🚀", "users": [ada]}]
    (shown,) = table.mira.history(table.room)
    assert shown["reactions"] == [{"emoji": "👩‍🚀", "users": [ada]}] and shown["rev"] == 4


def test_reacting_twice_is_fine_and_nobody_hears_of_it_again(table: Table) -> None:
    message = table.ada.send("done!", table.room)["message"]
    for is_on in (True, True, False, False):
        assert table.mira.call("react", {"message": message["id"], "emoji": "🎉", "is_on": is_on}) == {"ok": True}
    table.mira.send("next", table.room)
    table.ada.wait_for("message", lambda m: m["content"] == "next")
    assert [e["is_on"] for e in table.ada.seen("reaction")] == [True, False]


@pytest.mark.parametrize("emoji", ["lol", "👍👍", "", "x" * 100, 7, None])
def test_only_one_emoji_is_a_reaction(table: Table, emoji: object) -> None:
    message = table.ada.send("done!", table.room)["message"]
    error = table.mira.call("react", {"message": message["id"], "emoji": emoji})["error"]
    assert (error["code"], error["field"]) == ("invalid_input", "emoji")


def test_everybody_hears_of_a_pin(table: Table) -> None:
    first, second = (table.ada.send(text, table.room)["message"] for text in ("one", "two"))
    assert table.mira.call("pin_message", {"message": first["id"], "is_pinned": True}) == {"ok": True}
    assert table.ada.request("PUT", f"/api/chat/message/{second['id']}/pin").status_code == 204
    for person in table.everybody():
        told = [person.wait_for("message_updated", _is(message))["message"] for message in (first, second)]
        assert all(message["pinned_at"] and message["pinned_by"] for message in told)
    listed = table.mira.get(f"/api/rooms/{table.room}/pins").json()["messages"]
    assert {m["id"] for m in listed} == {first["id"], second["id"]}
    assert table.mira.request("DELETE", f"/api/chat/message/{second['id']}/pin").status_code == 204
    for person in table.everybody():
        person.wait_for("message_updated", _is(second, pinned_at=None))
    assert [m["id"] for m in table.mira.get(f"/api/rooms/{table.room}/pins").json()["messages"]] == [first["id"]]


def test_everybody_hears_of_new_settings_with_their_own_counts(table: Table) -> None:
    table.ada.send("one", table.room)
    answer = table.ada.request("PATCH", f"/api/rooms/{table.room}", name="Foxes", reply_policy="off")
    assert answer.status_code == 200, answer.text
    counts = {person: 1 if person is table.mira else 0 for person in table.everybody()}
    for person, unread in counts.items():
        heard = person.wait_for("room_updated", lambda e: e["room"]["name"] == "Foxes")["room"]
        assert (heard["reply_policy"], heard["unread"], heard["is_member"]) == ("off", unread, True)
    assert table.mira.request("PATCH", f"/api/rooms/{table.room}", name="Mine").status_code == 403


def test_who_is_taken_out_of_a_room_hears_it_and_then_nothing_more(table: Table) -> None:
    table.mira.join(table.room)
    path = f"/api/rooms/{table.room}/members/{table.mira.username}"
    assert table.ada.request("DELETE", path).status_code == 204
    table.mira.wait_for("room_updated", lambda e: e["room"]["id"] == table.room and not e["room"]["is_member"])
    table.tab.wait_for("member_left", lambda e: e["room"] == table.room)
    assert table.mira.join(table.room)["error"]["code"] == "not_found"
    assert table.ada.request("DELETE", path).status_code == 404
