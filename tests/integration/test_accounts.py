"""Making an account, signing in, keys: who becomes admin, what is stored, and what a guesser learns."""

import sqlite3
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.people import PASSWORD, Person, new_key
from tests.running_server import LIMITS, RunningServer


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[RunningServer]:
    """A server that nobody has an account on, with the limits of a new installation."""
    with RunningServer(tmp_path, LLM_SCRIPTED="on") as running:
        yield running


@pytest.fixture
def generous(tmp_path: Path) -> Iterator[RunningServer]:
    with RunningServer(tmp_path, LLM_SCRIPTED="on", **LIMITS) as running:
        yield running


def _register(server: RunningServer, **body: Any) -> requests.Response:
    return requests.post(f"{server.url}/api/auth/register", json={"password": PASSWORD, **body}, timeout=30)


def _stored(server: RunningServer) -> bytes:
    return b"".join(path.read_bytes() for path in server.data_dir.glob("roundtable.db*"))


def test_of_ten_who_register_at_once_one_is_admin(generous: RunningServer) -> None:
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda n: _register(generous, username=f"person{n}"), range(10)))
    assert [answer.status_code for answer in answers] == [201] * 10
    assert [answer.json()["user"]["role"] for answer in answers].count("admin") == 1
    assert _register(generous, username="latecomer").json()["user"]["role"] == "member"


def test_of_ten_who_want_one_name_one_gets_it(generous: RunningServer) -> None:
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: _register(generous, username="ada"), range(10)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["error"]["code"] == "conflict" and refused.json()["error"]["field"] == "username"
    assert "Set-Cookie" not in refused.headers


def test_nobody_makes_themselves_admin(generous: RunningServer) -> None:
    _register(generous, username="first")
    wishes = {"is_admin": True, "id": "01" + "A" * 24, "role": "admin", "deactivated_at": 1, "created_at": 1}
    user = _register(generous, username="climber", **wishes).json()["user"]
    assert set(user) == {"id", "username", "display_name", "role", "is_bot"}
    assert user["role"] == "member" and user["id"] != wishes["id"]


@pytest.mark.parametrize(
    "name", ["", "a", "Ada", "a b", "-a", ".a", "_a", "a\n", "a\x00b", "ä-ä", "@ada", "a/b", "x" * 33]
)
def test_a_user_name_is_a_plain_word(server: RunningServer, name: str) -> None:
    answer = _register(server, username=name)
    assert answer.status_code == 400 and answer.json()["error"]["field"] == "username"


def test_a_password_has_eight_characters_to_256(server: RunningServer) -> None:
    for password in ("", "short77", "x" * 257):
        answer = _register(server, username=f"p{new_key()[:8]}", password=password)
        assert answer.status_code == 400 and answer.json()["error"]["field"] == "password"
        assert password == "" or password not in answer.text
    for password in ("x" * 8, "é" * 256, "\U0001f511" * 100, "a\x00b cdefg"):
        person = Person(server.url, f"p{new_key()[:8]}")
        assert _register(server, username=person.username, password=password).status_code == 201
        right = person.post("/api/auth/login", username=person.username, password=password)
        wrong = person.post("/api/auth/login", username=person.username, password=password + "!")
        assert (right.status_code, wrong.status_code) == (200, 400 if len(password) == 256 else 401)


def _login_seconds(server: RunningServer, username: str) -> tuple[float, dict[str, Any]]:
    took: list[float] = []
    for _ in range(8):
        began = time.perf_counter()
        body = {"username": username, "password": "not the password"}
        answer = requests.post(f"{server.url}/api/auth/login", json=body, timeout=30)
        took.append(time.perf_counter() - began)
        assert answer.status_code == 401
    error: dict[str, Any] = answer.json()["error"]
    error.pop("request_id")
    return statistics.median(took), error


def test_a_guesser_does_not_learn_which_names_exist(server: RunningServer) -> None:
    ada = Person(server.url, f"p{new_key()[:8]}").register()
    known, known_error = _login_seconds(server, ada.username)
    unknown, unknown_error = _login_seconds(server, f"p{new_key()[:8]}")
    assert known_error == unknown_error
    assert 1 / 3 < known / unknown < 3, "argon2 takes most of the time of both"


def test_guessing_is_slowed_down(fresh: RunningServer) -> None:
    Person(fresh.url, "ada").register()
    codes: list[int] = []
    for _ in range(12):
        body = {"username": "ada", "password": "not the password"}
        answer = requests.post(f"{fresh.url}/api/auth/login", json=body, timeout=30)
        codes.append(answer.status_code)
    assert codes == [401] * 9 + [429] * 3, "ten a minute, the registration counted"
    error = answer.json()["error"]
    assert error["code"] == "too_fast" and 0 < error["retry_after"] <= 60
    assert answer.headers["Retry-After"] == str(round(error["retry_after"]))
    right = requests.post(f"{fresh.url}/api/auth/login", json={"username": "ada", "password": PASSWORD}, timeout=30)
    assert right.status_code == 429, "not even the right password tells itself apart"


