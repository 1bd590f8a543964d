"""A copy of the database while people write, and a server that is as it was then."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from tests.people import Person
from tests.running_server import LIMITS, RunningServer
from tests.typed import flask, run_flask


def test_what_is_said_during_a_backup_is_in_it_or_comes_after(server: RunningServer, tmp_path: Path) -> None:
    """The copy is one moment of a server that goes on: numbers without a gap, and no message is held up."""
    ada = Person(server.url, "ada").register().connect()
    target, is_done = tmp_path / "copy.db", threading.Event()
    said = [ada.send("before")["message"]["seq"]]

    def talk() -> None:
        while not is_done.is_set():
            said.append(ada.send("meanwhile")["message"]["seq"])

    talking = threading.Thread(target=talk)
    talking.start()
    try:
        assert "complete and sound" in flask(server.data_dir, "backup", str(target))
    finally:
        is_done.set()
        talking.join()
        ada.disconnect()
    assert target.stat().st_mode & 0o077 == 0
    with closing(sqlite3.connect(target)) as copy:
        kept = [seq for (seq,) in copy.execute("select seq from messages order by seq")]
    assert kept == list(range(1, len(kept) + 1)) and 1 <= len(kept) < len(said)
    ended = run_flask(server.data_dir, "backup", str(target))
    assert ended.returncode == 1 and "is there already" in ended.stderr


def test_a_restored_server_is_as_it_was(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    copy = tmp_path / "copy.db"
    server = RunningServer(data_dir, LLM_SCRIPTED="on", **LIMITS)
    with server:
        ada = Person(server.url, "ada").register().connect()
        ada.send("kept")
        flask(data_dir, "backup", str(copy))
        ada.send("lost")
        ended = run_flask(data_dir, "restore", "--replace", str(copy))
        assert ended.returncode == 1 and "Stop the server first" in ended.stderr
        assert [message["content"] for message in ada.history()] == ["kept", "lost"]
        ada.disconnect()
    ended = run_flask(data_dir, "restore", str(copy))
    assert ended.returncode == 1 and "--replace" in ended.stderr and not list(data_dir.glob("*.before-*"))
    printed = flask(data_dir, "restore", "--replace", str(copy))
    (aside,) = data_dir.glob("roundtable.db.before-*")
    assert str(aside) in printed
    with closing(sqlite3.connect(aside)) as old:
        assert old.execute("select count(*) from messages").fetchone() == (2,)
    with server:
        again = Person(server.url, "ada").sign_in().connect()
        assert [message["content"] for message in again.history()] == ["kept"]
        assert ada.get("/api/rooms").ok, "who was signed in then is so now"
        assert again.send("goes on")["message"]["seq"] == 2
        again.disconnect()
    assert "ok" in flask(data_dir, "check", LLM_SCRIPTED="on", EMBEDDING_MODEL="off")


def test_what_is_no_backup_is_not_put_in_place(server: RunningServer, tmp_path: Path) -> None:
    server.stop()
    broken, other = tmp_path / "broken.db", tmp_path / "other.db"
    broken.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("create table t (x)")
    for source, words in (
        (broken, "no SQLite database"),
        (other, "no database of Roundtable"),
        (tmp_path / "n", "no file"),
    ):
        ended = run_flask(server.data_dir, "restore", "--replace", str(source))
        assert ended.returncode == 1 and words in ended.stderr
    assert not list(server.data_dir.glob("*.before-*")) and not list(server.data_dir.glob("*.part*"))
    server.start()
