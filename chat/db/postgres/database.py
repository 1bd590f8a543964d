"""Units of work on PostgreSQL: each has a connection and a transaction of its own, and many are under way at once.

While one waits for the server, others go on, so what a unit has read may change before it writes. What must not change
is held: `require_room` holds the room's row, so units that change the same room come one after the other, in this
process and in all others. See decision 0024.
"""

import time
from collections import deque
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, Engine, RootTransaction, text
from sqlalchemy.exc import DBAPIError, TimeoutError

from chat.db.lock_order import Lock
from chat.db.postgres.commit_marks import CommitMark, leave_mark
from chat.db.postgres.refusals import PostgresRefusals, is_away
from chat.db.prepared import Prepared
from chat.db.refusals import RETRY_SECONDS
from chat.db.unit_of_work import Database, Reader, UnitOfWork
from chat.errors import NotStored
from chat.events import Event
from chat.locks import ShortLock
from chat.publishing import Publisher

_ALONE = Prepared(text("SELECT pg_advisory_xact_lock(hashtextextended(:subject, 0))"))
START_SECONDS = 10.0  # that a server may take to start again
ASK_AGAIN_SECONDS = 0.5
_UNSURE = "The server's database went away while it stored this. Look whether it is there before you try again."


class PostgresUnit(UnitOfWork):
    def hold(self, lock: Lock, rows: Prepared, parameters: Mapping[str, Any]) -> None:
        super().hold(lock, rows, parameters)
        self.run(rows, parameters)

    def _wait_for(self, lock: Lock) -> None:
        self.run(_ALONE, {"subject": lock.subject})


class PostgresDatabase(Database):
    """While the server is away, reading raises `NotStored` as well; when it is back, both go on by themselves."""

    def __init__(self, write: Engine, read: Engine, publisher: Publisher) -> None:
        super().__init__(write, read, publisher)
        self._refusals = PostgresRefusals()
        self._line = _Line(publisher)

    @contextmanager
    def read(self) -> Generator[Reader]:
        with self._explained(), super().read() as reader:
            yield reader

    def look(self, statement: Prepared, parameters: Mapping[str, Any]) -> list[Any]:
        with self._explained():
            return super().look(statement, parameters)

    @contextmanager
    def _explained(self) -> Generator[None]:
        try:
            yield
        except Exception as problem:
            if refusal := self._refusals.explain(problem):
                raise refusal from problem
            raise

    def _spare_reader(self) -> Connection:
        return self._read.connect()

    def _keep(self, connection: Connection) -> None:
        connection.close()

    def _unit(self) -> Generator[UnitOfWork]:
        with self._write.connect() as connection:
            unit = PostgresUnit(connection)
            transaction = connection.begin()
            try:
                yield unit
            except BaseException:
                with suppress(DBAPIError):  # it is gone, and what was in it, too
                    transaction.rollback()
                raise
            try:
                with self._line.place(unit.events):
                    self._commit_surely(unit, connection, transaction)
            finally:  # also what stood behind this one
                self._publisher.drain()

    def _commit_surely(self, unit: UnitOfWork, connection: Connection, transaction: RootTransaction) -> None:
        """A connection that breaks in a commit does not tell whether it was done: what the unit has marked does."""
        mark = leave_mark(connection) if unit.events else None
        try:
            transaction.commit()
        except DBAPIError as problem:
            if mark is None or not is_away(problem):
                raise
            connection.close()  # there are not so many that one could wait for another one beside it
            if not self._was_stored(mark):
                raise

    def _was_stored(self, mark: CommitMark) -> bool:
        give_up = time.monotonic() + START_SECONDS
        while time.monotonic() < give_up:
            with suppress(DBAPIError, TimeoutError), self._write.begin() as connection:
                return mark.is_stored(connection)
            time.sleep(ASK_AGAIN_SECONDS)
        raise NotStored(_UNSURE, retry_after=RETRY_SECONDS)


class _Place:
    def __init__(self, events: Iterable[Event]) -> None:
        self.events = events
        self.is_over = False
        self.is_stored = False


class _Line:
    """Lets the events of units that commit at once out in the order in which they began to.

    Whoever changed a row that another one waits for stands before it: it gives the row free by its commit only.
    """

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._places: deque[_Place] = deque()
        self._lock = ShortLock()

    @contextmanager
    def place(self, events: Iterable[Event]) -> Generator[None]:
        """From before the commit to after it; without a failure in between the events go out."""
        place = _Place(events)
        with self._lock:
            self._places.append(place)
        try:
            yield
            place.is_stored = True
        finally:
            with self._lock:
                place.is_over = True
                self._move_up()

    def _move_up(self) -> None:
        while self._places and self._places[0].is_over:
            first = self._places.popleft()
            if first.is_stored:
                self._publisher.append(first.events)
