"""Brings a database to the newest schema, with the scripts in `migrations/`."""

import logging
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from chat.db.engine import DatabaseProblem

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
log = logging.getLogger(__name__)


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def upgrade(engine: Engine) -> None:
    """Applies what is missing, in one transaction. Refuses a database that a newer version has written."""
    config = alembic_config()
    scripts = ScriptDirectory.from_config(config)
    with engine.begin() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        if current == scripts.get_current_head():
            return
        known = {script.revision for script in scripts.walk_revisions()}
        if current is not None and current not in known:
            raise DatabaseProblem(
                f"The database has schema {current}, made by a newer version of Roundtable; use that."
            )
        log.info("migrating the database from %s to %s", current or "nothing", scripts.get_current_head())
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
