"""Backups of a SQLite file: a copy taken while others use it, checked, and put back."""

import os
import shutil
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine

from chat.db.engine import DatabaseProblem
from chat.db.migrate import require_readable
from chat.db.whole_files import PAGES, require_free, require_there, whole

BUSY_SECONDS = 5.0


class SqliteBackups:
    """With SQLite's online backup: one consistent moment, while the server goes on reading and writing."""

    suffix = ".db"

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, target: Path) -> None:
        require_free(target)
        with whole(target) as part, _explained(self._path):
            with closing(_open(self._path)) as source, closing(sqlite3.connect(part)) as copy:
                source.backup(copy)  # in one step: in several it would begin anew at each message that is written
                copy.execute("PRAGMA journal_mode=DELETE")  # one file, and not three
            _require_sound(part)

    def restore(self, source: Path, *, replaces: bool) -> str | None:
        require_there(source)
        if self._path.exists() and not replaces:
            raise DatabaseProblem(f"{self._path} is there already. With --replace it is kept under another name.")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(self._path), whole(self._path, replaces=True) as part:
            shutil.copyfile(source, part)
            _require_sound(part)
            return str(self._put_aside()) if self._path.exists() else None

    def _put_aside(self) -> Path:
        """Gives the database a second name, which is its only one when the new one has taken its place."""
        aside = self._path.with_name(f"{self._path.name}.before-{datetime.now(UTC):%Y%m%d-%H%M%S}")
        if aside.exists():
            raise DatabaseProblem(f"{aside} is there already. Wait a second and try again.")
        os.link(self._path, aside)
        for ending in PAGES:  # there are some only of a database that could not be opened
            pages = self._path.with_name(self._path.name + ending)
            if pages.exists():
                pages.rename(aside.with_name(aside.name + ending))
        return aside

    def find_damage(self) -> str | None:
        """What SQLite itself finds wrong with its pages and indexes; None if nothing."""
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
