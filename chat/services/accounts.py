"""People and their own accounts: making one, signing in, another name, another password."""

from typing import Any

from sqlalchemy import Row, func, insert, select, update

from chat import wire
from chat.db.ids import new_id
from chat.db.lock_order import NEW_ACCOUNT
from chat.db.tables import rooms, users
from chat.db.unit_of_work import Database, UnitOfWork
from chat.domain.permissions import GENERAL
from chat.domain.text import parse_line
from chat.errors import Conflict, InvalidInput, NotSignedIn
from chat.services.audit import note
from chat.services.handles import is_taken
from chat.services.passwords import Passwords
from chat.services.people import Account, announce_person, get_account, role_columns, user_of
from chat.services.rooms import add_member
from chat.services.sign_ins import Principal, end_sign_ins

_WRONG = "The user name or the password is wrong. Check both and try again."


def register(db: Database, passwords: Passwords, credentials: wire.Credentials) -> Account:
    """Creates an account in the room `general`; the first one is admin. Raises `Conflict` for a taken name."""
    name = parse_line(credentials.display_name or credentials.username, field="display_name")
    password_hash = passwords.hash(credentials.password)
    with db.write() as uow:
        uow.alone(NEW_ACCOUNT)
        if is_taken(uow, credentials.username):
            raise Conflict(f"“{credentials.username}” is taken. Choose another name, or sign in.", field="username")
        return Account(create_account(uow, credentials.username, name, password_hash), password_hash)


def create_account(
    uow: UnitOfWork, username: str, name: str, password_hash: str, role: wire.ServerRole | None = None
) -> wire.User:
    """An account under a user name that is free; without a password where the hash is empty.

    Without a `role` the first one is an admin, and all others are members.
    """
    is_first = not uow.scalar(select(func.count()).select_from(users))
    usual: wire.ServerRole = "admin" if is_first else "member"
    user = wire.User(id=new_id(), username=username, display_name=name, role=role or usual)
    row = {**user.model_dump(), **role_columns(user.role), "password_hash": password_hash, "created_at": uow.now}
    uow.execute(insert(users).values(row))
    note(uow, "registered", user.id, user.username, by=user)
    general = uow.first(select(rooms).where(rooms.c.slug == GENERAL))
    if general:
        add_member(uow, general.id, user, "owner" if user.is_admin else "member")
    return user


def check_password(db: Database, passwords: Passwords, credentials: wire.Credentials) -> Account:
    """The account, or `NotSignedIn` with the same words and after the same time for any wrong pair."""
    with db.read() as read:
        row = read.first(select(users).where(users.c.username == credentials.username))
    active = row is not None and row.deactivated_at is None
    right = passwords.verify(row.password_hash if row is not None and active else None, credentials.password)
    if row is None or not right:
        _note_failure(db, row)
        raise NotSignedIn(_WRONG)
    return Account(user_of(row), row.password_hash, row.must_change_password)


def _note_failure(db: Database, row: Row[Any] | None) -> None:
    """A name that nobody has is not written down: it may be a password in the wrong field."""
    with db.write() as uow:
        if row is None:
            note(uow, "sign_in_failed", detail="unknown user name")
        else:
            note(uow, "sign_in_failed", row.id, row.username, "deactivated" if row.deactivated_at else "")


def change_name(db: Database, user_id: str, display_name: str) -> wire.User:
    """Another display name, which everybody sees at once. The same one changes nothing."""
    name = parse_line(display_name, field="display_name")
    with db.write() as uow:
        row = get_account(uow, user_id)
        if row.display_name == name:
            return user_of(row)
        uow.execute(update(users).where(users.c.id == user_id).values(display_name=name))
        note(uow, "name_changed", user_id, row.username, f"{row.display_name} → {name}")
        return announce_person(uow, user_id)


def change_password(db: Database, passwords: Passwords, caller: Principal, request: wire.ChangePassword) -> int:
    """Ends all other sessions and gives how many; keys stay. Raises `InvalidInput` where the current one is wrong.

    Whoever signed in with a password that an admin gave them has shown it already.
    """
    passwords.require_on()  # first: without one they are told how to have one
    with db.read() as read:
        row = get_account(read, caller.user.id)
    if not row.password_hash:
        raise Conflict("This account has no password: you sign in with your provider. An admin can give you one.")
    if not caller.must_change_password and not passwords.verify(row.password_hash, request.current_password or ""):
        raise InvalidInput("This is not your current password.", field="current_password")
    if row.must_change_password and passwords.verify(row.password_hash, request.new_password):
        raise InvalidInput("Choose a password of your own, another one than you were given.", field="new_password")
    new_hash = passwords.hash(request.new_password)
    same = (users.c.id == caller.user.id) & (users.c.password_hash == row.password_hash)
    with db.write() as uow:
        changed = uow.execute(update(users).where(same).values(password_hash=new_hash, must_change_password=False))
        if not changed.rowcount:
            raise Conflict("Your password has just been changed elsewhere. Sign in again.")
        ended = end_sign_ins(uow, caller.user.id, "password_changed", but=caller.token_id)
        note(uow, "password_changed", caller.user.id, caller.user.username)
    return ended
