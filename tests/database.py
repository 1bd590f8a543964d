"""The database that a test speaks to: a SQLite file, or with TEST_DATABASE=postgresql one of a PostgreSQL of ours.

Whoever starts pytest starts that server (conftest.py); its processes side by side find it by TEST_POSTGRES.
"""

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from sqlalchemy import QueuePool

from chat.db.opening import open_database
from chat.db.unit_of_work import Database
from chat.publishing import Publisher
from tests.postgres_server import PostgresServer

WANTED, SERVER = "TEST_DATABASE", "TEST_POSTGRES"
TEMPLATE = "migrated"


def on_postgres() -> bool:
    return os.environ.get(WANTED) == "postgresql"


@contextmanager
def new_database(folder: Path, template: str = TEMPLATE) -> Iterator[str]:
    """The URL of an empty one; of PostgreSQL's the tables are there already, or every test would have to migrate."""
    if not on_postgres():
        yield f"sqlite:///{folder / 'test.db'}"
        return
    name = f"t{os.urandom(8).hex()}"
    _say(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield os.environ[SERVER].format(name)
    _say(f"DROP DATABASE {name} WITH (FORCE)")


def close(db: Database, seconds: float = 20.0) -> None:
    """Waits for threads that are about to give a connection back: to a closed pool, nobody would ever close it."""
    give_up = time.monotonic() + seconds
    while on_postgres() and _in_use(db):
        assert time.monotonic() < give_up, "a thread of the test still uses the database"
        time.sleep(0.01)
    db.close()


def _in_use(db: Database) -> bool:
    pools = [engine.pool for engine in (db._write, db._read)]
    return any(isinstance(pool, QueuePool) and pool.checkedout() for pool in pools)


def settings_for(data_dir: Path) -> dict[str, str]:
    """What a server with this DATA_DIR is told of its database: nothing, or the same one each time."""
    if not on_postgres():
        return {}
    name = f"s{hashlib.sha256(str(data_dir).encode()).hexdigest()[:16]}"
    with suppress(psycopg.errors.DuplicateDatabase):
        _say(f"CREATE DATABASE {name}")
    return {"DATABASE_URL": os.environ[SERVER].format(name)}


def prepare(server: PostgresServer) -> None:
    """Tells all tests of it, also those in processes that are started from here."""
    os.environ[SERVER] = server.address
    _say(f"CREATE DATABASE {TEMPLATE}")
    open_database(server.address.format(TEMPLATE), Publisher()).close()


def _say(command: str) -> None:
    with psycopg.connect(os.environ[SERVER].format("postgres"), autocommit=True) as connection:
        connection.execute(command.encode())
