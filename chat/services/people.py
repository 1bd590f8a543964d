"""Looking people up, and how they are shown."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, bindparam, case, exists, or_, select

from chat import wire
from chat.db.prepared import Record
from chat.db.tables import members, messages, rooms, users
from chat.db.unit_of_work import Reader, UnitOfWork
from chat.errors import NotFound
from chat.events import PersonChanged

# Each room is asked for one row of either kind: to go through all that somebody wrote takes long.
_SEEN_IN = select(rooms.c.id).where(
    or_(
        exists().where(members.c.room_id == rooms.c.id, members.c.user_id == bindparam("user")),
        exists().where(messages.c.author_id == bindparam("user"), messages.c.room_id == rooms.c.id),
    )
)


@dataclass(frozen=True, slots=True)
class Account:
    """A person whose password was right, or whom a sign-in provider knows (`is_external`).

    `password_hash` is what was stored then.
    """

    user: wire.User
    password_hash: str
    must_change_password: bool = False
    is_external: bool = False


def role_of(row: Record) -> wire.ServerRole:
    """Of a row of `users`."""
    return "admin" if row.is_admin else row.role


def role_in_sql(person: FromClause = users) -> ColumnElement[str]:
    """The same in a query, for `users` or an alias of it."""
    return case((person.c.is_admin, "admin"), else_=person.c.role)


def role_columns(role: wire.ServerRole) -> dict[str, Any]:
    """As it is stored."""
    return {"is_admin": role == "admin", "role": "member" if role == "admin" else role}


def user_of(row: Record) -> wire.User:
    names = {"id": row.id, "username": row.username, "display_name": row.display_name}
    return wire.User(**names, role=role_of(row), is_bot=row.is_bot)


def get_person(tx: Reader, ref: str, *, with_deactivated: bool = False) -> wire.User:
    """By id or user name (`@` allowed). Raises `NotFound`, also for a deactivated account unless those are wanted."""
    row = tx.first(select(users).where(users.c.id == ref))
    if row is None:  # only then: somebody may have chosen another person's id, in lower case, as their name
        row = tx.first(select(users).where(users.c.username == ref.lower().lstrip("@")))
    if row is None or (row.deactivated_at is not None and not with_deactivated):
        raise NotFound(f"There is nobody called “{ref}” here.", field="user")
    return user_of(row)


def names_of(tx: Reader, user_ids: Collection[str]) -> dict[str, str]:
    """Display names by id."""
    query = select(users.c.id, users.c.display_name).where(users.c.id.in_(user_ids))
    return {row.id: row.display_name for row in tx.all(query)} if user_ids else {}


def get_account(tx: Reader, user_id: str) -> Row[Any]:
    """The row of somebody who may be deactivated. Raises `NotFound`."""
    row = tx.first(select(users).where(users.c.id == user_id))
    if row is None:
        raise NotFound("There is nobody of this id here.", field="user")
    return row


def rooms_seen_in(tx: Reader, user_id: str) -> tuple[str, ...]:
    """The ids of the rooms that somebody is in or has written in."""
    return tuple(room.id for room in tx.all(_SEEN_IN, {"user": user_id}))


def announce_person(uow: UnitOfWork, user_id: str) -> wire.User:
    """Records `PersonChanged` with the person as they are now."""
    row = get_account(uow, user_id)
    uow.record(PersonChanged(user_of(row), row.deactivated_at is not None, rooms_seen_in(uow, user_id)))
    return user_of(row)