def test_guessing_at_one_address_locks_nobody_out_elsewhere(tmp_path: Path) -> None:
    with RunningServer(tmp_path, TRUSTED_PROXIES="1", LLM_SCRIPTED="on") as server:
        here, there = {"X-Forwarded-For": "192.0.2.1"}, {"X-Forwarded-For": "192.0.2.2"}
        login = f"{server.url}/api/auth/login"
        assert _register(server, username="ada").status_code == 201
        for _ in range(20):
            wrong = {"username": "ada", "password": "not the password"}
            last = requests.post(login, json=wrong, headers=here, timeout=30)
        assert last.status_code == 429
        right = {"username": "ada", "password": PASSWORD}
        assert requests.post(login, json=right, headers=there, timeout=30).status_code == 200


def test_nobody_escapes_the_limit_by_naming_another_address(fresh: RunningServer) -> None:
    """Without TRUSTED_PROXIES the header is anybody's word."""
    codes = [
        requests.post(
            f"{fresh.url}/api/auth/login",
            json={"username": f"p{number}", "password": "not the password"},
            headers={"X-Forwarded-For": f"192.0.2.{number}", "Forwarded": f"for=192.0.2.{number}"},
            timeout=30,
        ).status_code
        for number in range(12)
    ]
    assert codes[-2:] == [429, 429]


def test_no_secret_stands_in_the_database_or_the_log(generous: RunningServer) -> None:
    ada = Person(generous.url, "ada").register()
    made = ada.post("/api/keys", name="script").json()
    token = ada.http.cookies["roundtable_session"]
    ada.http.headers["Authorization"] = f"Bearer {made['key']}"
    assert ada.get("/api/auth/me").ok
    stored = _stored(generous)
    for secret in (token, made["key"], PASSWORD):
        assert secret.encode() not in stored and secret not in generous.log()
    database = sqlite3.connect(f"file:{generous.data_dir / 'roundtable.db'}?mode=ro", uri=True)
    (password_hash,) = database.execute("select password_hash from users").fetchone()
    database.close()
    kind, version, costs = password_hash.split("$")[1:4]
    assert (kind, version) == ("argon2id", "v=19")
    found = dict(part.split("=") for part in costs.split(","))
    assert int(found["m"]) >= 19_456 and int(found["t"]) >= 2


def test_a_key_is_shown_once(server: RunningServer) -> None:
    ada = Person(server.url, f"p{new_key()[:8]}").register()
    made = ada.post("/api/keys", name="  my\tscript ").json()
    assert made["key"].startswith("rt_") and made["key"].startswith(made["prefix"]) and len(made["key"]) > 40
    listed = ada.get("/api/keys")
    assert made["key"] not in listed.text and [key["id"] for key in listed.json()["keys"]] == [made["id"]]
    assert listed.json()["keys"][0]["name"] == "my script"


def test_the_cookie_is_for_the_server_only(server: RunningServer) -> None:
    header = _register(server, username=f"p{new_key()[:8]}").headers["Set-Cookie"]
    flags = [part.strip() for part in header.split(";")]
    assert "HttpOnly" in flags and "SameSite=Lax" in flags and "Path=/" in flags and "Secure" not in flags
    assert not [flag for flag in flags if flag.startswith("Domain")]


def test_the_cookie_is_secure_where_people_come_by_https(tmp_path: Path) -> None:
    with RunningServer(tmp_path, ALLOWED_ORIGINS="https://chat.example.org", LLM_SCRIPTED="on") as server:
        assert "; Secure" in _register(server, username="ada").headers["Set-Cookie"]


def test_the_secret_is_made_once_and_is_nobody_elses_to_read(fresh: RunningServer) -> None:
    path = fresh.data_dir / "secret_key"
    secret = path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600 and len(secret) >= 32
    ada = Person(fresh.url, "ada").register()
    fresh.stop()
    fresh.start()
    assert path.read_text() == secret
    assert ada.get("/api/auth/me").ok, "a restart signs nobody out"


def test_somebody_who_is_called_like_another_persons_id_gets_nothing_of_theirs(server: RunningServer) -> None:
    owner, ada = (Person(server.url, f"p{new_key()[:8]}").register() for _ in range(2))
    user_id = ada.get("/api/auth/me").json()["user"]["id"]
    Person(server.url, user_id.lower()).register()
    room = owner.post("/api/rooms", name="hidden", kind="private").json()["room"]["id"]
    assert owner.post(f"/api/rooms/{room}/invite", user=user_id).ok
    members = owner.get(f"/api/rooms/{room}/members").json()["members"]
    assert {member["username"] for member in members} == {owner.username, ada.username}


def test_two_cookies_are_one_person(server: RunningServer) -> None:
    people = [Person(server.url, f"p{new_key()[:8]}").register() for _ in range(2)]
    tokens = [person.http.cookies["roundtable_session"] for person in people]
    both = {"Cookie": "; ".join(f"roundtable_session={token}" for token in tokens)}
    names = {requests.get(f"{server.url}/api/auth/me", headers=both, timeout=10).json()["user"]["username"]}
    assert names == {people[0].username}
