"""Payloads and bodies that do not fit: refused in the documented shape with the field's name, nothing stored."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chat.wire.catalog import CLIENT_EVENTS
from tests.people import PASSWORD, Person, new_key
from tests.raw_socket import RawSocket, cookies_of
from tests.running_server import RunningServer

Newcomer = Callable[[], Person]
ERROR = {"code", "message", "retry_after", "field", "request_id"}
HUGE = 10**30

GOOD: dict[str, dict[str, Any]] = {
    "join_room": {"room": "general", "after": 0, "after_rev": 0},
    "leave_room": {"room": "general"},
    "send_message": {"room": "general", "content": "x", "client_id": "k", "reply_to": None, "options": {"seed": 1}},
    "edit_message": {"message": "x", "content": "x"},
    "delete_message": {"message": "x"},
    "react": {"message": "x", "emoji": "👍", "is_on": True},
    "pin_message": {"message": "x", "is_pinned": True},
    "typing": {"room": "general", "is_typing": True},
    "llm_request": {"content": "x", "model": "echo", "options": {"top_p": 0.5}},
    "stop_reply": {"message": "x"},
    "regenerate": {"message": "x"},
    "continue_reply": {"message": "x"},
    "mark_read": {"room": "general", "seq": 0},
    "mark_unread": {"room": "general", "seq": 1},
    "set_presence": {"status": "online"},
    "watch_queue": {"is_on": True},
}
BODIES: dict[str, dict[str, Any]] = {
    "/api/auth/register": {"username": "somebody", "password": PASSWORD},
    "/api/auth/login": {"username": "somebody", "password": PASSWORD},
    "/api/keys": {"name": "x"},
    "/api/rooms": {"name": "x", "kind": "public"},
    "/api/rooms/general/invite": {"user": "somebody"},
    "/api/chat/message": GOOD["send_message"],
    "/api/llm/generate": {"prompt": "x", "model": "echo"},
}
# What no field takes, whatever it is for. `bool` and `int` fields are tried with the other type's values below.
NEVER: list[Any] = [[], {}, [1], {"a": 1}, "\x00" * 2_000_000, HUGE, -HUGE, 1.5]
WRONG: dict[type, list[Any]] = {
    str: [*NEVER, True, 1, 0, ""],
    int: [*NEVER, "1", "", True, -1, 2**60],
    bool: [*NEVER, "true", 1, 0, ""],
    dict: ["x", 1, True, [1], {"seed": "1"}, {"seed": True}, {"temperature": 9}, {"stop": "x"}, {"top_p": 0}],
}
NOT_ALL_FIT_A_FRAME = 60_000


def _wrong_payloads(good: dict[str, Any], required: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each field in turn: missing, null where it must not be, and of every wrong kind."""
    for name, value in good.items():
        if name in required:
            yield name, {k: v for k, v in good.items() if k != name}
            yield name, {**good, name: None}
        for wrong in WRONG[str if value is None else type(value)]:
            yield name, {**good, name: wrong}


@pytest.fixture(autouse=True)
def undisturbed(server: RunningServer, newcomer: Newcomer) -> Iterator[None]:
    """Another person's message passes, nothing was stored meanwhile, and the log has no traceback."""
    ada = newcomer()
    before = ada.send("before")["message"]["seq"]
    rooms = len(ada.get("/api/rooms").json()["rooms"])
    yield
    assert ada.send("after")["message"]["seq"] == before + 1
    assert len(ada.get("/api/rooms").json()["rooms"]) == rooms
    assert server.process and server.process.poll() is None
    assert "Traceback" not in server.log()


def _assert_invalid(error: dict[str, Any], what: object, code: str = "invalid_input") -> None:
    assert set(error) == ERROR and error["code"] == code, (str(what)[:200], error)
    assert len(error["message"]) < 500 and error["request_id"]


@pytest.mark.parametrize("event", CLIENT_EVENTS)
def test_an_event_takes_exactly_one_object(newcomer: Newcomer, event: str) -> None:
    attacker = newcomer()
    good = GOOD[event]
    with RawSocket(attacker.url, cookies_of(attacker)) as raw:
        raw.sign_in()
        for arguments in ([], [good, good], [[good]], [None], [1], ["x"], [True], [good, None], [json.dumps(good)]):
            answer = raw.call(event, *arguments)
            assert answer["ok"] is False
            _assert_invalid(answer["error"], arguments)
        assert raw.still_works()


@pytest.mark.parametrize("event", CLIENT_EVENTS)
def test_an_event_with_a_wrong_field_names_it(newcomer: Newcomer, event: str) -> None:
    attacker = newcomer()
    required = {name for name, field in CLIENT_EVENTS[event].model_fields.items() if field.is_required()}
    with RawSocket(attacker.url, cookies_of(attacker)) as raw:
        raw.sign_in()
        for name, payload in _wrong_payloads(GOOD[event], required):
            if len(json.dumps(payload)) > NOT_ALL_FIT_A_FRAME:
                continue
            answer = raw.call(event, payload)
            _assert_invalid(answer["error"], payload)
            assert answer["error"]["field"].split(".")[0] == name, (payload, answer)
        assert raw.still_works()


def test_an_unknown_event_is_refused(newcomer: Newcomer) -> None:
    attacker = newcomer()
    for event in ("setup", "message", "json", "admin", "x" * 5000, "", " ", "__class__", "join_room ", "JOIN_ROOM"):
        _assert_invalid(attacker.call(event, {"room": "general"})["error"], event)
    assert attacker.join()["ok"]


