"""The only way to write: a unit of work commits, then lets its recorded events out in commit order.

Units that arrive while one is open join its transaction, each in its own savepoint, and one commit stores them all:
under load a sync of the disk is shared by everybody who waits for one.
"""

import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Engine, Executable, Row

from chat.db.ids import now_ms
from chat.db.lock_order import Descent, Lock
from chat.db.prepared import Prepared
from chat.db.refusals import Refusals
from chat.db.unit_group import Group
from chat.events import Event
from chat.publishing import Publisher

SLOW_SECONDS = 0.001  # of a commit: from here on, handing it to a thread costs less than everybody's waiting
RECENT_WEIGHT = 0.1
T = TypeVar("T")
RunBlocking = Callable[[Callable[[], None]], None]
Parameters = Mapping[str, Any] | None


def run_in_place(work: Callable[[], T]) -> T:
    return work()


class Reader:
    """Reads in one consistent snapshot. Statements that run for every message are `Prepared`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def dialect(self) -> str:
        return self._connection.dialect.name

    def run(self, statement: Prepared, parameters: Mapping[str, Any]) -> list[Any]:
        """All rows of a prepared statement, as named tuples."""
        return statement.run(self._connection, parameters)

    def run_watched(self, statement: Prepared, parameters: Mapping[str, Any], is_over: Callable[[], bool]) -> list[Any]:
        """On SQLite, which asks `is_over` every thousand steps, and gives up by `DBAPIError` with SQLITE_INTERRUPT."""
        driver: Any = self._connection.connection.dbapi_connection
        driver.set_progress_handler(is_over, 1000)
        try:
            return self.run(statement, parameters)
        finally:
            driver.set_progress_handler(None, 0)

    def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        return self._connection.execute(statement, parameters)

    def all(self, statement: Executable, parameters: Parameters = None) -> Sequence[Row[Any]]:
        return self._connection.execute(statement, parameters).all()

    def first(self, statement: Executable, parameters: Parameters = None) -> Row[Any] | None:
        return self._connection.execute(statement, parameters).first()

    def scalar(self, statement: Executable) -> Any:
        return self._connection.execute(statement).scalar()


class UnitOfWork(Reader):
    """One change to the database and the events that announce it. `now` is its time, in milliseconds."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.now = now_ms()
        self.events: list[Event] = []
        self._descent = Descent()

    def record(self, event: Event) -> None:
        """Keeps an event until after the commit; a unit that fails announces nothing."""
        self.events.append(event)

    def hold(self, lock: Lock, rows: Prepared, parameters: Mapping[str, Any]) -> None:
        """Nobody else changes what this finds (a SELECT ... FOR UPDATE) before the unit ends. SQLite has one writer."""
        self._descent.reach(lock)

    def alone(self, *locks: Lock) -> None:
        """Whoever else says one of them waits for the end of this unit."""
        for lock in sorted(locks):
            if self._descent.take(lock):
                self._wait_for(lock)

    def _wait_for(self, lock: Lock) -> None:
        """Nothing: SQLite has one writer."""


