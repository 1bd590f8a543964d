"""Commits, roll backs and shared commits against a real SQLite file."""

import math
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import bindparam, func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from chat.db.engine import DatabaseProblem, open_engines
from chat.db.migrate import upgrade
from chat.db.prepared import Prepared
from chat.db.tables import model_loads
from chat.db.unit_of_work import Database, UnitOfWork
from chat.errors import NotStored
from chat.events import Event, ReplyOpened
from chat.publishing import Publisher

pytestmark = pytest.mark.sqlite
HOW = ["in place", "in a thread"]


class Disk:
    """Commits as slowly as the test wants, and fails when told to."""

    def __init__(self) -> None:
        self.commits = 0
        self.failing = False
        self.gate = threading.Event()
        self.gate.set()

    def run_blocking(self, work: Callable[[], None]) -> None:
        self.commits += 1
        assert self.gate.wait(10)
        if self.failing:
            raise OSError("the disk is full")
        work()


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def heard() -> list[Event]:
    return []


@pytest.fixture(params=HOW)
def db(request: pytest.FixtureRequest, tmp_path: Path, disk: Disk, heard: list[Event]) -> Iterator[Database]:
    write, read = open_engines(f"sqlite:///{tmp_path}/test.db")
    upgrade(write)
    publisher = Publisher()
    publisher.subscribe(heard.append)
    slow_seconds = 0.0 if request.param == "in a thread" else math.inf
    database = Database(write, read, publisher, disk.run_blocking, slow_seconds)
    yield database
    database.close()


def _add(uow: UnitOfWork, key: str) -> None:
    row = {"id": key, "backend": "b", "model": "m", "load_ms": 1, "created_at": uow.now}
    uow.execute(insert(model_loads).values(row))
    uow.record(ReplyOpened(key))


def _keys(db: Database) -> set[str]:
    with db.read() as read:
        return {row.id for row in read.all(select(model_loads.c.id))}


def test_events_leave_after_the_commit(db: Database, heard: list[Event]) -> None:
    with db.write() as uow:
        _add(uow, "1")
        assert heard == []
    assert heard == [ReplyOpened("1")] and _keys(db) == {"1"}


def test_a_unit_that_fails_leaves_nothing_and_announces_nothing(db: Database, heard: list[Event]) -> None:
    with pytest.raises(ValueError, match="on purpose"), db.write() as uow:
        _add(uow, "1")
        raise ValueError("on purpose")
    with pytest.raises(IntegrityError), db.write() as uow:
        _add(uow, "2")
        _add(uow, "2")
    assert heard == [] and _keys(db) == set()
    with db.write() as uow:
        _add(uow, "3")
    assert heard == [ReplyOpened("3")] and _keys(db) == {"3"}


def test_readers_cannot_write(db: Database) -> None:
    with db.read() as read, pytest.raises(OperationalError, match="readonly"):
        read.execute(text("delete from model_loads"))


def test_a_reader_sees_one_moment(db: Database) -> None:
    with db.read() as read:
        assert read.scalar(select(func.count()).select_from(model_loads)) == 0
        with db.write() as uow:
            _add(uow, "1")
        assert read.scalar(select(func.count()).select_from(model_loads)) == 0
    assert _keys(db) == {"1"}


def test_a_look_sees_what_is_stored_now_and_holds_nothing_open(db: Database) -> None:
    loads = Prepared(select(model_loads.c.id).where(model_loads.c.backend == bindparam("backend")))
    assert db.look(loads, {"backend": "b"}) == []
    with db.write() as uow:
        _add(uow, "1")
        assert db.look(loads, {"backend": "b"}) == [], "it is not stored yet"
    assert [row.id for row in db.look(loads, {"backend": "b"})] == ["1"]
    with pytest.raises(DBAPIError):
        db.look(Prepared(text("select nothing")), {})
    assert [row.id for row in db.look(loads, {"backend": "b"})] == ["1"] and _keys(db) == {"1"}


def test_many_threads_write_one_after_the_other(db: Database, heard: list[Event]) -> None:
    def add(number: int) -> None:
        try:
            with db.write() as uow:
                _add(uow, str(number))
                if number % 7 == 0:
                    raise ValueError
        except ValueError:
            assert number % 7 == 0

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(add, range(200)))
    kept = {str(number) for number in range(200) if number % 7}
    assert _keys(db) == kept
    assert sorted(event.job_id for event in heard if isinstance(event, ReplyOpened)) == sorted(kept)


@pytest.mark.parametrize("db", ["in a thread"], indirect=True)
def test_units_that_wait_for_a_slow_commit_share_the_next_one(db: Database, disk: Disk, heard: list[Event]) -> None:
    disk.gate.clear()

    def add(number: int) -> None:
        with db.write() as uow:
            _add(uow, str(number))

    with ThreadPoolExecutor(21) as pool:
        first = pool.submit(add, 0)
        _until(lambda: disk.commits == 1)
        others = [pool.submit(add, number) for number in range(1, 21)]
        time.sleep(0.3)  # for them to reach the lock
        disk.gate.set()
        for future in [first, *others]:
            future.result(10)
    assert disk.commits <= 10 and len(_keys(db)) == 21
    assert len(heard) == 21


