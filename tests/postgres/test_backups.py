"""A copy of a PostgreSQL database while people write, and another database that is as it was then."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from chat.db.opening import open_database
from chat.publishing import Publisher
from tests.database import new_database
from tests.people import Person
from tests.postgres_server import BY_PASSWORD
from tests.running_server import LIMITS, RunningServer
from tests.services.den import Den
from tests.services.seeker import Seeker
from tests.typed import flask, run_flask

PROGRAMS = Path(os.environ["ROUNDTABLE_POSTGRES"])
PATH = f"{PROGRAMS}:/usr/bin:/bin"
PASSWORD = "p:a\\s's w"
_TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
_ASIDE = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'before_restore_%'"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[str]:
    """The URL of a database with nothing in it."""
    with new_database(tmp_path, template="template1") as made:
        yield made


@pytest.fixture
def archive(den: Den, url: str, tmp_path: Path) -> Path:
    """A backup of the den, in which one thing was said."""
    den.say(den.ada, "kept")
    target = tmp_path / "roundtable.dump"
    flask(tmp_path, "backup", str(target), DATABASE_URL=url, PATH=PATH)
    return target


def _ask(url: str, question: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(question.encode())
        return found.fetchall() if found.description else []


def _rows(url: str, schema: str = "public") -> dict[object, object]:
    """What is in each table."""
    rows = "SELECT coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM {}.{} AS t"
    return {table: _ask(url, rows.format(schema, table)) for (table,) in _ask(url, _TABLES)}


def test_a_restored_database_has_every_row_and_is_searched_and_written_as_before(
    den: Den, url: str, empty: str, tmp_path: Path
) -> None:
    said = den.say(den.mira, "the hound sleeps")
    reply = den.ask(den.ada, "why?")[1]
    den.close(reply, "because of the moon")
    Seeker(den).read_all()
    archive = tmp_path / "roundtable.dump"
    assert "complete and sound" in flask(tmp_path, "backup", str(archive), DATABASE_URL=url, PATH=PATH)
    assert archive.stat().st_mode & 0o077 == 0
    assert "kept as" not in flask(tmp_path, "restore", str(archive), DATABASE_URL=empty, PATH=PATH)
    rows = _rows(empty)
    assert rows == _rows(url) and not [name for name in ("messages", "jobs", "meaning_codes") if rows[name] == [("",)]]
    den.db = open_database(empty, Publisher())
    try:
        seeker = Seeker(den)
        assert seeker.found(den.ada, "dog") == [said.id] and seeker.found(den.ada, "moon", "text") == [reply.id]
        new = den.say(den.mira, "a hound, too")
        assert new.seq == reply.seq + 1 and set(seeker.found(den.ada, "dog")) == {said.id, new.id}
        assert seeker.found(den.ada, "hound", "text") == [new.id, said.id]
    finally:
        den.db.close()


def test_what_many_say_during_a_backup_is_in_it_or_comes_after(tmp_path: Path, empty: str) -> None:
    """One consistent moment of a server that goes on, by a role that may do nothing but own its database.

    Its password is needed, and in no argument, where all users of the machine would see it.
    """
    name = empty.partition("?")[0].rpartition("/")[2]
    _ask(empty, f"CREATE ROLE {BY_PASSWORD} LOGIN PASSWORD '{PASSWORD.replace(chr(39), chr(39) * 2)}'")
    _ask(empty, f"ALTER DATABASE {name} OWNER TO {BY_PASSWORD}")
    url = empty.replace("//roundtable@", f"//{BY_PASSWORD}:{quote(PASSWORD)}@")
    arguments = tmp_path / "arguments"
    path = f"{_telling_programs(tmp_path, arguments)}:{PATH}"
    archive, is_done, said = tmp_path / "copy.dump", threading.Event(), list[int]()

    def talk(person: Person) -> None:
        while not is_done.is_set():
            said.append(person.send("meanwhile")["message"]["seq"])

    with RunningServer(tmp_path, DATABASE_URL=url, **LIMITS) as server:
        people = [Person(server.url, name).register().connect() for name in ("ada", "mira", "nora")]
        talking = [threading.Thread(target=talk, args=(person,)) for person in people]
        for thread in talking:
            thread.start()
        try:
            flask(tmp_path, "backup", str(archive), DATABASE_URL=url, PATH=path)
        finally:
            is_done.set()
            for thread in talking:
                thread.join()
        refused = run_flask(tmp_path, "restore", "--replace", str(archive), DATABASE_URL=url, PATH=path)
        assert refused.returncode == 1 and "Stop the server first" in refused.stderr
        for person in people:
            person.disconnect()
    printed = flask(tmp_path, "restore", "--replace", str(archive), DATABASE_URL=url, PATH=path)
    ((aside,),) = _ask(url, _ASIDE)
    assert f"DROP SCHEMA {aside} CASCADE" in printed
    assert _ask(url, f"SELECT count(*) FROM {aside}.messages") == [(len(said),)]
    kept = [seq for (seq,) in _ask(url, "SELECT seq FROM messages ORDER BY seq")]
    assert kept == list(range(1, len(kept) + 1)) and 1 <= len(kept) < len(said)
    checked = {"LLM_SCRIPTED": "on", "LLM_EMBEDDED": "off", "EMBEDDING_MODEL": "off"}
    assert "database: ok" in flask(tmp_path, "check", DATABASE_URL=url, **checked)
    told = arguments.read_text()
    assert "pg_dump --format=custom" in told and "pg_restore --single-transaction" in told
    assert "passfile=" in told and PASSWORD not in told and quote(PASSWORD) not in told


def _telling_programs(folder: Path, arguments: Path) -> Path:
    """In the place of PostgreSQL's, they write down what they are told, and do it."""
    programs = folder / "programs"
    programs.mkdir()
    for name in ("pg_dump", "pg_restore"):
        script = programs / name
        script.write_text(f'#!/bin/sh\necho "{name} $*" >> {arguments}\nexec {PROGRAMS / name} "$@"\n')
        script.chmod(0o755)
    return programs


