"""Engines. SQLite gets two: one writer that begins IMMEDIATE, and readers that cannot write; PostgreSQL one pool."""

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

PRAGMAS = (
    "journal_mode=WAL",  # readers never wait for the writer
    "synchronous=FULL",  # an acknowledged message survives a power cut, not only a crash of this process
    "foreign_keys=ON",
    "temp_store=MEMORY",
    "wal_autocheckpoint=4000",  # pages, 16 MB: pages that change with every message are copied back less often
)
BUSY_SECONDS = 10.0  # for a writer in another process: a backup, an import, a look with the sqlite3 shell
BUSY_STEP_SECONDS = 0.02


class DatabaseProblem(Exception):
    """The database cannot be used; the message is one line for whoever starts the server."""


def open_engines(database_url: str) -> tuple[Engine, Engine]:
    """The write engine and the read engine (on PostgreSQL the same one). Makes the folder of a SQLite file."""
    try:
        return _open(make_url(database_url))
    except ArgumentError as problem:
        raise DatabaseProblem("DATABASE_URL is not a database URL such as sqlite:////srv/roundtable.db.") from problem
    except ModuleNotFoundError as problem:
        raise DatabaseProblem(f"DATABASE_URL needs the Python package “{problem.name}”, which is missing.") from problem


def _open(url: URL) -> tuple[Engine, Engine]:
    if url.get_backend_name() != "sqlite":
        engine = create_engine(url, pool_pre_ping=True, pool_timeout=5, hide_parameters=True)
        return engine, engine
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    return _sqlite(url, "BEGIN IMMEDIATE", pool_size=1), _sqlite(url, "BEGIN", pool_size=4, read_only=True)


def _sqlite(url: URL, begin: str, *, pool_size: int, read_only: bool = False) -> Engine:
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        hide_parameters=True,  # an error must not carry the text of a message or a password's hash into the log
        connect_args={"check_same_thread": False},
    )

    def on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN would be deferred; ours is in on_begin
        for pragma in (*PRAGMAS, *(("query_only=ON",) if read_only else ("busy_timeout=0",))):  # 0: see `_begin`
            connection.execute(f"PRAGMA {pragma}")

    def on_begin(connection: Any) -> None:
        _begin(connection.connection.dbapi_connection, begin)

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
    return engine


def _begin(connection: Any, begin: str) -> None:
    """Waits while another process writes, and lets other green threads go on, which SQLite's own waiting would not."""
    give_up = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute(begin)
            return
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
        time.sleep(BUSY_STEP_SECONDS)
