"""A room of two in a real database file, for the tests of what can be done in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, update

from chat.db.opening import open_database
from chat.db.tables import users
from chat.events import Event
from chat.publishing import Publisher
from chat.services.sign_ins import SignIns
from tests.database import close, new_database
from tests.fakes.team import TeamScript
from tests.services.den import Den
from tests.services.teams import Team


@pytest.fixture
def den(tmp_path: Path) -> Iterator[Den]:
    heard: list[Event] = []
    publisher = Publisher()
    publisher.subscribe(heard.append)
    with new_database(tmp_path) as url:
        db = open_database(url, publisher)
        made = Den(db, heard)
        heard.clear()
        if db.dialect == "sqlite":  # it is asked itself, because prepared statements go past SQLAlchemy
            event.listen(
                db._read, "checkout", lambda connection, *_: connection.set_trace_callback(made.statements.append)
            )
        yield made
        close(db)


@pytest.fixture
def sign_ins(den: Den) -> SignIns:
    """Of a server whose only admin is Ada."""
    with den.db.write() as uow:
        uow.execute(update(users).where(users.c.id == den.ada.id).values(is_admin=True))
    return SignIns(den.db, "secret", session_days=1)


@pytest.fixture
def script() -> TeamScript:
    return TeamScript()


@pytest.fixture
def team(den: Den, script: TeamScript) -> Iterator[Team]:
    """Its room has no agents yet."""
    with Team(den, script) as made:
        yield made
