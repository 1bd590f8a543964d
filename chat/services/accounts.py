"""People: creating an account and signing in."""

from sqlalchemy import func, insert, select

from chat import wire
from chat.db.ids import new_id
from chat.db.tables import rooms, users
from chat.db.unit_of_work import Database
from chat.domain.permissions import GENERAL
from chat.domain.text import parse_line
from chat.errors import Conflict, NotSignedIn
from chat.services.passwords import Passwords
from chat.services.people import user_of
from chat.services.rooms import add_member

_WRONG = "The user name or the password is wrong. Check both and try again."


def register(db: Database, passwords: Passwords, credentials: wire.Credentials) -> wire.User:
    """Creates an account in the room `general`; the first one is admin. Raises `Conflict` for a taken name."""
    name = parse_line(credentials.display_name or credentials.username, field="display_name")
    password_hash = passwords.hash(credentials.password)
    with db.write() as uow:
        if uow.first(select(users.c.id).where(users.c.username == credentials.username)):
            raise Conflict(f"“{credentials.username}” is taken. Choose another name, or sign in.", field="username")
        user = wire.User(
            id=new_id(),
            username=credentials.username,
            display_name=name,
            is_admin=not uow.scalar(select(func.count()).select_from(users)),
        )
        uow.execute(insert(users).values(**user.model_dump(), password_hash=password_hash, created_at=uow.now))
        general = uow.first(select(rooms).where(rooms.c.slug == GENERAL))
        if general:
            add_member(uow, general.id, user, "owner" if user.is_admin else "member")
    return user


def check_password(db: Database, passwords: Passwords, credentials: wire.Credentials) -> wire.User:
    """The account, or `NotSignedIn` with the same words and after the same time for any wrong pair."""
    with db.read() as read:
        row = read.first(select(users).where(users.c.username == credentials.username))
    active = row is not None and row.deactivated_at is None
    right = passwords.verify(row.password_hash if row is not None and active else None, credentials.password)
    if row is None or not right:
        raise NotSignedIn(_WRONG)
    return user_of(row)
