"""Copies of a whole database, and putting them back, as the database that DATABASE_URL names does it."""

from pathlib import Path
from typing import Protocol

from chat.db.engine import open_engines
from chat.db.files import find_file
from chat.db.postgres.backups import PostgresBackups
from chat.db.sqlite_backups import SqliteBackups


class Backups(Protocol):
    """Backups of one database. All methods raise `DatabaseProblem` that says what to do, or `OSError`."""

    suffix: str  # of the files

    def write(self, target: Path) -> None:
        """Makes the file `target`, whole and checked or not at all. Refuses one that is there."""
        ...

    def restore(self, source: Path, *, replaces: bool) -> str | None:
        """Puts the backup in the place of the database, which nobody may use meanwhile; gives where the old one is.

        Unless it `replaces`, it refuses where there is one that holds anything.
        """
        ...


def backups_of(database_url: str) -> Backups:
    """Raises `DatabaseProblem` for what is no database URL."""
    path = find_file(database_url)
    return PostgresBackups(open_engines(database_url)[0]) if path is None else SqliteBackups(path)
