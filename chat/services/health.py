"""Whether the parts that everything needs are there."""

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from chat.db.tables import rooms
from chat.db.unit_of_work import Database


def find_database_problem(db: Database) -> str | None:
    """None if the database answers, else the kind of its error."""
    try:
        with db.read() as read:
            read.first(select(rooms.c.id).limit(1))
    except SQLAlchemyError as problem:
        return type(problem).__name__
    return None
