"""The only way to write: a unit of work commits, then lets its recorded events out in commit order.

On SQLite one process has one writer. Where a commit is slow (a disk that takes milliseconds to sync), it runs in a
native thread, and the units that arrive meanwhile share the next one: each in its own savepoint, one sync for all.
"""

import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, Executable, NestedTransaction, Row
from sqlalchemy.exc import SQLAlchemyError

from chat.db.ids import now_ms
from chat.events import Event
from chat.publishing import Publisher

GROUP_MAX = 64  # units in one commit; past that a waiting unit would wait noticeably longer for the others' work

RunBlocking = Callable[[Callable[[], None]], None]


Parameters = Mapping[str, Any] | None


class Reader:
    """Reads in one consistent snapshot. Statements that run for every message are built once, with `bindparam`s."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

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

    def record(self, event: Event) -> None:
        """Keeps an event until after the commit; a unit that fails announces nothing."""
        self.events.append(event)


class _Group:
    """Units that share one transaction and its commit."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.transaction = connection.begin()
        self.entered = 0
        self.done = 0
        self.events: list[Event] = []
        self.finished = threading.Event()
        self.failure: BaseException | None = None


class Database:
    """Units of work on the write engine, snapshots on the read engine.

    `run_blocking(f)` runs f in a native thread and lets other green threads go on; None commits in place, which is
    faster where a sync takes well under a millisecond.
    """

    def __init__(
        self, write: Engine, read: Engine, publisher: Publisher, run_blocking: RunBlocking | None = None
    ) -> None:
        self._write, self._read = write, read
        self._publisher = publisher
        self._run_blocking = run_blocking
        self._lock = threading.Lock()
        self._waiting = 0
        self._group: _Group | None = None

    @contextmanager
    def read(self) -> Generator[Reader]:
        with self._read.connect() as connection:
            yield Reader(connection)

    @contextmanager
    def write(self) -> Generator[UnitOfWork]:
        """Commits on leaving, rolls back on an exception. Inside, nothing may yield to other green threads.

        On return the change is durable and its events are out, or on their way out in commit order.
        """
        group = self._enter()
        try:
            savepoint = group.connection.begin_nested() if self._run_blocking else None
            unit = UnitOfWork(group.connection)
            try:
                yield unit
                if savepoint:
                    savepoint.commit()
            except BaseException:
                _undo(group, savepoint)
                raise
            group.done += 1
            group.events.extend(unit.events)
        finally:
            self._leave(group)
        if group.failure:
            raise group.failure

    def waiting(self) -> int:
        """How many units wait for their turn to write."""
        return self._waiting

    def _enter(self) -> _Group:
        """Takes the write lock and joins the open transaction, or begins one."""
        self._waiting += 1
        try:
            self._lock.acquire()
        finally:
            self._waiting -= 1
        try:
            group = self._group or _Group(self._write.connect())
        except BaseException:
            self._lock.release()
            raise
        group.entered += 1
        self._group = group
        return group

    def _leave(self, group: _Group) -> None:
        """Hands the open transaction to the next waiting unit and waits for the commit, or commits for everybody."""
        if self._run_blocking and self._waiting and group.entered < GROUP_MAX and not group.failure:
            self._lock.release()
            group.finished.wait()
        else:
            self._commit(group)

    def _commit(self, group: _Group) -> None:
        self._group = None
        try:
            if group.failure or not group.done:
                group.transaction.rollback()
            elif self._run_blocking:
                self._run_blocking(group.transaction.commit)
            else:
                group.transaction.commit()
            if not group.failure:
                self._publisher.append(group.events)
        except BaseException as failure:
            group.failure = group.failure or failure
        finally:
            try:
                group.connection.close()
            finally:
                self._lock.release()
                group.finished.set()
        self._publisher.drain()

    def close(self) -> None:
        self._write.dispose()
        self._read.dispose()


def _undo(group: _Group, savepoint: NestedTransaction | None) -> None:
    """Takes one unit back. On a full disk SQLite takes back the whole transaction: then nothing in it is stored."""
    if savepoint is None:
        return  # the group is this unit alone, and is rolled back as a whole
    try:
        savepoint.rollback()
    except SQLAlchemyError as failure:
        group.failure = failure
