"""Copies of a whole database: taken while others use it, checked, and put back."""

import os
import shutil
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import create_engine

from chat.db.engine import DatabaseProblem
from chat.db.files import find_file
from chat.db.migrate import require_readable

_PAGES = "-wal", "-shm"  # beside a database file: what was written last, which belongs to it
BUSY_SECONDS = 5.0


class Backups(Protocol):
    """Backups of one kind of database. All methods raise `DatabaseProblem` that says what to do, or `OSError`."""

    def write(self, target: Path) -> None:
        """Makes the file `target`, whole and checked or not at all. Refuses one that is there."""
        ...

    def restore(self, source: Path) -> Path | None:
        """Puts the backup in the place of the database, which nobody may use meanwhile; gives where the old one is."""
        ...

    def find_damage(self) -> str | None:
        """What the database itself finds wrong with its pages and indexes; None if nothing."""
        ...


def backups_of(database_url: str) -> Backups:
    path = find_file(database_url)
    if path is None:
        raise DatabaseProblem(
            "This command is for SQLite. Back PostgreSQL up with its own tools: "
            "pg_dump --format=custom, and pg_restore --clean --if-exists."
        )
    return SqliteBackups(path)


class SqliteBackups:
    """With SQLite's online backup: one consistent moment, while the server goes on reading and writing."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, target: Path) -> None:
        if target.exists():
            raise DatabaseProblem(f"{target} is there already. Choose another name, or move it away.")
        with _whole(target) as part, _explained(self._path):
            with closing(_open(self._path)) as source, closing(sqlite3.connect(part)) as copy:
                source.backup(copy)  # in one step: in several it would begin anew at each message that is written
                copy.execute("PRAGMA journal_mode=DELETE")  # one file, and not three
            _require_sound(part)

    def restore(self, source: Path) -> Path | None:
        if not source.is_file():
            raise DatabaseProblem(f"There is no file {source}.")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(self._path), _whole(self._path, replaces=True) as part:
            shutil.copyfile(source, part)
            _require_sound(part)
            return self._put_aside()

    def _put_aside(self) -> Path | None:
        """Gives the database a second name, which is its only one when the new one has taken its place."""
        if not self._path.exists():
            return None
        aside = self._path.with_name(f"{self._path.name}.before-{datetime.now(UTC):%Y%m%d-%H%M%S}")
        if aside.exists():
            raise DatabaseProblem(f"{aside} is there already. Wait a second and try again.")
        os.link(self._path, aside)
        for ending in _PAGES:  # there are some only of a database that could not be opened
            pages = self._path.with_name(self._path.name + ending)
            if pages.exists():
                pages.rename(aside.with_name(aside.name + ending))
        return aside

    def find_damage(self) -> str | None:
        with closing(_open(self._path)) as connection:
            try:
                return _damage(connection)
            except sqlite3.OperationalError as problem:
                raise _unreadable(self._path, problem) from problem
            except sqlite3.DatabaseError as problem:
                return str(problem)


def _open(path: Path) -> sqlite3.Connection:
    """Fails where there is no file, instead of making one."""
    try:
        return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_SECONDS)
    except sqlite3.Error as problem:
        raise _unreadable(path, problem) from problem


def _unreadable(path: Path, problem: sqlite3.Error) -> DatabaseProblem:
    return DatabaseProblem(f"{path} cannot be read: {problem}. Look who may read it, and run “flask check”.")


@contextmanager
def _whole(target: Path, *, replaces: bool = False) -> Generator[Path]:
    """A file beside `target` that takes its place when the block ends well, after everything of it is on the disk."""
    part = target.with_name(f"{target.name}.part")
    if not target.parent.is_dir():
        raise DatabaseProblem(f"There is no folder {target.parent}. Make it first.")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))  # all that was ever said is in it
        yield part
        if replaces and target.exists():
            _look_like(target, part)
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        part.replace(target)
    finally:
        for ending in ("", *_PAGES):
            part.with_name(part.name + ending).unlink(missing_ok=True)


def _look_like(target: Path, part: Path) -> None:
    """Whoever runs the server must be able to write to it, also if somebody else restores."""
    shutil.copymode(target, part)
    owner = target.stat()
    os.chown(part, owner.st_uid, owner.st_gid)


@contextmanager
def _explained(path: Path) -> Generator[None]:
    try:
        yield
    except sqlite3.Error as problem:
        raise _unreadable(path, problem) from problem


@contextmanager
def _alone(path: Path) -> Generator[None]:
    """Holds the database so that nobody else can open it. Raises `DatabaseProblem` where somebody has it open.

    What was written last is in the file itself then, and not in another one beside it.
    """
    if not path.exists():
        yield
        return
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE")  # which only the last who has it open may do
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as problem:
            raise DatabaseProblem(f"{path} is in use. Stop the server first, then restore.") from problem
        except sqlite3.DatabaseError:  # it is damaged, which may be why somebody restores
            pass
        yield


def _require_sound(path: Path) -> None:
    """Raises `DatabaseProblem` for a file that is damaged, or no database that this version can use."""
    with closing(sqlite3.connect(path)) as connection:
        try:
            damage = _damage(connection)
        except sqlite3.DatabaseError as problem:
            raise DatabaseProblem(f"This is no SQLite database, or a damaged one: {problem}.") from problem
    if damage:
        raise DatabaseProblem(f"The copy is damaged: {damage}. Nothing was changed.")
    engine = create_engine(f"sqlite:///{path}")
    try:
        require_readable(engine)
    finally:
        engine.dispose()


def _damage(connection: sqlite3.Connection) -> str | None:
    found = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
    return None if found == ["ok"] else "; ".join(found)