def test_what_is_there_is_replaced_only_if_that_was_wanted(den: Den, url: str, archive: Path, tmp_path: Path) -> None:
    before = _rows(url)
    den.say(den.mira, "said since")
    den.db.close()
    refused = run_flask(tmp_path, "restore", str(archive), DATABASE_URL=url, PATH=PATH)
    assert refused.returncode == 1 and "--replace" in refused.stderr and _ask(url, _ASIDE) == []
    now = _rows(url)
    flask(tmp_path, "restore", "--replace", str(archive), DATABASE_URL=url, PATH=PATH)
    ((aside,),) = _ask(url, _ASIDE)
    assert _rows(url) == before and _rows(url, str(aside)) == now
    later = tmp_path / "later.dump"
    flask(tmp_path, "backup", str(later), DATABASE_URL=url, PATH=PATH)
    with new_database(tmp_path, template="template1") as other:
        flask(tmp_path, "restore", str(later), DATABASE_URL=other, PATH=PATH)
        assert _ask(other, _ASIDE) == [] and _rows(other) == before


def test_a_restore_that_fails_leaves_all_as_it_was(den: Den, url: str, archive: Path, tmp_path: Path) -> None:
    den.db.close()
    _ask(url, "CREATE TYPE public.zz AS (x int)")
    colliding = tmp_path / "colliding.dump"
    flask(tmp_path, "backup", str(colliding), DATABASE_URL=url, PATH=PATH)
    cut, other, text = tmp_path / "cut.dump", tmp_path / "other.dump", tmp_path / "text.dump"
    cut.write_bytes(archive.read_bytes()[:-2_000])
    text.write_text("no archive")
    with new_database(tmp_path, template="template1") as of_others:
        _ask(of_others, "CREATE TABLE t (x int)")
        refused = run_flask(tmp_path, "backup", str(other), DATABASE_URL=of_others, PATH=PATH)
        assert "no database of Roundtable" in refused.stderr and not other.exists()
    before = _rows(url)
    for source in (colliding, cut, text):
        failed = run_flask(tmp_path, "restore", "--replace", str(source), DATABASE_URL=url, PATH=PATH)
        assert failed.returncode == 1 and failed.stderr.startswith("Error: ") and failed.stderr.count("\n") == 1
        assert _rows(url) == before and _ask(url, _ASIDE) == []
    assert "zz" in run_flask(tmp_path, "restore", "--replace", str(colliding), DATABASE_URL=url, PATH=PATH).stderr


def test_programs_that_are_missing_or_too_old_are_named(url: str, tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    script = old / "pg_dump"
    script.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 13.22'\n")
    script.chmod(0o755)
    for path, words in ((tmp_path, "pg_dump is not installed"), (old, "pg_dump is older than the server")):
        ended = run_flask(tmp_path, "backup", str(tmp_path / "copy"), DATABASE_URL=url, PATH=str(path))
        assert ended.returncode == 1 and words in ended.stderr and "apt install postgresql-client" in ended.stderr
    assert not list(tmp_path.glob("copy*"))
