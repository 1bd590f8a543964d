"""Brings a database to the newest schema, with the scripts in `migrations/`."""

import logging
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from chat.db.engine import DatabaseProblem

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
    try:
        with engine.begin() as connection:
            _wait_for_others(connection)
            _upgrade(connection)
    except OperationalError as problem:
        raise DatabaseProblem(f"the database cannot be used: {' '.join(str(problem.orig).split())}") from problem


def _wait_for_others(connection: Connection) -> None:
    """On SQLite the transaction has done so by beginning."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = 0"))  # however long it takes
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('roundtable migrates', 0))"))


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
    scripts = ScriptDirectory.from_config(alembic_config())
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current is None:
        raise DatabaseProblem("This is no database of Roundtable: it has no schema. Check that it is the right one.")
    _require_known(scripts, current)
    return current, scripts.get_current_head()


def _require_known(scripts: ScriptDirectory, current: str | None) -> None:
    if current is not None and current not in {script.revision for script in scripts.walk_revisions()}:
        raise DatabaseProblem(f"The database has schema {current}, made by a newer version of Roundtable; use that.")
