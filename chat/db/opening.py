"""Opens the database that DATABASE_URL names."""

import math
from collections.abc import Callable

from sqlalchemy import Engine

from chat.db.engine import open_engines
from chat.db.migrate import upgrade
from chat.db.postgres.database import PostgresDatabase
from chat.db.unit_of_work import SLOW_SECONDS, Database, RunBlocking, run_in_place
from chat.publishing import Publisher

_SLOW = {"auto": SLOW_SECONDS, "loop": math.inf, "thread": 0.0}


def open_database(
    url: str,
    publisher: Publisher,
    sqlite_commit: str = "auto",
    own_thread: Callable[[], RunBlocking] | None = None,
    others_wait: Callable[[], bool] = lambda: True,
) -> Database:
    """Brought up to date. After the first two all is SQLite's, see `Database`; `own_thread` makes its `run_blocking`.

    Raises `DatabaseProblem`.
    """
    write, read = open_engines(url)
    upgrade(write)
    if write.dialect.name != "sqlite":
        return database_on(write, read, publisher)
    run_blocking = own_thread() if own_thread else run_in_place
    return Database(write, read, publisher, run_blocking, _SLOW[sqlite_commit], others_wait)


def database_on(write: Engine, read: Engine, publisher: Publisher) -> Database:
    """On engines that are open."""
    return (PostgresDatabase if write.dialect.name == "postgresql" else Database)(write, read, publisher)
