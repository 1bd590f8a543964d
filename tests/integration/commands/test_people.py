"""Accounts made and let in again from the command line."""

from pathlib import Path

import pytest

from tests.people import PASSWORD, Person
from tests.running_server import RunningServer
from tests.typed import flask, run_flask


def test_the_first_admin_of_a_fresh_machine_can_sign_in(tmp_path: Path) -> None:
    assert "can sign in" in flask(tmp_path, "create-admin", "ada", typed=f"{PASSWORD}\n")
    with RunningServer(tmp_path) as server:
        ada = Person(server.url, "ada").sign_in()
        assert ada.get("/api/admin/people").ok
        assert ada.get("/api/chat/history", room="general").ok


def test_somebody_who_is_there_becomes_an_admin_and_keeps_the_password(server: RunningServer) -> None:
    Person(server.url, "ada").register()
    mira = Person(server.url, "mira").register()
    assert mira.get("/api/admin/people").status_code == 403
    assert "password stays" in flask(server.data_dir, "create-admin", "mira")
    assert mira.sign_in().get("/api/admin/people").ok
    (made,) = mira.get("/api/admin/audit", action="admin_made").json()["entries"]
    assert (made["actor_name"], made["actor_id"], made["target_name"]) == ("flask create-admin", None, "mira")


@pytest.mark.parametrize(
    ("username", "typed", "words"),
    [("ada", "short\n", "password"), ("A b", f"{PASSWORD}\n", "username"), ("ada", "", "password")],
)
def test_an_account_that_cannot_be_is_refused_in_words(tmp_path: Path, username: str, typed: str, words: str) -> None:
    ended = run_flask(tmp_path, "create-admin", username, typed=typed)
    assert ended.returncode == 1 and ended.stderr.startswith(f"Error: {words}: ") and "Traceback" not in ended.stderr


def test_a_password_that_was_reset_lets_in_once_and_must_be_changed(server: RunningServer) -> None:
    ada = Person(server.url, "ada").register()
    password = flask(server.data_dir, "reset-password", "ada").strip()
    assert ada.get("/api/rooms").status_code == 401, "the old session has ended"
    again = Person(server.url, "ada")
    assert again.post("/api/auth/login", username="ada", password=PASSWORD).status_code == 401
    assert again.post("/api/auth/login", username="ada", password=password).ok
    assert again.get("/api/rooms").status_code == 403, "until it is changed"
    ended = run_flask(server.data_dir, "reset-password", "nobody")
    assert ended.returncode == 1 and "nobody called “nobody”" in ended.stderr
