"""An admin and somebody else on one server: what the other one's open page hears, and what the log has of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import socketio.exceptions

from tests.people import PASSWORD, Person, new_key
from tests.running_server import LIMITS, RunningServer

SECOND = "another good password"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    data_dir: Path = tmp_path_factory.mktemp("data")
    settings = {"LLM_SCRIPTED": "on", "OPENAI_BASE_URL": "http://127.0.0.1:9", "OPENAI_API_KEY": "sk-not-for-anybody"}
    with RunningServer(data_dir, **settings, **LIMITS) as running:
        yield running


@pytest.fixture(scope="module")
def admin(server: RunningServer) -> Iterator[Person]:
    """The first account."""
    person = Person(server.url, "ada").register("Ada").connect()
    yield person
    person.disconnect()


@pytest.fixture
def mira(server: RunningServer, admin: Person) -> Iterator[Person]:
    person = Person(server.url, f"m{new_key()[:12]}").register("Mira").connect()
    yield person
    person.disconnect()


def _change(admin: Person, person: Person, **wanted: Any) -> requests.Response:
    return admin.request("PATCH", f"/api/admin/people/{person.username}", **wanted)


def _log(admin: Person, **query: Any) -> list[dict[str, Any]]:
    answer = admin.get("/api/admin/audit", **query)
    assert answer.ok, answer.text
    entries: list[dict[str, Any]] = answer.json()["entries"]
    return entries


def _sign_in(person: Person, password: str) -> requests.Response:
    return Person(person.url, person.username).post("/api/auth/login", username=person.username, password=password)


def test_whoever_is_deactivated_hears_why_and_is_out_at_once_with_their_keys(admin: Person, mira: Person) -> None:
    key = mira.post("/api/keys", name="script").json()["key"]
    mira.send("good morning")
    answer = _change(admin, mira, is_active=False)
    assert answer.ok and answer.json()["person"]["deactivated_at"]
    assert mira.wait_for("signed_out")["reason"] == "deactivated"
    assert mira.get("/api/auth/me").status_code == 401
    by_key = requests.get(f"{mira.url}/api/auth/me", headers={"Authorization": f"Bearer {key}"}, timeout=10)
    assert by_key.status_code == 401 and _sign_in(mira, PASSWORD).status_code == 401
    told = admin.wait_for("person_changed", lambda e: e["user"]["username"] == mira.username)
    assert told["deactivated"] is True
    (said,) = [m for m in admin.history() if m["author"]["handle"] == mira.username]
    assert said["content"] == "good morning" and said["author"]["deactivated"] is True
    assert _change(admin, mira, is_active=True).ok
    assert _sign_in(mira, PASSWORD).ok and mira.get("/api/auth/me").status_code == 401
    log = _log(admin, person=mira.username)
    assert [entry["action"] for entry in log][:5] == [
        "signed_in",
        "reactivated",
        "sign_in_failed",
        "deactivated",
        "key_created",
    ]
    assert log[2]["detail"] == "deactivated" and log[2]["actor_id"] is None
    assert (log[3]["actor_username"], log[3]["target_name"]) == ("ada", mira.username)
    assert log[3]["address"] == "127.0.0.1"


def _leads_to(person: Person, message: str) -> str:
    return str(person.http.get(f"{person.url}/m/{message}", allow_redirects=False, timeout=30).headers["Location"])


def test_a_one_time_password_opens_nothing_but_the_way_to_another_one(admin: Person, mira: Person) -> None:
    message = mira.send("hello")["message"]["id"]
    given = admin.post(f"/api/admin/people/{mira.username}/password").json()["password"]
    assert mira.wait_for("signed_out")["reason"] == "password_reset"
    assert _sign_in(mira, PASSWORD).status_code == 401
    back = Person(mira.url, mira.username)
    answer = back.post("/api/auth/login", username=mira.username, password=given)
    assert answer.ok and answer.json()["must_change_password"] is True
    assert back.get("/api/auth/me").json()["must_change_password"] is True
    for refused in (back.get("/api/rooms"), back.post("/api/keys", name="x"), back.get("/v1/models")):
        assert refused.status_code == 403
    assert _leads_to(back, message).startswith("/?")
    with pytest.raises(socketio.exceptions.ConnectionError):
        back.connect()
    back.disconnect()
    assert back.post("/api/auth/password", new_password=given).json()["error"]["field"] == "new_password"
    assert back.post("/api/auth/password", new_password=SECOND).json() == {"ended_sessions": 0}
    assert _leads_to(back, message).startswith("/rooms/general?")
    assert back.get("/api/rooms").ok and _sign_in(mira, SECOND).json()["must_change_password"] is False
    assert _sign_in(mira, given).status_code == 401
    assert given not in str(_log(admin)) and SECOND not in str(_log(admin))


def test_another_password_ends_the_other_browser_and_says_why(admin: Person, mira: Person) -> None:
    here = Person(mira.url, mira.username).sign_in()
    wrong = here.post("/api/auth/password", current_password="not this one", new_password=SECOND)
    assert wrong.status_code == 400 and wrong.json()["error"]["field"] == "current_password"
    changed = here.post("/api/auth/password", current_password=PASSWORD, new_password=SECOND)
    assert changed.json() == {"ended_sessions": 1}
    assert mira.wait_for("signed_out")["reason"] == "password_changed"
    assert here.get("/api/auth/me").ok and mira.get("/api/auth/me").status_code == 401


def test_guessing_at_the_current_password_is_slowed_down(tmp_path: Path) -> None:
    with RunningServer(tmp_path, LLM_SCRIPTED="on") as server:
        ada = Person(server.url, "ada").register()
        codes = [
            ada.post("/api/auth/password", current_password=f"guess {n}", new_password=SECOND).status_code
            for n in range(11)
        ]
    assert codes[:9] == [400] * 9 and codes[9:] == [429, 429], "ten a minute, the registration counted"


def test_another_name_is_what_is_sent_from_then_on(admin: Person, mira: Person) -> None:
    room = mira.post("/api/rooms", name="den", members=["ada"]).json()["room"]["id"]
    mira.send("before", room)
    answer = mira.request("PATCH", "/api/auth/me", display_name="Dr. Okafor")
    assert answer.json()["user"]["display_name"] == "Dr. Okafor"
    admin.wait_for("person_changed", lambda e: e["user"]["display_name"] == "Dr. Okafor")
    mira.wait_for("person_changed")
    assert mira.send("after", room)["message"]["author"]["name"] == "Dr. Okafor"
    assert {m["author"]["name"] for m in admin.join(room)["messages"]} == {"Dr. Okafor"}


def test_a_name_is_told_to_nobody_who_has_never_seen_the_person(server: RunningServer, admin: Person) -> None:
    loner, hidden = (Person(server.url, f"p{new_key()[:12]}").register().connect() for _ in range(2))
    for person in (loner, hidden):
        assert person.post("/api/rooms/general/leave").ok
    hidden.request("PATCH", "/api/auth/me", display_name="Somebody")
    hidden.wait_for("person_changed")
    loner.send("a later event", loner.post("/api/rooms", name="own").json()["room"]["id"])
    loner.wait_for("message")
    assert loner.seen("person_changed") == []
    loner.disconnect(), hidden.disconnect()


def test_the_only_admin_cannot_go(admin: Person, mira: Person) -> None:
    for wanted in ({"role": "member"}, {"is_active": False}):
        refused = _change(admin, admin, **wanted)
        assert refused.status_code == 409 and "last admin" in refused.json()["error"]["message"]
    assert _change(admin, mira, role="admin").ok
    assert mira.wait_for("person_changed", lambda e: e["user"]["role"] == "admin")
    assert mira.get("/api/admin/people").ok
    assert _change(mira, mira, role="member").ok and mira.get("/api/admin/people").status_code == 403


def test_an_admin_sees_that_a_private_room_is_there_and_cannot_read_it(admin: Person, mira: Person) -> None:
    room = mira.post("/api/rooms", name="hidden den", kind="private").json()["room"]["id"]
    mira.send("the treasure is under the oak", room)
    answer = admin.get("/api/admin/rooms", search="hidden den")
    (shown,) = (found for found in answer.json()["rooms"] if found["id"] == room)
    assert (shown["kind"], shown["members"], shown["messages"]) == ("private", 1, 1)
    assert "treasure" not in answer.text
    assert admin.get("/api/chat/history", room=room).status_code == 404


def test_backends_are_shown_without_their_secrets(admin: Person) -> None:
    answer = admin.get("/api/admin/backends")
    shown = {backend["name"]: backend for backend in answer.json()["backends"]}
    assert shown["openai"]["has_key"] and not shown["openai"]["reachable"] and shown["openai"]["error"]
    assert shown["openai"]["since"].startswith("20") and shown["scripted"]["reachable"]
    assert "sk-not-for-anybody" not in answer.text


def test_limits_name_the_settings_that_change_them(admin: Person) -> None:
    shown = {limit["setting"]: limit["value"] for limit in admin.get("/api/admin/limits").json()["limits"]}
    assert shown["LLM_RATE_LIMIT"] == 1000 and shown["MAX_MESSAGE_CHARS"] == 16_000 and shown["AUDIT_DAYS"] == 365


def test_an_emptied_cache_answers_nothing_and_is_written_down(admin: Person) -> None:
    admin.post("/api/llm/generate", prompt="hello", model="echo")
    assert admin.get("/api/llm/cache").json()["entries"] == 1
    assert admin.request("DELETE", "/api/llm/cache").status_code == 204
    assert admin.get("/api/llm/cache").json()["entries"] == 0
    assert _log(admin, action="cache_emptied")[0]["detail"] == "answers: 1"


def test_what_is_done_to_a_model_by_hand_and_a_look_at_the_log_are_written_down(admin: Person) -> None:
    admin.post("/api/llm/load", model="echo")
    viewed, loaded = _log(admin)[:2]
    assert (viewed["action"], loaded["action"]) == ("audit_viewed", "model_loaded")
    assert (loaded["target_name"], loaded["detail"], loaded["actor_username"]) == ("echo", "on scripted", "ada")