@pytest.mark.parametrize("db", ["in a thread"], indirect=True)
def test_when_the_shared_commit_fails_everybody_in_it_is_told(db: Database, disk: Disk, heard: list[Event]) -> None:
    disk.gate.clear()

    def add(number: int) -> str:
        try:
            with db.write() as uow:
                _add(uow, str(number))
        except OSError as problem:
            return str(problem)
        return "stored"

    with ThreadPoolExecutor(6) as pool:
        first = pool.submit(add, 0)
        _until(lambda: disk.commits == 1)
        others = [pool.submit(add, number) for number in range(1, 6)]
        time.sleep(0.3)
        disk.failing = True
        disk.gate.set()
        results = {future.result(10) for future in [first, *others]}
    assert results == {"the disk is full"} and _keys(db) == set() and heard == []
    disk.failing = False
    assert add(9) == "stored" and _keys(db) == {"9"}


def _limit_pages(db: Database, pages: int) -> None:
    with db.write() as uow:
        uow.execute(text(f"pragma max_page_count = {pages}"))


def test_a_full_disk_loses_nothing_that_was_confirmed_and_stops_nobody_for_good(
    db: Database, disk: Disk, heard: list[Event]
) -> None:
    with db.read() as read:
        pages = int(read.scalar(text("pragma page_count")))
    _limit_pages(db, pages + 20)
    disk.gate.clear()

    def add(number: int) -> bool:
        """Every third one is much too large."""
        try:
            with db.write() as uow:
                _add(uow, str(number))
                if number % 3 == 0:
                    row = {"id": f"large {number}", "backend": "x" * 1_000_000, "model": "m", "load_ms": 1}
                    uow.execute(insert(model_loads).values(row | {"created_at": uow.now}))
        except NotStored as refusal:
            assert "disk is full" in refusal.message and refusal.retry_after
            return False
        return True

    with ThreadPoolExecutor(12) as pool:
        results = [pool.submit(add, number) for number in range(12)]
        disk.gate.set()
        stored = {str(number) for number, result in enumerate(results) if result.result(20)}
    assert _keys(db) == stored == {event.job_id for event in heard if isinstance(event, ReplyOpened)}
    assert not stored & {"0", "3", "6", "9"}
    _limit_pages(db, 1_000_000)
    assert add(99) is True and "99" in _keys(db)


def test_an_error_of_the_database_does_not_carry_what_was_written(db: Database) -> None:
    with pytest.raises(IntegrityError) as problem, db.write() as uow:
        _add(uow, "the text of a message")
        _add(uow, "the text of a message")
    assert "the text of a message" not in str(problem.value)


def _until(condition: Callable[[], bool]) -> None:
    for _ in range(1000):
        if condition():
            return
        threading.Event().wait(0.005)
    raise AssertionError("it did not happen in five seconds")


def test_commits_move_to_a_thread_while_the_disk_is_slow(
    tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, read = open_engines(f"sqlite:///{tmp_path}/test.db")
    upgrade(write)
    database = Database(write, read, Publisher(), disk.run_blocking, slow_seconds=0.5)
    seconds = iter(range(1_000_000))
    with monkeypatch.context() as slow:
        slow.setattr(time, "perf_counter", lambda: float(next(seconds)))
        for number in range(10):
            with database.write() as uow:
                _add(uow, f"slow {number}")
    assert 0 < disk.commits < 10, "the first ones in place, until it was clear"
    for number in range(30):
        with database.write() as uow:
            _add(uow, f"fast {number}")
    before = disk.commits
    with database.write() as uow:
        _add(uow, "last")
    assert disk.commits == before and len(_keys(database)) == 41
    database.close()


@pytest.mark.parametrize(
    ("others_wait", "slow_seconds", "gives_way"),
    [(True, math.inf, True), (False, math.inf, False), (False, 0.0, True)],
    ids=["somebody has come", "nobody is there", "a slow disk, and a row at the lock"],
)
def test_a_unit_gives_way_before_its_commit_if_that_is_of_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, others_wait: bool, slow_seconds: float, gives_way: bool
) -> None:
    write, read = open_engines(f"sqlite:///{tmp_path}/test.db")
    upgrade(write)
    database = Database(write, read, Publisher(), slow_seconds=slow_seconds, others_wait=lambda: others_wait)
    naps: list[float] = []
    monkeypatch.setattr("chat.db.unit_of_work.time.sleep", naps.append)
    with database.write() as uow:
        _add(uow, "1")
    assert naps == [0] * gives_way and _keys(database) == {"1"}
    database.close()


def test_a_statement_of_sqlalchemys_joins_the_transaction_that_is_open(db: Database) -> None:
    with db.write() as uow:
        _add(uow, "1")
        uow.run(Prepared(select(model_loads.c.id)), {})
    with pytest.raises(ValueError, match="on purpose"), db.write() as uow:
        uow.execute(text("delete from model_loads"))
        raise ValueError("on purpose")
    with db.write() as uow:
        uow.run(Prepared(select(model_loads.c.id)), {})
        _add(uow, "2")
    assert _keys(db) == {"1", "2"}


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    write, read = open_engines(f"sqlite:///{tmp_path}/test.db")
    upgrade(write)
    with write.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(DatabaseProblem, match="9999"):
        upgrade(write)
    write.dispose()
    read.dispose()
