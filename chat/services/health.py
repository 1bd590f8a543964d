"""Whether the database does what everything needs of it: tells what is stored, and stores."""

import time
from math import inf

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from chat.db.ids import new_id
from chat.db.tables import model_loads, rooms
from chat.db.unit_of_work import Database
from chat.errors import NotStored

LOOK_EVERY = 5.0  # seconds: whoever asks more often does not make the disk work


class DatabaseHealth:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._looked_at, self._problem = -inf, ""

    def problem(self) -> str:
        """What is wrong and what to do, as of the last LOOK_EVERY seconds; empty if nothing is."""
        now = time.monotonic()
        if now - self._looked_at >= LOOK_EVERY:
            self._looked_at = now  # before: others who ask meanwhile do not wait as well
            self._problem = _find_problem(self._db)
        return self._problem


def _find_problem(db: Database) -> str:
    try:
        with db.read() as read:
            read.first(select(rooms.c.id).limit(1))
        _write_and_take_back(db)
    except NotStored as refusal:
        return refusal.message
    except SQLAlchemyError as problem:
        return f"The database fails ({type(problem).__name__}). Look into the server's log, and run “flask check”."
    return ""


def _write_and_take_back(db: Database) -> None:
    """A row that nobody has seen and that is gone again, which the disk has to take all the same."""
    row = {"id": new_id(), "backend": "", "model": "", "load_ms": 0}
    with db.write() as uow:
        uow.execute(insert(model_loads).values(**row, created_at=uow.now))
        uow.execute(delete(model_loads).where(model_loads.c.id == row["id"]))
