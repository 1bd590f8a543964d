"""Brings a database to the newest schema, with the scripts in `migrations/`."""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from chat.db.engine import DatabaseProblem

_LOCK = "hashtextextended('roundtable migrates', 0)"
MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
log = logging.getLogger(__name__)


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def upgrade(engine: Engine) -> None:
    """Applies what is missing, in one transaction. Refuses a database that a newer version has written.

    Of several processes that start at once one does it, and the others wait for that.
    """
    with reached(), engine.begin() as connection:
        if connection.dialect.name == "postgresql":  # on SQLite the transaction has waited by beginning
            connection.execute(text("SET LOCAL lock_timeout = 0"))  # however long it takes
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        _upgrade(connection)


def hold_migrations(connection: Connection) -> None:
    """On PostgreSQL: nobody else brings the database up to date before this connection ends."""
    connection.execute(text(f"SELECT pg_advisory_lock({_LOCK})"))


@contextmanager
def reached() -> Generator[None]:
    """Raises `DatabaseProblem` where the database is not there, or does not let us in."""
    try:
        yield
    except OperationalError as problem:
        words = "The database cannot be used. Look whether it runs, and at DATABASE_URL"
        raise DatabaseProblem(f"{words}: {' '.join(str(problem.orig).split())}") from problem


def _upgrade(connection: Connection) -> None:
    config = alembic_config()
    scripts = ScriptDirectory.from_config(config)
    current = MigrationContext.configure(connection).get_current_revision()
    if current == scripts.get_current_head():
        return
    _require_known(scripts, current)
    log.info("migrating the database from %s to %s", current or "nothing", scripts.get_current_head())
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def require_current(engine: Engine) -> None:
    """Raises `DatabaseProblem` for a database of another version, which only a start of the server may change."""
    current, newest = require_readable(engine)
    if current != newest:
        raise DatabaseProblem(
            f"The database has schema {current}, of an older version of Roundtable. "
            "Start the server once: it brings it up to date."
        )


def require_readable(engine: Engine) -> tuple[str, str | None]:
    """Its schema and the newest one. Raises `DatabaseProblem` where this version could not use it, even migrated."""
    with reached(), engine.connect() as connection:
        return require_revision(MigrationContext.configure(connection).get_current_revision())


def require_revision(current: str | None) -> tuple[str, str | None]:
    """The schema `current` of a database, and the newest one. Raises `DatabaseProblem` as `require_readable`."""
    if current is None:
        raise DatabaseProblem("This is no database of Roundtable: it has no schema. Check that it is the right one.")
    scripts = ScriptDirectory.from_config(alembic_config())
    _require_known(scripts, current)
    return current, scripts.get_current_head()


def _require_known(scripts: ScriptDirectory, current: str | None) -> None:
    if current is not None and current not in {script.revision for script in scripts.walk_revisions()}:
        raise DatabaseProblem(f"The database has schema {current}, made by a newer version of Roundtable; use that.")