class Database:
    """Units of work on the write engine, snapshots on the read engine.

    `run_blocking(f)` runs f in a native thread and lets other green threads go on. Commits do so as long as they take
    more than `slow_seconds`; the others happen in place, which is faster where the disk is. 0 is always in a thread.
    `others_wait()` says whether somebody might join a group if its first unit gives way before it commits.
    """

    def __init__(
        self,
        write: Engine,
        read: Engine,
        publisher: Publisher,
        run_blocking: RunBlocking = run_in_place,
        slow_seconds: float = SLOW_SECONDS,
        others_wait: Callable[[], bool] = lambda: True,
    ) -> None:
        self._write, self._read = write, read
        self._publisher = publisher
        self._run_blocking = run_blocking
        self._slow_seconds = slow_seconds
        self._others_wait = others_wait
        self._usual_seconds = 0.0  # of a commit, the last ones weighing most
        self._refusals = Refusals()
        self._lock = threading.Lock()  # held while a unit writes, and during the commit
        self._group: Group | None = None
        self._writer: Connection | None = None  # kept open: taking it from the pool would cost every message
        self._readers: list[Connection] = []  # one at most, for the same reason

    @property
    def dialect(self) -> str:
        return self._read.dialect.name

    @contextmanager
    def read(self) -> Generator[Reader]:
        connection = self._spare_reader()
        try:
            with connection.begin():  # prepared statements would not begin it
                yield Reader(connection)
        except BaseException:
            connection.close()
            raise
        self._keep(connection)

    def look(self, statement: Prepared, parameters: Mapping[str, Any]) -> list[Any]:
        """All rows of one statement that runs for every request, without the cost of a transaction around it."""
        connection = self._spare_reader()
        try:
            found = statement.run(connection, parameters)
            connection.dialect.do_rollback(connection.connection)  # a driver that begins one by itself ends it
        except BaseException:
            connection.close()
            raise
        self._keep(connection)
        return found

    def _keep(self, connection: Connection) -> None:
        if self._readers:
            connection.close()
        else:
            self._readers.append(connection)

    def _spare_reader(self) -> Connection:
        try:
            return self._readers.pop()
        except IndexError:
            return self._read.connect()

    @contextmanager
    def write(self) -> Generator[UnitOfWork]:
        """Commits on leaving, rolls back on an exception. Inside, nothing may yield to other green threads.

        On return the change is durable and its events are out, or on their way out in commit order. Raises `NotStored`
        if the database takes nothing now.
        """
        try:
            yield from self._unit()
        except Exception as problem:
            if refusal := self._refusals.explain(problem):
                raise refusal from problem
            raise

    def _unit(self) -> Generator[UnitOfWork]:
        group = self._join()
        leads = group.units == 1
        try:
            group.begin_unit()
            unit = UnitOfWork(group.connection)
            try:
                yield unit
                group.keep_unit()
            except BaseException as problem:
                group.undo_unit(problem)
                raise
            group.done += 1
            group.events.extend(unit.events)
        finally:
            self._lock.release()
            self._commit(group) if leads else group.wait()
        if group.failure:
            raise group.failure

    def _join(self) -> Group:
        """Takes the lock and a place in the open transaction, or begins one."""
        self._lock.acquire()
        try:
            if self._group is None:
                self._writer = self._writer or self._write.connect()
                self._group = Group(self._writer)
            if self._group.failure:  # nothing more can be stored in it
                raise self._group.failure
        except BaseException:
            self._lock.release()
            raise
        self._group.join()
        return self._group

    def _commit(self, group: Group) -> None:
        """Lets whoever is ready join first: on an event loop, all whose messages came in the same turn."""
        if self._commits_are_slow() or self._others_wait():  # slow: others may stand at the lock
            time.sleep(0)
        self._lock.acquire()
        self._group = None
        try:
            self._end(group)
            if not group.failure:
                self._publisher.append(group.events)
        except BaseException as failure:
            group.failure = group.failure or failure
            self._drop_writer()
        finally:
            self._lock.release()
            group.finish()
        self._publisher.drain()

    def _end(self, group: Group) -> None:
        if group.failure or not group.done:
            group.roll_back()
        else:
            run = self._run_blocking if self._commits_are_slow() else run_in_place
            run(lambda: self._commit_timed(group))

    def _commits_are_slow(self) -> bool:
        return self._usual_seconds >= self._slow_seconds

    def _commit_timed(self, group: Group) -> None:
        began = time.perf_counter()
        group.commit()
        self._usual_seconds += (time.perf_counter() - began - self._usual_seconds) * RECENT_WEIGHT

    def _drop_writer(self) -> None:
        """A connection on which a commit has failed is not used again."""
        writer, self._writer = self._writer, None
        if writer:
            writer.close()

    def close(self) -> None:
        self._drop_writer()
        while self._readers:
            self._readers.pop().close()
        self._write.dispose()
        self._read.dispose()
