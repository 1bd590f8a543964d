"""What holds for every command: it says what it does, patches and makes nothing, and leaves a server alone."""

from pathlib import Path

import pytest
import requests

from tests.people import Person
from tests.running_server import RunningServer
from tests.typed import flask, run_flask

COMMANDS = ("backup", "check", "create-admin", "export-room", "import", "reap", "reset-password", "restore", "work")


def test_every_command_says_in_a_line_what_it_does_and_serving_is_none_of_them(tmp_path: Path) -> None:
    listed = {line.split()[0]: line for line in flask(tmp_path, "--help").splitlines() if line.startswith("  ")}
    assert all(len(listed[name].split()) > 4 and listed[name].endswith(".") for name in COMMANDS), listed
    assert not any(listed[name].endswith("...") for name in COMMANDS)
    ended = run_flask(tmp_path, "run", "--port", "0")
    assert ended.returncode == 2 and "python app.py" in ended.stderr


@pytest.mark.parametrize("mode", ["eventlet", "gevent", "threading"])
def test_commands_patch_nothing_whatever_the_server_runs_on(tmp_path: Path, mode: str) -> None:
    typed = "import sys\nprint([name for name in ('eventlet', 'gevent') if name in sys.modules])\n"
    assert "[]" in flask(tmp_path, "shell", typed=typed, ASYNC_MODE=mode)


@pytest.mark.parametrize(
    "command", [("reset-password", "ada"), ("backup",), ("export-room", "general", "x"), ("reap",)]
)
def test_without_a_database_nothing_is_made(tmp_path: Path, command: tuple[str, ...]) -> None:
    ended = run_flask(tmp_path, *command)
    assert ended.returncode == 1 and "There is no database" in ended.stderr
    assert not (tmp_path / "roundtable.db").exists()


def test_a_wrong_setting_is_named(tmp_path: Path) -> None:
    ended = run_flask(tmp_path, "reap", LLM_PARALLEL="many")
    assert ended.returncode == 2 and "LLM_PARALLEL='many'" in ended.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("backup", "x"),
        ("restore", __file__),
        ("check",),
        ("create-admin", "ada"),
        ("reset-password", "ada"),
        ("export-room", "general", "x"),
        ("import", __file__),
        ("reap",),
    ],
)
def test_a_database_that_does_not_answer_is_named_in_one_line(tmp_path: Path, command: tuple[str, ...]) -> None:
    url = f"postgresql://roundtable:swordfish@/roundtable?host={tmp_path}"
    ended = run_flask(tmp_path, *command, typed="swordfish\n", DATABASE_URL=url, LLM_SCRIPTED="on", LLM_EMBEDDED="off")
    told = [line for line in (ended.stdout + ended.stderr).splitlines() if "DATABASE_URL" in line]
    assert ended.returncode == 1 and len(told) == 1 and "Look whether it runs" in told[0]
    assert "Traceback" not in ended.stderr and "swordfish" not in ended.stdout + ended.stderr


def test_nobody_works_for_servers_that_do_it_themselves(tmp_path: Path) -> None:
    ended = run_flask(tmp_path, "work")
    assert ended.returncode == 2 and "LLM_EXECUTOR=dramatiq" in ended.stderr
    ended = run_flask(tmp_path, "work", LLM_EXECUTOR="dramatiq")
    assert ended.returncode == 2 and "REDIS_URL" in ended.stderr


def test_the_server_is_not_disturbed_by_the_commands(server: RunningServer) -> None:
    Person(server.url, "ada").register()
    flask(server.data_dir, "check", LLM_SCRIPTED="on", EMBEDDING_MODEL="off")
    flask(server.data_dir, "reap")
    assert requests.get(f"{server.url}/readyz", timeout=5).ok and "Traceback" not in server.log()
