"""Whoever is not signed in or not in a room gets the documented refusal for everything, and changes nothing.
Every event and every HTTP operation needs a case here: a new one without it fails the first test.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import pytest
import requests

from chat.wire.catalog import CLIENT_EVENTS
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import PASSWORD, Person, new_key
from tests.raw_socket import RawSocket, cookies_of
from tests.running_server import LIMITS, RunningServer

KINDS = ("private", "direct", "public")
REFUSAL = {"private": "not_found", "direct": "not_found", "public": "not_allowed"}
STATUS = {"not_found": 404, "not_allowed": 403, "not_signed_in": 401}
EMBEDDER = "nomic-embed-text"
SECRET = "the treasure is under the oak"


@dataclass
class Scene:
    """A room of two people with a question and its reply; `stranger` is not in it."""

    kind: str
    owner: Person
    friend: Person
    stranger: Person
    room: str
    message: str
    reply: str
    session: str
    key: str

    def state(self) -> list[Any]:
        """All that the owner can see of the room."""
        room = next(r for r in self.owner.get("/api/rooms").json()["rooms"] if r["id"] == self.room)
        members = self.owner.get(f"/api/rooms/{self.room}/members").json()["members"]
        return [room, sorted((m["id"], m["role"]) for m in members), self.owner.history(self.room)]


def _make_scene(server: RunningServer, kind: str) -> Scene:
    owner, friend, stranger = (Person(server.url, f"p{new_key()[:12]}").register().connect() for _ in range(3))
    made = owner.post("/api/rooms", name=f"r {new_key()}", kind=kind, members=[friend.username])
    room = made.json()["room"]["id"]
    question = owner.send(f"@echo {SECRET}", room)["message"]
    reply = owner.wait_reply(question["id"])
    owner.wait_closed(reply["id"])
    session = owner.get("/api/auth/sessions").json()["sessions"][0]["id"]
    key = owner.post("/api/keys", name="mine").json()["id"]
    return Scene(kind, owner, friend, stranger, room, question["id"], reply["id"], session, key)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """With the scripted model for all that is asked, and one that embeds."""
    models = {f"{EMBEDDER}:latest": {"capabilities": ["embedding"]}}
    with FakeOllama(OllamaBehaviour(models=models)) as ollama:
        settings = {"LLM_SCRIPTED": "on", "OLLAMA_BASE_URL": ollama.url, **LIMITS}
        with RunningServer(tmp_path_factory.mktemp("data"), **settings) as running:
            yield running


@pytest.fixture(scope="module", params=KINDS)
def scene(request: pytest.FixtureRequest, server: RunningServer) -> Iterator[Scene]:
    made = _make_scene(server, request.param)
    yield made
    for person in (made.owner, made.friend, made.stranger):
        person.disconnect()


EVENTS: dict[str, Callable[[Scene], dict[str, Any]]] = {
    "join_room": lambda s: {"room": s.room, "after": 0},
    "leave_room": lambda s: {"room": s.room},
    "send_message": lambda s: {"room": s.room, "content": "let me in", "client_id": new_key()},
    "edit_message": lambda s: {"message": s.message, "content": "they never said so"},
    "delete_message": lambda s: {"message": s.message},
    "react": lambda s: {"message": s.message, "emoji": "👍"},
    "pin_message": lambda s: {"message": s.message, "is_pinned": True},
    "typing": lambda s: {"room": s.room, "is_typing": True},
    "llm_request": lambda s: {"room": s.room, "content": "what did they say?"},
    "stop_reply": lambda s: {"message": s.reply},
    "regenerate": lambda s: {"message": s.reply},
    "continue_reply": lambda s: {"message": s.reply},
    "mark_read": lambda s: {"room": s.room, "seq": 1},
    "set_presence": lambda s: {"status": "online"},
}
ABOUT_ONESELF = ("set_presence",)


@dataclass(frozen=True)
class Case:
    """`own`: about oneself, allowed to anybody signed in; `room`: refused by the room's rule; `theirs`: not found.

    `admin`: for nobody else.
    """

    rule: Literal["public", "own", "room", "theirs", "admin"]
    body: Callable[[Scene], dict[str, Any]] = lambda s: {}
    query: Callable[[Scene], dict[str, str]] = lambda s: {}


OPERATIONS: dict[str, Case] = {
    "GET /api/openapi.json": Case("public"),
    "POST /api/auth/register": Case("public", lambda s: {"username": f"p{new_key()[:12]}", "password": PASSWORD}),
    "POST /api/auth/login": Case("public", lambda s: {"username": s.stranger.username, "password": PASSWORD}),
    "POST /api/auth/logout": Case("own"),
    "GET /api/auth/me": Case("own"),
    "GET /api/auth/sessions": Case("own"),
    "DELETE /api/auth/sessions/{session}": Case("theirs"),
    "GET /api/keys": Case("own"),
    "POST /api/keys": Case("own", lambda s: {"name": "mine"}),
    "DELETE /api/keys/{key}": Case("theirs"),
    "GET /api/rooms": Case("own"),
    "POST /api/rooms": Case("own", lambda s: {"name": "mine"}),
    "POST /api/rooms/{room}/join": Case("room"),
    "POST /api/rooms/{room}/leave": Case("room"),
    "POST /api/rooms/{room}/invite": Case("room", lambda s: {"user": s.stranger.username}),
    "GET /api/rooms/{room}/members": Case("room"),
    "GET /api/chat/history": Case("room", query=lambda s: {"room": s.room}),
    "POST /api/chat/message": Case("room", EVENTS["send_message"]),
    "GET /api/chat/message/{message}": Case("room"),
    "PATCH /api/chat/message/{message}": Case("room", lambda s: {"content": "they never said so"}),
    "DELETE /api/chat/message/{message}": Case("room"),
    "PUT /api/chat/message/{message}/reactions/{emoji}": Case("room"),
    "DELETE /api/chat/message/{message}/reactions/{emoji}": Case("room"),
    "PUT /api/chat/message/{message}/pin": Case("room"),
    "DELETE /api/chat/message/{message}/pin": Case("room"),
    "GET /api/rooms/{room}/pins": Case("room"),
    "GET /api/llm/models": Case("own"),
    "GET /api/llm/status": Case("own"),
    "GET /api/llm/cache": Case("admin"),
    "POST /api/llm/load": Case("own", lambda s: {"model": "echo"}),
    "GET /api/llm/load_stream": Case("own", query=lambda s: {"model": "echo"}),
    "POST /api/llm/unload": Case("admin", lambda s: {"model": "echo"}),
    "POST /api/llm/pull": Case("admin", lambda s: {"model": "echo"}),
    "GET /api/llm/pull_stream": Case("admin", query=lambda s: {"model": "echo"}),
    "DELETE /api/llm/models/{model}": Case("admin"),
    "GET /api/llm/loads": Case("own"),
    "DELETE /api/llm/loads/{load}": Case("theirs"),
    "POST /api/llm/generate": Case("own", lambda s: {"prompt": "hello", "model": "echo"}),
    "POST /v1/chat/completions": Case(
        "own", lambda s: {"messages": [{"role": "user", "content": "hello"}], "model": "echo"}
    ),
    "POST /v1/embeddings": Case("own", lambda s: {"input": "hello", "model": EMBEDDER}),
    "GET /v1/models": Case("own"),
    "GET /v1/models/{model}": Case("own"),
}


def _operations(server: RunningServer) -> list[str]:
    paths = requests.get(f"{server.url}/api/openapi.json", timeout=10).json()["paths"]
    return [f"{method.upper()} {path}" for path, methods in paths.items() for method in methods]


def _try(scene: Scene, name: str, http: requests.Session) -> requests.Response:
    method, path = name.split(" ")
    names = {"room": scene.room, "session": scene.session, "key": scene.key, "message": scene.message}
    path = path.replace("{path:", "{").format_map(names | {"emoji": "👍", "model": "echo", "load": "01ABC"})
    case = OPERATIONS[name]
    body = case.body(scene) if method in ("POST", "PATCH") else None
    own_page = {"Sec-Fetch-Site": "same-origin"}
    return http.request(
        method, scene.owner.url + path, params=case.query(scene), json=body, headers=own_page, timeout=30
    )


def _assert_refused(answer: requests.Response, code: str) -> None:
    error = answer.json()["error"]
    if "/v1/" in answer.url:
        assert (error["code"], error["type"]) == ("invalid_api_key", "authentication_error")
    else:
        assert set(error) == {"code", "message", "retry_after", "field", "request_id"} and error["code"] == code
    assert answer.status_code == STATUS[code]
    assert error["request_id"] and SECRET not in answer.text


def test_every_event_and_operation_has_its_case(server: RunningServer) -> None:
    assert set(EVENTS) == set(CLIENT_EVENTS)
    assert set(OPERATIONS) == set(_operations(server))


@pytest.mark.parametrize("name", OPERATIONS)
def test_no_operation_without_a_sign_in(scene: Scene, name: str) -> None:
    before = scene.state()
    for headers in ({}, {"Cookie": "roundtable_session=nonsense"}, {"Authorization": "Bearer rt_nonsense"}):
        http = requests.Session()
        http.headers.update(headers)
        if OPERATIONS[name].rule == "public":
            assert _try(scene, name, http).ok
        else:
            _assert_refused(_try(scene, name, http), "not_signed_in")
    assert scene.state() == before


@pytest.mark.parametrize("name", [name for name in OPERATIONS if OPERATIONS[name].rule in ("room", "theirs", "admin")])
def test_no_operation_on_a_room_one_is_not_in(scene: Scene, name: str) -> None:
    if (scene.kind, name) == ("public", "POST /api/rooms/{room}/join"):
        return  # the door that is open; see below
    before = scene.state()
    code = {"theirs": "not_found", "admin": "not_allowed"}.get(OPERATIONS[name].rule, REFUSAL[scene.kind])
    _assert_refused(_try(scene, name, scene.stranger.http), code)
    assert scene.state() == before
    assert scene.owner.get("/api/auth/me").ok, "still signed in"


@pytest.mark.parametrize("name", [name for name in OPERATIONS if OPERATIONS[name].rule in ("own", "public")])
def test_what_anybody_may_ask_tells_nothing_of_a_room_one_is_not_in(scene: Scene, name: str) -> None:
    visitor = Person(scene.owner.url, scene.stranger.username).sign_in()
    answer = _try(scene, name, visitor.http)
    assert answer.ok, answer.text
    hidden = [SECRET, scene.message, scene.reply, scene.session, scene.key]
    assert not [word for word in hidden + ([scene.room] if scene.kind != "public" else []) if word in answer.text]


def test_what_anybody_may_say_of_themselves_changes_no_room_they_are_not_in(scene: Scene) -> None:
    before = scene.state()
    for name in ABOUT_ONESELF:
        assert scene.stranger.call(name, EVENTS[name](scene)) == {"ok": True}
    assert scene.state() == before


@pytest.mark.parametrize("name", [name for name in EVENTS if name not in ABOUT_ONESELF])
def test_no_event_on_a_room_one_is_not_in(scene: Scene, name: str) -> None:
    if (scene.kind, name) == ("public", "join_room"):
        return  # the door that is open; see below
    before = scene.state()
    answer = scene.stranger.call(name, EVENTS[name](scene))
    assert answer["ok"] is False and set(answer) == {"ok", "error"}
    assert set(answer["error"]) == {"code", "message", "retry_after", "field", "request_id"}
    assert answer["error"]["code"] == REFUSAL[scene.kind]
    assert scene.state() == before


def test_no_socket_without_a_sign_in(scene: Scene) -> None:
    for cookie, token in (("", None), ("roundtable_session=nonsense", None), ("", "rt_nonsense"), ("", "nonsense")):
        with RawSocket(scene.owner.url, cookie) as raw:
            refusal = raw.sign_in(token)
            assert refusal.startswith("44{") and '"code":"not_signed_in"' in refusal
            for number, (name, payload) in enumerate(EVENTS.items()):
                raw.send(f"42{number}{json.dumps([name, payload(scene)])}")
            assert raw.sign_in().startswith("44{"), "the first frame that comes back: no event was answered"


def test_a_key_that_is_wrong_is_not_helped_by_a_cookie_that_is_right(scene: Scene) -> None:
    with RawSocket(scene.owner.url, cookies_of(scene.owner)) as raw:
        assert raw.sign_in("rt_nonsense").startswith("44{")


def test_a_message_of_a_hidden_room_looks_like_one_that_does_not_exist(scene: Scene) -> None:
    """Otherwise the answer would tell which ids exist."""
    if scene.kind == "public":
        return
    payloads = {event: make(scene) for event, make in EVENTS.items()}
    for event, payload in ((event, payload) for event, payload in payloads.items() if "message" in payload):
        hidden = scene.stranger.call(event, payload)["error"]
        missing = scene.stranger.call(event, {**payload, "message": "01" + "A" * 24})["error"]
        hidden.pop("request_id"), missing.pop("request_id")
        assert hidden == missing


def test_nobody_replies_to_a_message_of_another_room(scene: Scene) -> None:
    for person, target in ((scene.stranger, scene.message), (scene.owner, scene.message), (scene.owner, "nonsense")):
        answer = person.send("look at this", "general", reply_to=target)
        assert (answer["error"]["code"], answer["error"]["field"]) == ("invalid_input", "reply_to")


def test_nobody_stops_or_regenerates_what_a_person_wrote(scene: Scene) -> None:
    for event in ("stop_reply", "regenerate", "continue_reply"):
        assert scene.owner.call(event, {"message": scene.message})["error"]["code"] == "invalid_input"


def test_a_direct_room_takes_nobody_else_and_keeps_its_two(server: RunningServer) -> None:
    scene = _make_scene(server, "direct")
    before = scene.state()
    invited = scene.owner.post(f"/api/rooms/{scene.room}/invite", user=scene.stranger.username)
    _assert_refused(invited, "not_allowed")
    _assert_refused(scene.owner.post(f"/api/rooms/{scene.room}/leave"), "not_allowed")
    again = scene.friend.post("/api/rooms", name="x", kind="direct", members=[scene.owner.username])
    assert again.json()["room"]["id"] == scene.room
    for members in ([], [scene.owner.username], [scene.owner.username, scene.friend.username, scene.stranger.username]):
        refused = scene.owner.post("/api/rooms", name="x", kind="direct", members=members)
        assert refused.json()["error"]["code"] == "invalid_input"
    assert scene.state() == before
    for person in (scene.owner, scene.friend, scene.stranger):
        person.disconnect()


def test_the_door_of_a_public_room_is_open(server: RunningServer) -> None:
    scene = _make_scene(server, "public")
    joined = scene.stranger.join(scene.room)
    assert joined["ok"] and joined["room"]["is_member"] and SECRET in joined["messages"][0]["content"]
    for person in (scene.owner, scene.friend, scene.stranger):
        person.disconnect()
