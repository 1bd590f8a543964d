"""Databases of the PostgreSQL that the run has started; these tests have nothing to do with SQLite."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chat.db.opening import open_database
from chat.db.unit_of_work import Database
from chat.events import Event
from chat.publishing import Publisher
from tests.database import close, new_database
from tests.services.den import Den


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    with new_database(tmp_path) as made:
        yield made


@pytest.fixture
def heard() -> list[Event]:
    return []


@pytest.fixture
def db(url: str, heard: list[Event]) -> Iterator[Database]:
    publisher = Publisher()
    publisher.subscribe(heard.append)
    database = open_database(url, publisher)
    yield database
    close(database)


@pytest.fixture
def den(db: Database, heard: list[Event]) -> Den:
    made = Den(db, heard)
    heard.clear()
    return made
