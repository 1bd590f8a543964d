"""Units of work on PostgreSQL: stored and announced together, many at once, in the order that the rows dictate."""

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import Connection, bindparam, event, func, insert, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from chat.db.engine import DatabaseProblem, open_engines
from chat.db.migrate import upgrade
from chat.db.opening import open_database
from chat.db.postgres.database import PostgresDatabase
from chat.db.prepared import Prepared
from chat.db.tables import messages, model_loads
from chat.db.unit_of_work import Database, UnitOfWork
from chat.errors import NotStored
from chat.events import Event, MessagePosted, ReplyOpened
from chat.publishing import Publisher
from tests.services.den import Den

_OURS = text("SELECT pg_backend_pid()")


def _add(uow: UnitOfWork, key: str) -> None:
    row = {"id": key, "backend": "b", "model": "m", "load_ms": 1, "created_at": uow.now}
    uow.execute(insert(model_loads).values(row))
    uow.record(ReplyOpened(key))


def _keys(db: Database) -> set[str]:
    with db.read() as read:
        return {row.id for row in read.all(select(model_loads.c.id))}


def test_events_leave_after_the_commit_and_with_a_failure_not_at_all(db: Database, heard: list[Event]) -> None:
    assert isinstance(db, PostgresDatabase)
    with db.write() as uow:
        _add(uow, "1")
        assert heard == [] and _keys(db) == set(), "nobody else sees it yet"
    assert heard == [ReplyOpened("1")] and _keys(db) == {"1"}
    with pytest.raises(ValueError, match="on purpose"), db.write() as uow:
        _add(uow, "2")
        raise ValueError("on purpose")
    assert heard == [ReplyOpened("1")] and _keys(db) == {"1"}


def test_readers_cannot_write_and_see_one_moment(db: Database) -> None:
    with db.read() as read, pytest.raises(DBAPIError, match="read-only"):
        read.execute(text("delete from model_loads"))
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
    open_ones = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"
    )
    with db.read() as read:
        assert read.scalar(open_ones) == 0


def test_two_units_write_at_the_same_time(db: Database) -> None:
    """Each waits for the other one to have written, which could not be if they came one after the other."""
    both = threading.Barrier(2, timeout=10)

    def add(key: str) -> None:
        with db.write() as uow:
            _add(uow, key)
            both.wait()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(add, ["1", "2"]))
    assert _keys(db) == {"1", "2"}


def test_messages_of_one_room_are_announced_in_their_order_and_have_no_gaps(den: Den, heard: list[Event]) -> None:
    """Some of the units fail, after they have taken their numbers."""

    def say(number: int) -> None:
        if number % 5 == 0:
            with pytest.raises(ValueError, match="on purpose"), den.db.write() as uow:
                uow.execute(text("UPDATE rooms SET last_seq = last_seq + 1, last_rev = last_rev + 1"))
                raise ValueError("on purpose")
        den.say(den.ada if number % 2 else den.mira, f"text {number}")

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(say, range(300)))
    told = [event.message.seq for event in heard if isinstance(event, MessagePosted)]
    assert told == list(range(1, 301))
    with den.db.read() as read:
        stored = read.all(select(messages.c.seq, messages.c.rev).order_by(messages.c.seq))
    assert [(row.seq, row.rev) for row in stored] == [(number, number) for number in range(1, 301)]


def test_whoever_does_the_same_at_the_same_moment_may_try_again(db: Database, heard: list[Event]) -> None:
    both = threading.Barrier(2, timeout=10)

    def add(_: int) -> str:
        try:
            with db.write() as uow:
                both.wait()
                _add(uow, "same")
        except NotStored as refusal:
            assert refusal.retry_after
            return refusal.message
        return "stored"

    with ThreadPoolExecutor(2) as pool:
        results = sorted(pool.map(add, range(2)))
    assert results[1] == "stored" and "Nothing was stored" in results[0]
    assert heard == [ReplyOpened("same")]


