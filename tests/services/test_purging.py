"""What is forgotten, and what is not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from chat.db.ids import new_id, now_ms
from chat.db.opening import open_database
from chat.db.tables import audit, model_loads, sessions, users
from chat.db.unit_of_work import Database
from chat.publishing import Publisher
from chat.services.audit import note_alone
from chat.services.model_loads import KEPT, list_loads, record_load
from chat.services.purging import DAY_MS, purge
from tests.database import close, new_database


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with new_database(tmp_path) as url:
        database = open_database(url, Publisher())
        yield database
        close(database)


def test_expired_sessions_go_and_valid_ones_stay(db: Database) -> None:
    now = now_ms()
    person = {"id": new_id(), "username": "ada", "display_name": "Ada", "password_hash": "x", "created_at": now}
    with db.write() as uow:
        uow.execute(insert(users).values(person))
        for name, expires_at in (("expired", now - 1), ("valid", now + 60_000)):
            session = {"id": name, "user_id": person["id"], "secret_hash": name, "expires_at": expires_at}
            uow.execute(insert(sessions).values(session | {"created_at": now, "last_seen_at": now}))
    purge(db, 365, 30)
    with db.read() as read:
        assert [row.id for row in read.all(select(sessions.c.id))] == ["valid"]


def test_the_newest_load_times_stay(db: Database) -> None:
    with db.write() as uow:
        old = [
            {"id": f"{number:026d}", "backend": "b", "model": "m", "load_ms": number, "created_at": 1}
            for number in range(KEPT + 10)
        ]
        uow.execute(insert(model_loads), old)
    record_load(db, "b", "m", 7, is_cold=True)
    purge(db, 365, 30)
    loads = list_loads(db)
    assert len(loads) == KEPT and loads[-1] == ("b", "m", 7, True)


def test_the_audit_log_is_kept_for_as_many_days_as_are_set(db: Database) -> None:
    for name in ("old", "young"):
        note_alone(db, "model_loaded", name)
    with db.write() as uow:
        uow.execute(update(audit).where(audit.c.target_name == "old").values(created_at=uow.now - 7 * DAY_MS - 1))
    purge(db, 8, 30)
    with db.read() as read:
        assert len(read.all(select(audit.c.id))) == 2
    purge(db, 7, 30)
    with db.read() as read:
        assert [row.target_name for row in read.all(select(audit.c.target_name))] == ["young"]
