"""A room of two in a real database file, for the tests of what can be done in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from chat.db.engine import open_engines
from chat.db.migrate import upgrade
from chat.db.unit_of_work import Database
from chat.events import Event
from chat.publishing import Publisher
from tests.fakes.team import TeamScript
from tests.services.den import Den
from tests.services.teams import Team


@pytest.fixture
def den(tmp_path: Path) -> Iterator[Den]:
    write, read = open_engines(f"sqlite:///{tmp_path}/test.db")
    upgrade(write)
    heard: list[Event] = []
    publisher = Publisher()
    publisher.subscribe(heard.append)
    db = Database(write, read, publisher)
    made = Den(db, heard)
    heard.clear()
    # Asked of SQLite itself, because prepared statements go past SQLAlchemy.
    event.listen(read, "checkout", lambda connection, *_: connection.set_trace_callback(made.statements.append))
    yield made
    db.close()


@pytest.fixture
def script() -> TeamScript:
    return TeamScript()


@pytest.fixture
def team(den: Den, script: TeamScript) -> Iterator[Team]:
    """Its room has no agents yet."""
    with Team(den, script) as made:
        yield made
