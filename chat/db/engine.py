"""SQLite's engines, one writer that begins IMMEDIATE and readers that cannot write; PostgreSQL's are in postgres/."""

import math
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from chat.db.postgres.engine import open_pools

PRAGMAS = (
    "journal_mode=WAL",  # readers never wait for the writer
    "synchronous=FULL",  # an acknowledged message survives a power cut, not only a crash of this process
    "foreign_keys=ON",
    "temp_store=MEMORY",
    "wal_autocheckpoint=4000",  # pages, 16 MB: pages that change with every message are copied back less often
)
BUSY_SECONDS = 10.0  # for a writer in another process: a backup, an import, a look with the sqlite3 shell
BUSY_STEP_SECONDS = 0.02
POSTGRESQL = ("postgresql", "postgres", "postgresql+psycopg")  # the second as some hosts hand it out
KNOWN = "Write it like sqlite:////srv/roundtable.db or postgresql://roundtable@localhost/roundtable."


class DatabaseProblem(Exception):
    """The database cannot be used; the message is one line for whoever starts the server."""


def open_engines(database_url: str) -> tuple[Engine, Engine]:
    """The write engine and the read engine. Makes the folder of a SQLite file."""
    try:
        url = make_url(database_url)
    except ArgumentError as problem:
        raise DatabaseProblem(f"DATABASE_URL is not a database URL. {KNOWN}") from problem
    if url.drivername == "sqlite":
        return _open_file(url)
    if url.drivername in POSTGRESQL:
        return open_pools(url)
    raise DatabaseProblem(f"DATABASE_URL begins with {url.drivername}:, which is not known here. {KNOWN}")


def _open_file(url: URL) -> tuple[Engine, Engine]:
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
        connection.isolation_level = None  # the driver's own BEGIN would be deferred; ours is `do_begin`
        for pragma in (*PRAGMAS, *(("query_only=ON",) if read_only else ("busy_timeout=0",))):  # 0: see `_Patience`
            connection.execute(f"PRAGMA {pragma}")

    patience = _Patience()

    def do_begin(dbapi_connection: Any) -> None:
        """Nothing if a group has begun it already, and SQLAlchemy takes notice of that now."""
        if not dbapi_connection.dbapi_connection.in_transaction:
            patience.begin(dbapi_connection.dbapi_connection, begin)

    event.listen(engine, "connect", on_connect)
    engine.dialect.do_begin = do_begin  # type: ignore[method-assign]  # where SQLAlchemy leaves it to the driver
    return engine


class _Patience:
    """Waits while another process writes, and lets other green threads go on, which SQLite's own waiting would not.

    They wait in a row, so whoever comes when the time is over tries once only, for as long again.
    """

    def __init__(self) -> None:
        self._give_up = -math.inf  # when the patience with the last one that was met ends

    def begin(self, connection: Any, begin: str) -> None:
        while True:
            try:
                connection.execute(begin)
                self._give_up = -math.inf
                return
            except sqlite3.OperationalError as problem:
                if problem.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
                now = time.monotonic()
                if now > self._give_up + BUSY_SECONDS:
                    self._give_up = now + BUSY_SECONDS
                if now > self._give_up:
                    raise
            time.sleep(BUSY_STEP_SECONDS)
