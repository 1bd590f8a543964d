"""Where the database is, if it is a file."""

from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from chat.db.engine import DatabaseProblem


def find_file(database_url: str) -> Path | None:
    """The file of a SQLite database, whether it is there or not; None for a server. Raises `DatabaseProblem`."""
    try:
        url = make_url(database_url)
    except ArgumentError as problem:
        raise DatabaseProblem("DATABASE_URL is not a database URL such as sqlite:////srv/roundtable.db.") from problem
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def require_file(database_url: str) -> None:
    """Raises `DatabaseProblem` where a SQLite database would only be made by looking at it."""
    path = find_file(database_url)
    if path is not None and not path.is_file():
        raise DatabaseProblem(
            f"There is no database at {path} yet. Start the server once, or say where it is (DATA_DIR, DATABASE_URL)."
        )
