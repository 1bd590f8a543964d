"""What is wrong is found and said, with what to do; what nobody works on any more is ended."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.fakes.ollama import FakeOllama
from tests.people import Person
from tests.running_server import RunningServer
from tests.typed import flask, run_flask


def _execute(data_dir: Path, *statements: str) -> None:
    with closing(sqlite3.connect(data_dir / "roundtable.db")) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_check_says_what_is_wrong_and_what_to_do(server: RunningServer) -> None:
    mira = Person(server.url, "mira").register().connect()
    for number in range(3):
        mira.send(f"number {number}")
    mira.disconnect()
    settings = {"LLM_SCRIPTED": "on", "LLM_EMBEDDED": "off", "EMBEDDING_MODEL": "off"}
    assert flask(server.data_dir, "check", **settings) == "folders: ok\ndatabase: ok\nbackends: ok\n"
    server.stop()
    _execute(
        server.data_dir,
        "delete from messages where seq = 2",
        "update users set is_admin = 0",
        "update members set user_id = 'nobody'",
    )
    (server.data_dir / "secret_key").chmod(0o644)
    ended = run_flask(
        server.data_dir, "check", LLM_EMBEDDED="off", EMBEDDING_MODEL="off", OLLAMA_BASE_URL="http://127.0.0.1:9"
    )
    assert ended.returncode == 1
    for words in (
        "chmod 600",
        "Room #general counts 3 messages and has 2",
        "1 rows of members have a user_id that points nowhere",
        "flask create-admin NAME",
        "ollama serve",
    ):
        assert words in ended.stdout, words


def test_check_finds_a_damaged_file_and_a_backend_that_is_away_beside_one_that_is_not(server: RunningServer) -> None:
    server.stop()
    with FakeOllama() as ollama:
        backends = json.dumps([{"name": "here", "url": ollama.url}, {"name": "away", "url": "http://127.0.0.1:9"}])
        ended = run_flask(server.data_dir, "check", LLM_BACKENDS=backends, LLM_EMBEDDED="off", EMBEDDING_MODEL="off")
    assert ended.returncode == 0 and "others answer instead" in ended.stderr and "127.0.0.1:9" in ended.stderr
    path = server.data_dir / "roundtable.db"
    data = bytearray(path.read_bytes())
    data[4096 * 3 : 4096 * 8] = bytes(4096 * 5)
    path.write_bytes(data)
    ended = run_flask(server.data_dir, "check", LLM_SCRIPTED="on", EMBEDDING_MODEL="off")
    assert ended.returncode == 1 and "flask restore --replace FILE" in ended.stdout and "Traceback" not in ended.stderr


def test_reap_ends_a_reply_whose_server_is_gone(server: RunningServer) -> None:
    ada = Person(server.url, "ada").register().connect()
    reply = ada.wait_reply(ada.send("@echo hello")["message"]["id"])
    ada.wait_closed(reply["id"])
    ada.disconnect()
    server.stop()
    _execute(
        server.data_dir,
        "update jobs set state = 'generating', ended_at = null, heartbeat_at = 1",
        "update messages set reply_phase = 'generating' where model is not null",
    )
    assert "1 replies closed" in flask(server.data_dir, "reap")
    with closing(sqlite3.connect(server.data_dir / "roundtable.db")) as connection:
        assert connection.execute("select reply_phase from messages where model is not null").fetchone() == (
            "interrupted",
        )
