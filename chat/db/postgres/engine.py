"""Connections to PostgreSQL by psycopg 3: one pool for writing, and one for reading, in which nothing can be written.

Two pools, so that whoever waits for a room in order to write keeps nobody from reading.
"""

from typing import Any

from psycopg.types.string import StrDumperUnknown
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import IsolationLevel

DRIVER = "postgresql+psycopg"
WRITERS, READERS = 10, 10  # connections of one process; PostgreSQL takes 100 in all unless told otherwise
POOL_SECONDS = 9  # for one of them to become free: a page waits ten for its answer, and 300 who join at once take six
CONNECT_SECONDS = 5
APPLICATION = "roundtable"  # what our connections are called on the server
UNANSWERED_MS = 10_000  # after that a connection to a machine that has gone is given up
# A unit waits for another one that changes the same room; one that is left open in the middle holds nobody up for good.
SESSION = "-c lock_timeout=10s -c idle_in_transaction_session_timeout=60s"


def open_pools(url: URL) -> tuple[Engine, Engine]:
    """The write engine and the read engine. Connects when it is asked for something."""
    url = url.set(drivername=DRIVER)
    write = _pool(url, WRITERS, "READ COMMITTED")
    return write, _pool(url, READERS, "REPEATABLE READ", read_only=True)


def _pool(url: URL, size: int, isolation: IsolationLevel, *, read_only: bool = False) -> Engine:
    engine = create_engine(
        url,
        isolation_level=isolation,
        pool_size=size,
        max_overflow=0,
        pool_timeout=POOL_SECONDS,
        pool_pre_ping=True,  # a server that was started again is noticed before anything is asked of it
        hide_parameters=True,  # an error must not carry the text of a message or a password's hash into the log
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "tcp_user_timeout": UNANSWERED_MS,
            "application_name": APPLICATION,
            "options": SESSION,
        },
    )

    def on_connect(connection: Any, _record: object) -> None:
        connection.read_only = read_only
        connection.adapters.register_dumper(str, _WithoutNul)

    event.listen(engine, "connect", on_connect)
    return engine


class _WithoutNul(StrDumperUnknown):
    """Models and programs may write the one sign that PostgreSQL takes in no text."""

    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace("\0", "\ufffd") if "\0" in obj else obj)