def test_two_that_wait_for_each_other_are_not_stuck(db: Database) -> None:
    with db.write() as uow:
        _add(uow, "1")
        _add(uow, "2")
    both = threading.Barrier(2, timeout=10)

    def change(first: str, second: str) -> str:
        change_one = text("UPDATE model_loads SET load_ms = load_ms + 1 WHERE id = :id")
        try:
            with db.write() as uow:
                uow.execute(change_one, {"id": first})
                both.wait()
                uow.execute(change_one, {"id": second})
        except NotStored:
            return "refused"
        return "stored"

    with ThreadPoolExecutor(2) as pool:
        results = [pool.submit(change, "1", "2"), pool.submit(change, "2", "1")]
        assert sorted(result.result(30) for result in results) == ["refused", "stored"]


def test_an_error_does_not_carry_what_was_written_and_a_mistake_stays_one(db: Database) -> None:
    with pytest.raises(DBAPIError) as problem, db.write() as uow:
        _add(uow, "the text of a message")
        uow.execute(text("SELECT nothing FROM model_loads WHERE id = :id"), {"id": "the text of a message"})
    assert "the text of a message" not in str(problem.value)


def test_a_connection_that_was_lost_is_replaced(db: Database, heard: list[Event]) -> None:
    with pytest.raises(NotStored, match="does not answer"), db.write() as uow:
        _add(uow, "lost")
        _end(db, uow.scalar(_OURS))
        _add(uow, "lost, too")
    with db.read() as read:
        ours = read.scalar(_OURS)
    _end(db, ours)
    with db.write() as uow:
        _add(uow, "kept")
    assert _keys(db) == {"kept"} and heard == [ReplyOpened("kept")]


@pytest.mark.parametrize("is_done", [True, False])
def test_whoever_is_cut_off_in_the_commit_learns_what_became_of_it(
    db: Database, heard: list[Event], is_done: bool
) -> None:
    def cut_off(connection: Connection) -> None:
        event.remove(db._write, "commit", cut_off)
        if is_done:
            connection.connection.commit()
        connection.connection.dbapi_connection.close()
        raise OperationalError("COMMIT", None, psycopg.OperationalError("the server closed the connection"))

    event.listen(db._write, "commit", cut_off)
    try:
        with db.write() as uow:
            _add(uow, "cut off")
    except NotStored as refusal:
        assert not is_done and "Nothing was stored" in refusal.message
    with db.write() as uow:
        _add(uow, "after")
    expected = ["cut off", "after"] if is_done else ["after"]
    assert heard == [ReplyOpened(key) for key in expected] and _keys(db) == set(expected)


def test_marks_of_connections_that_are_gone_are_forgotten(db: Database, url: str) -> None:
    with db.write() as uow:
        uow.execute(text("INSERT INTO commit_marks VALUES ('long gone', '', 1)"))
    with db.write() as uow:
        _add(uow, "1")
    again = open_database(url, Publisher())
    with again.write() as uow:
        _add(uow, "2")
        _add(uow, "3")
    again.close()
    with db.read() as read:
        names = [row.connection for row in read.all(text("SELECT connection FROM commit_marks"))]
    assert "long gone" not in names and len(names) == 2


def _end(db: Database, backend: int) -> None:
    """As a server does that stops."""
    with db.write() as uow:
        assert uow.scalar(text(f"SELECT pg_terminate_backend({backend}, 5000)"))


def test_a_database_of_a_newer_version_is_refused(url: str) -> None:
    write, _ = open_engines(url)
    with write.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(DatabaseProblem, match="9999"):
        upgrade(write)
    write.dispose()


@pytest.mark.parametrize("where", ["@/nowhere?host=/nowhere", "@127.0.0.1:1/nowhere"])
def test_a_server_that_is_not_there_is_said_in_one_line(where: str) -> None:
    write, _ = open_engines(f"postgresql://nobody{where}")
    with pytest.raises(DatabaseProblem) as problem:
        upgrade(write)
    assert "\n" not in str(problem.value) and "cannot be used" in str(problem.value)
