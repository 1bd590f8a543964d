"""Looking people up, and how they are shown."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, select

from chat import wire
from chat.db.tables import users
from chat.db.unit_of_work import Reader
from chat.errors import NotFound


def user_of(row: Row[Any]) -> wire.User:
    return wire.User(id=row.id, username=row.username, display_name=row.display_name, is_admin=row.is_admin)


def get_person(tx: Reader, ref: str) -> wire.User:
    """By id or user name (`@` allowed). Raises `NotFound`, also for a deactivated account."""
    row = tx.first(select(users).where(users.c.id == ref))
    if row is None:  # only then: somebody may have chosen another person's id, in lower case, as their name
        row = tx.first(select(users).where(users.c.username == ref.lower().lstrip("@")))
    if row is None or row.deactivated_at is not None:
        raise NotFound(f"There is nobody called “{ref}” here.", field="user")
    return user_of(row)


def names_of(tx: Reader, user_ids: Collection[str]) -> dict[str, str]:
    """Display names by id."""
    query = select(users.c.id, users.c.display_name).where(users.c.id.in_(user_ids))
    return {row.id: row.display_name for row in tx.all(query)} if user_ids else {}
