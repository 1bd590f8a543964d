"""Whoever is not signed in or not in a room gets the documented refusal for everything, and changes nothing.

Every event and every HTTP operation needs a case (tests/stranger_cases.py): a new one without it fails the first test.
"""

import json
from collections.abc import Iterator

import pytest
import requests

from chat.wire.catalog import CLIENT_EVENTS
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import Person, new_key
from tests.raw_socket import RawSocket, cookies_of
from tests.running_server import LIMITS, RunningServer
from tests.stranger_cases import (
    ABOUT_ONESELF,
    EMBEDDER,
    EVENTS,
    KINDS,
    OPERATIONS,
    REFUSAL,
    SECRET,
    STATUS,
    Scene,
    make_scene,
)


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
    made = make_scene(server, request.param)
    yield made
    for person in (made.owner, made.friend, made.stranger):
        person.disconnect()


def _operations(server: RunningServer) -> list[str]:
    paths = requests.get(f"{server.url}/api/openapi.json", timeout=10).json()["paths"]
    return [f"{method.upper()} {path}" for path, methods in paths.items() for method in methods]


def _try(scene: Scene, name: str, http: requests.Session) -> requests.Response:
    method, path = name.split(" ")
    names = {"room": scene.room, "session": scene.session, "key": scene.key, "message": scene.message}
    names |= {"conversation": scene.conversation, "emoji": "👍", "model": "echo", "load": "01ABC"}
    names |= {"agent": scene.agent, "run": scene.run, "hook": "01ABC", "secret": "rth_nonsense"}
    names |= {"user": scene.friend.username, "template": scene.template, "version": "1"}
    path = path.replace("{path:", "{").format_map(names)
    case = OPERATIONS[name]
    body = case.body(scene) if method in ("POST", "PATCH", "PUT") else None
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
        elif OPERATIONS[name].rule in ("nobody", "off"):
            code = "not_found" if OPERATIONS[name].rule == "nobody" else "not_allowed"
            _assert_refused(_try(scene, name, http), code)
        else:
            _assert_refused(_try(scene, name, http), "not_signed_in")
    assert scene.state() == before


@pytest.mark.parametrize("name", [name for name in OPERATIONS if OPERATIONS[name].rule not in ("own", "public")])
def test_no_operation_on_a_room_one_is_not_in(scene: Scene, name: str) -> None:
    if (scene.kind, name) == ("public", "POST /api/rooms/{room}/join"):
        return  # the door that is open; see below
    before = scene.state()
    codes = {"theirs": "not_found", "nobody": "not_found", "admin": "not_allowed", "off": "not_allowed"}
    code = codes.get(OPERATIONS[name].rule, REFUSAL[scene.kind])
    _assert_refused(_try(scene, name, scene.stranger.http), code)
    assert scene.state() == before
    assert scene.owner.get("/api/auth/me").ok, "still signed in"


@pytest.mark.parametrize("name", [name for name in OPERATIONS if OPERATIONS[name].rule in ("own", "public")])
def test_what_anybody_may_ask_tells_nothing_of_a_room_one_is_not_in(scene: Scene, name: str) -> None:
    visitor = Person(scene.owner.url, f"p{new_key()[:12]}").register()
    answer = _try(scene, name, visitor.http)
    assert answer.ok, answer.text
    hidden = [SECRET, scene.message, scene.reply, scene.session, scene.key, scene.conversation, scene.template]
    hidden += [] if scene.kind == "direct" else [scene.agent, scene.run]
    assert not [word for word in hidden + ([scene.room] if scene.kind != "public" else []) if word in answer.text]


def test_what_anybody_may_say_of_themselves_changes_no_room_they_are_not_in(scene: Scene) -> None:
    before = scene.state()
    for name in ABOUT_ONESELF:
        assert scene.stranger.call(name, EVENTS[name](scene))["ok"] is True
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
    for event, payload in ((name, make(scene)) for name, make in EVENTS.items()):
        if "message" not in payload:
            continue
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
    scene = make_scene(server, "direct")
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
    scene = make_scene(server, "public")
    joined = scene.stranger.join(scene.room)
    assert joined["ok"] and joined["room"]["is_member"]
    assert SECRET in joined["messages"][0]["content"]
    for person in (scene.owner, scene.friend, scene.stranger):
        person.disconnect()