TEXTS = ["", " ", "\n\t ", "\u2003\u2003", "\x00\x01", "\r\n"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_message_with_nothing_in_it_is_refused(newcomer: Newcomer, text: str) -> None:
    attacker = newcomer()
    body = {"room": "general", "content": text, "client_id": new_key()}
    _assert_invalid(attacker.call("send_message", body)["error"], text)
    _assert_invalid(attacker.post("/api/chat/message", **body).json()["error"], text)
    for path in ("/api/rooms", "/api/keys"):
        answer = attacker.post(path, name=text)
        assert answer.status_code == 400
        _assert_invalid(answer.json()["error"], text)


def test_a_message_may_be_as_long_as_the_limit_and_not_longer(newcomer: Newcomer) -> None:
    attacker = newcomer()
    for length in (16_001, 32_001, 999_999):
        body = {"room": "general", "content": "x" * length, "client_id": new_key()}
        answer = attacker.post("/api/chat/message", **body)
        assert answer.status_code == 413
        _assert_invalid(answer.json()["error"], length, "too_large")
    refused = attacker.send("x" * 16_001)
    _assert_invalid(refused["error"], 16_001, "too_large")


@pytest.mark.parametrize("key", ["", " ", "a b", "a\nb", "a\n", "\x00", "é", "x" * 65, "../x", "a/b", "<b>"])
def test_a_client_id_is_a_plain_word(newcomer: Newcomer, key: str) -> None:
    attacker = newcomer()
    answer = attacker.call("send_message", {"room": "general", "content": "x", "client_id": key})
    _assert_invalid(answer["error"], key)
    assert answer["error"]["field"] == "client_id"


UNSEEN = ["a\nb", "a\x00", "\u202eadmin", "admin\u200b", "\ufeffadmin", "a\u2066b", "a\u2028b"]


@pytest.mark.parametrize("name", UNSEEN)
def test_no_name_looks_like_another_one(newcomer: Newcomer, name: str) -> None:
    attacker = newcomer()
    for answer in (attacker.send("x", model=name), attacker.call("llm_request", {"content": "x", "model": name})):
        _assert_invalid(answer["error"], name)
    shown = attacker.post(
        "/api/auth/register", username=f"p{new_key()[:8]}", password=PASSWORD, display_name=name
    ).json()["user"]["display_name"]
    assert shown in ("admin", "ab", "a b", "a")


@pytest.mark.parametrize("path", BODIES)
def test_a_body_with_a_wrong_field_names_it(newcomer: Newcomer, path: str) -> None:
    attacker = newcomer()
    required = {"username", "password", "name", "user", "room", "content", "client_id"}
    for name, body in _wrong_payloads(BODIES[path], required):
        raw = json.dumps(body)
        answer = attacker.http.post(
            attacker.url + path, data=raw, headers={"Content-Type": "application/json"}, timeout=30
        )
        assert answer.status_code in (400, 413), (name, raw[:200], answer.text)
        _assert_invalid(answer.json()["error"], raw, "invalid_input" if answer.status_code == 400 else "too_large")
        assert (answer.json()["error"]["field"] or name).split(".")[0] == name


BROKEN = [
    b"", b"{", b"}", b"null", b"[]", b"1", b'"x"', b"NaN", b'{"name":NaN}', b'{"name":"\\ud800"}', b"\xff\xfe{}",
    b"\x00", b'{"name":1' + b"0" * 400 + b"}",
    b"[" * 100_000, b'{"a":' * 100_000, b'{"name":' + b"[" * 100_000, b"{" + b'"a":1,' * 10 + b"}", b"<xml/>", b"a=b",
    '{"name":"x"}'.encode("utf-16"),
]  # fmt: skip


@pytest.mark.parametrize("path", BODIES)
def test_a_body_that_is_no_json_object_is_refused(newcomer: Newcomer, path: str) -> None:
    attacker = newcomer()
    for body in BROKEN:
        answer = attacker.http.post(
            attacker.url + path, data=body, headers={"Content-Type": "application/json"}, timeout=30
        )
        assert answer.status_code == 400, body[:50]
        _assert_invalid(answer.json()["error"], body)
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "application/jsonx"):
        good = json.dumps(BODIES[path])
        answer = attacker.http.post(attacker.url + path, data=good, headers={"Content-Type": kind}, timeout=30)
        assert answer.status_code == 400, kind
        _assert_invalid(answer.json()["error"], kind)


@pytest.mark.parametrize("query", ["", "room=", "room=general&limit=0", "room=general&limit=201",
    "room=general&limit=x",
    "room=general&limit=-1", "room=general&limit=1e3", "room=general&limit=٣", "room=general&before=x",
    "room=general&after=" + "9" * 30, "room=general&before=1&after=1", "room=general&around=0x1",
    "room=general&around=1&after=1", "room=general&before=1.5"])  # fmt: skip
def test_a_wrong_query_is_refused(newcomer: Newcomer, query: str) -> None:
    answer = newcomer().get(f"/api/chat/history?{query}")
    assert answer.status_code == 400
    _assert_invalid(answer.json()["error"], query)


@pytest.mark.parametrize("when", ["soon", "", " ", "2020-01-01", "0001-01-01T00:00:00+23:59", "10000-01-01",
    "9999-12-31T23:59:59-23:59", "x" * 10_000])  # fmt: skip
def test_a_key_expires_at_a_time_that_can_be_shown(newcomer: Newcomer, when: str) -> None:
    attacker = newcomer()
    answer = attacker.post("/api/keys", name="x", expires_at=when)
    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == "expires_at"
    assert attacker.get("/api/keys").json() == {"keys": []}
