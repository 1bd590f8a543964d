"""What admins, moderators, members and guests may do where it is not the same for all, and what they hear of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.people import Person, new_key

ROLES = ("admin", "moderator", "member", "guest")


@dataclass
class Scene:
    """`owner` has three rooms: the one of `role` is in two of them, and not in `other`, which is public."""

    role: str
    admin: Person
    owner: Person
    person: Person
    public: str
    private: str
    other: str
    said: dict[str, str]  # a message of the owner, by room


@pytest.fixture
def scene(request: pytest.FixtureRequest, admin: Person, newcomer: Callable[[], Person]) -> Iterator[Scene]:
    owner, person = newcomer(), newcomer()
    rooms = [
        owner.post("/api/rooms", name=f"r {new_key()}", kind=kind).json()["room"]["id"]
        for kind in ("public", "private", "public")
    ]
    for room in rooms[:2]:
        assert owner.post(f"/api/rooms/{room}/invite", user=person.username).ok
    made = admin.request("PATCH", f"/api/admin/people/{person.username}", role=request.param)
    assert made.ok and made.json()["person"]["role"] == request.param
    said = {room: owner.send("good morning", room)["message"]["id"] for room in rooms}
    yield Scene(request.param, admin, owner, person, *rooms, said)


Attempt = Callable[[Scene], int]


def _request(method: str, path: str, **body: Any) -> Attempt:
    def attempt(s: Scene) -> int:
        names = {"public": s.public, "private": s.private, "other": s.other, "owner": s.owner.username}
        names |= {f"said_{name}": s.said[names[name]] for name in ("public", "private", "other")}
        filled = {key: [s.admin.username] if value == "stranger" else value for key, value in body.items()}
        filled |= {"handle": f"a{new_key()[:12]}"} if body.get("handle") == "new" else {}
        filled = {key: [s.owner.username] if value == "room mate" else value for key, value in filled.items()}
        return s.person.request(method, path.format_map(names), **filled).status_code

    return attempt


# Of each attempt: what the server answers to admin, moderator, member and guest.
CASES: dict[str, tuple[Attempt, tuple[int, int, int, int]]] = {
    "make a public room": (_request("POST", "/api/rooms", name="mine"), (201, 201, 201, 403)),
    "make a private room": (_request("POST", "/api/rooms", name="mine", kind="private"), (201, 201, 201, 403)),
    "write to a stranger": (
        _request("POST", "/api/rooms", name="x", kind="direct", members="stranger"),
        (201, 201, 201, 403),
    ),
    "write to a room mate": (
        _request("POST", "/api/rooms", name="x", kind="direct", members="room mate"),
        (201, 201, 201, 201),
    ),
    "join a public room": (_request("POST", "/api/rooms/{other}/join"), (200, 200, 200, 404)),
    "read a public room that one is not in": (
        _request("GET", "/api/chat/history?room={other}"),
        (403, 403, 403, 404),
    ),
    "a message of it": (_request("GET", "/api/chat/message/{said_other}"), (403, 403, 403, 404)),
    "search it": (_request("GET", "/api/chat/search?q=morning&room={other}"), (403, 403, 403, 404)),
    "bring somebody into a public room": (
        _request("POST", "/api/rooms/{public}/invite", user="nobody"),
        (404, 404, 404, 403),
    ),
    "bring somebody into a private room": (
        _request("POST", "/api/rooms/{private}/invite", user="nobody"),
        (404, 404, 404, 403),
    ),
    "change a public room": (_request("PATCH", "/api/rooms/{public}", topic="Calm"), (200, 200, 403, 403)),
    "archive a public room": (_request("PUT", "/api/rooms/{public}/archive"), (200, 200, 403, 403)),
    "delete a public room": (_request("DELETE", "/api/rooms/{public}"), (204, 403, 403, 403)),
    "delete what another wrote in public": (
        _request("DELETE", "/api/chat/message/{said_public}"),
        (204, 204, 403, 403),
    ),
    "edit what another wrote in public": (
        _request("PATCH", "/api/chat/message/{said_public}", content="never"),
        (403, 403, 403, 403),
    ),
    "take somebody out of a public room": (
        _request("DELETE", "/api/rooms/{public}/members/{owner}"),
        (204, 204, 403, 403),
    ),
    "change a role in a public room": (
        _request("PATCH", "/api/rooms/{public}/members/{owner}", role="owner"),
        (204, 204, 403, 403),
    ),
    "put an agent into a public room": (
        _request("POST", "/api/rooms/{public}/agents", handle="new", name="A"),
        (201, 201, 403, 403),
    ),
    "change a private room": (_request("PATCH", "/api/rooms/{private}", topic="Calm"), (403, 403, 403, 403)),
    "delete what another wrote in private": (
        _request("DELETE", "/api/chat/message/{said_private}"),
        (403, 403, 403, 403),
    ),
    "take somebody out of a private room": (
        _request("DELETE", "/api/rooms/{private}/members/{owner}"),
        (403, 403, 403, 403),
    ),
    "see everybody": (_request("GET", "/api/admin/people"), (200, 403, 403, 403)),
    "give a role": (_request("PATCH", "/api/admin/people/{owner}", role="member"), (200, 403, 403, 403)),
    "read the audit log": (_request("GET", "/api/admin/audit"), (200, 403, 403, 403)),
    "make an agent of the server": (_request("POST", "/api/agents", handle="new", name="A"), (201, 403, 403, 403)),
    "empty the cache": (_request("DELETE", "/api/llm/cache"), (204, 403, 403, 403)),
    "put a model out of memory": (_request("POST", "/api/llm/unload", model="nosuch"), (404, 403, 403, 403)),
    "make an API key": (_request("POST", "/api/keys", name="mine"), (201, 201, 201, 201)),
}


ENDS = (
    "join a public room",
    "take somebody out of a public room",
    "archive a public room",
    "delete a public room",
)


@pytest.mark.parametrize("scene", ROLES, indirect=True)
def test_over_http(scene: Scene) -> None:
    place = ROLES.index(scene.role)
    told, wanted = {}, {}
    for name, (attempt, codes) in CASES.items():
        if name in ENDS:
            continue  # they change the scene; below
        told[name], wanted[name] = attempt(scene), codes[place]
    assert told == wanted


@pytest.mark.parametrize("name", ENDS)
@pytest.mark.parametrize("scene", ROLES, indirect=True)
def test_what_ends_something_over_http(scene: Scene, name: str) -> None:
    attempt, codes = CASES[name]
    assert attempt(scene) == codes[ROLES.index(scene.role)]


def _code(answer: dict[str, Any]) -> str:
    return "ok" if answer["ok"] else str(answer["error"]["code"])


@pytest.mark.parametrize("scene", ROLES, indirect=True)
def test_over_a_socket(scene: Scene) -> None:
    person, is_above = scene.person, scene.role in ("admin", "moderator")
    joined = _code(person.join(scene.other))
    assert joined == ("not_found" if scene.role == "guest" else "ok")
    told = {
        "send": person.send("hello", scene.public),
        "send in private": person.send("hello", scene.private),
        "react": person.call("react", {"message": scene.said[scene.public], "emoji": "👍"}),
        "pin": person.call("pin_message", {"message": scene.said[scene.public], "is_pinned": True}),
        "edit": person.call("edit_message", {"message": scene.said[scene.public], "content": "never"}),
        "delete in private": person.call("delete_message", {"message": scene.said[scene.private]}),
        "delete": person.call("delete_message", {"message": scene.said[scene.public]}),
    }
    assert {name: _code(answer) for name, answer in told.items()} == {
        "send": "ok",
        "send in private": "ok",
        "react": "ok",
        "pin": "ok",
        "edit": "not_allowed",
        "delete in private": "not_allowed",
        "delete": "ok" if is_above else "not_allowed",
    }


def _rooms(setup: dict[str, Any]) -> set[str]:
    return {room["id"] for room in setup["rooms"]}


@pytest.mark.parametrize("scene", ["guest"], indirect=True)
def test_a_guest_hears_of_no_room_that_they_are_not_in(scene: Scene) -> None:
    guest, owner = scene.person, scene.owner
    again = guest.wait_for("setup", lambda s: s["user"]["role"] == "guest")
    listed = {room["id"] for room in guest.get("/api/rooms").json()["rooms"]}
    assert _rooms(again) == listed == {scene.public, scene.private}
    guest.events.clear()
    made = owner.post("/api/rooms", name="another").json()["room"]["id"]
    for change in ({"topic": "Secret plans"}, {"kind": "private"}):
        assert owner.request("PATCH", f"/api/rooms/{scene.other}", **change).ok
    assert owner.request("DELETE", f"/api/rooms/{made}").status_code == 204
    owner.send("a later event", scene.public)
    guest.wait_for("message")
    told = [str(payload) for _, payload in guest.events]
    assert not [text for text in told if made in text or scene.other in text]
    assert owner.post(f"/api/rooms/{scene.other}/invite", user=guest.username).ok
    assert guest.wait_for("room_updated", lambda e: e["room"]["id"] == scene.other)["room"]["is_member"]
    assert guest.join(scene.other)["ok"] and guest.send("hello", scene.other)["ok"]


@pytest.mark.parametrize("scene", ["guest"], indirect=True)
def test_whoever_is_a_guest_no_longer_sees_the_public_rooms_at_once(scene: Scene) -> None:
    person = scene.person
    person.events.clear()
    assert scene.admin.request("PATCH", f"/api/admin/people/{person.username}", role="member").ok
    assert scene.other in _rooms(person.wait_for("setup"))
    made = scene.owner.post("/api/rooms", name="another").json()["room"]["id"]
    person.wait_for("room_updated", lambda e: e["room"]["id"] == made)
    assert "general" in {room["slug"] for room in person.get("/api/rooms").json()["rooms"] if room["is_member"]}


def test_whoever_is_made_a_moderator_sees_what_they_may_do_now(admin: Person, newcomer: Callable[[], Person]) -> None:
    person = newcomer()
    assert admin.request("PATCH", f"/api/admin/people/{person.username}", role="moderator").ok
    assert person.wait_for("person_changed")["user"]["role"] == "moderator"
    again = person.wait_for("setup", lambda s: s["user"]["role"] == "moderator")
    assert {room["role"] for room in again["rooms"] if room["slug"] == "general"} == {"owner"}
