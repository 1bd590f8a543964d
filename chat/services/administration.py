"""What admins of the server do about its people: roles, whether somebody may come in, a new password."""

import secrets
from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, insert, or_, select, update

from chat import wire
from chat.db.ids import iso, iso_or_none, now_ms
from chat.db.lock_order import ADMINS, NEW_ACCOUNT
from chat.db.tables import api_keys, bots, rooms, sessions, users
from chat.db.unit_of_work import Database, Reader, UnitOfWork
from chat.domain.permissions import GENERAL
from chat.errors import Conflict, NotFound
from chat.services.access import hold_person, hold_rooms_of, require_active
from chat.services.audit import note
from chat.services.bots import SERVER_BOT, TO_WRITE_DIRECTLY, create_bot, retire_bot
from chat.services.hook_endings import end_hooks_of
from chat.services.passwords import Passwords
from chat.services.people import announce_person, get_account, role_columns, role_of, user_of
from chat.services.replies import stop_waiting
from chat.services.room_members import hand_on_rooms, step_down
from chat.services.rooms import add_member
from chat.services.sign_ins import SignIns, end_sign_ins

PAGE = 50
PAGE_MAX = 200
PASSWORD_BYTES = 12  # of chance, in the password that an admin hands over
PresenceOf = Callable[[str], wire.PresenceStatus]


def list_people(
    tx: Reader, presence_of: PresenceOf, *, search: str = "", after: str = "", limit: int = PAGE
) -> wire.AdminPeople:
    """By user name; `search` is found anywhere in user and display names."""
    matches = _matches(search)
    total = tx.scalar(select(func.count()).select_from(users).where(matches))
    page = _people().where(matches, users.c.username > after).order_by(users.c.username).limit(limit + 1)
    rows = tx.all(page)
    people = [_person_of(row, presence_of) for row in rows[:limit]]
    return wire.AdminPeople(people=people, total=total, next=people[-1].username if len(rows) > limit else None)


def _matches(search: str) -> ColumnElement[bool]:
    names = (users.c.username, users.c.display_name)
    return or_(*(name.icontains(search.strip().lstrip("@"), autoescape=True) for name in names))


def _people() -> Select[Any]:
    valid = (sessions.c.user_id == users.c.id) & (sessions.c.expires_at > now_ms())
    counts = (
        select(func.count()).where(valid).correlate(users).scalar_subquery().label("sessions"),
        select(func.count()).where(api_keys.c.user_id == users.c.id).correlate(users).scalar_subquery().label("keys"),
    )
    owner = users.alias("owner")
    made_by = select(owner.c.username).join(bots, bots.c.owner_id == owner.c.id).where(bots.c.user_id == users.c.id)
    return select(users, *counts, made_by.correlate(users).scalar_subquery().label("owner"))


def _person_of(row: Row[Any], presence_of: PresenceOf) -> wire.AdminPerson:
    return wire.AdminPerson(
        id=row.id,
        username=row.username,
        display_name=row.display_name,
        role=role_of(row),
        is_bot=row.is_bot,
        owner=row.owner,
        presence=presence_of(row.id),
        created_at=iso(row.created_at),
        last_seen_at=iso_or_none(row.last_seen_at),
        deactivated_at=iso_or_none(row.deactivated_at),
        sessions=row.sessions,
        keys=row.keys,
    )


def _show(tx: Reader, user_id: str, presence_of: PresenceOf) -> wire.AdminPerson:
    row = tx.first(_people().where(users.c.id == user_id))
    assert row is not None
    return _person_of(row, presence_of)


def make_bot(
    db: Database, sign_ins: SignIns, owner: wire.User, wanted: wire.CreateBot, presence_of: PresenceOf
) -> wire.BotCreated:
    """An account for a program and its first key, which stands in the answer alone. It is in no room yet."""
    with db.write() as uow:
        uow.alone(NEW_ACCOUNT)
        require_active(uow, owner.id)
        bot = create_bot(uow, wanted.name)
        uow.execute(insert(bots).values(user_id=bot.id, owner_id=owner.id))
        note(uow, "bot_created", bot.id, bot.username)
        key = sign_ins.add_key(uow, bot.id, wire.CreateKey(name=wanted.name)).key
        return wire.BotCreated(person=_show(uow, bot.id, presence_of), key=key)


def give_key(db: Database, sign_ins: SignIns, ref: str) -> wire.KeyCreated:
    """Another key for a bot; the ones that it has are gone. Raises `Conflict` for whoever else it is asked for."""
    with db.write() as uow:
        row = _require(uow, ref)
        if uow.first(select(bots).where(bots.c.user_id == row.id)) is None:
            raise Conflict("Only a bot is given a key. People make theirs, and a webhook has an address.", field="user")
        _require_in(row)
        hold_person(uow, row.id)
        end_sign_ins(uow, row.id, "revoked", with_keys=True)
        return sign_ins.add_key(uow, row.id, wire.CreateKey(name=row.display_name))


def change_person(db: Database, ref: str, wanted: wire.ChangePerson, presence_of: PresenceOf) -> wire.AdminPerson:
    """Changes what is named in `wanted`; rooms without an owner who can sign in get another.

    Raises `Conflict` where nobody would be left to run the server.
    """
    with db.write() as uow:
        uow.alone(ADMINS, *TO_WRITE_DIRECTLY)
        row = _require(uow, ref)
        if row.id == SERVER_BOT:
            raise Conflict("By this account the server itself speaks.", field="user")
        hold_rooms_of(uow, row.id)
        if row.is_bot and wanted.role not in (None, role_of(row)):
            raise Conflict("A bot is a guest, in the rooms that it is brought into.", field="role")
        role = wanted.role or role_of(row)
        is_active = row.deactivated_at is None if wanted.is_active is None else wanted.is_active
        if not (role == "admin" and is_active):
            _require_another_admin(uow, row.id)
        if role != role_of(row):
            give_role(uow, row, role)
        if is_active != (row.deactivated_at is None):
            _set(uow, row, "reactivated" if is_active else "deactivated", deactivated_at=None if is_active else uow.now)
            hand_on_rooms(uow, row.id)
        if not is_active:
            end_sign_ins(uow, row.id, "deactivated", with_keys=True)
            stop_waiting(uow, row.id)
            end_hooks_of(uow, row.id)
            _retire_bots_of(uow, row.id)
        announce_person(uow, row.id)
        return _show(uow, row.id, presence_of)


def _retire_bots_of(uow: UnitOfWork, user_id: str) -> None:
    """Whoever is sent away knows their keys."""
    active = (bots.c.owner_id == user_id) & users.c.deactivated_at.is_(None)
    for row in uow.all(select(users).join(bots, bots.c.user_id == users.c.id).where(active).order_by(users.c.id)):
        note(uow, "deactivated", row.id, row.username, "with its owner")
        retire_bot(uow, row.id)


def follow_groups(uow: UnitOfWork, row: Row[Any], *, is_admin: bool) -> None:
    """What a sign-in provider says of somebody holds here; the last admin stays one all the same."""
    if is_admin == row.is_admin:
        return
    uow.alone(ADMINS)
    row = get_account(uow, row.id)
    if is_admin == row.is_admin or (row.is_admin and not _has_another_admin(uow, row.id)):
        return
    give_role(uow, row, "admin" if is_admin else "member")
    announce_person(uow, row.id)


def give_role(uow: UnitOfWork, row: Row[Any], role: wire.ServerRole) -> None:
    """A guest is in the room of everybody only if somebody invites them there."""
    before = role_of(row)
    action: wire.AuditAction = (
        "admin_made" if role == "admin" else "admin_unmade" if before == "admin" else "role_changed"
    )
    _set(uow, row, action, f"{before} → {role}", **role_columns(role))
    general = uow.scalar(select(rooms.c.id).where(rooms.c.slug == GENERAL))
    person = user_of(row).model_copy(update={"role": role})
    if role == "guest":
        step_down(uow, person)
    elif before == "guest" and general:
        add_member(uow, general, person, "member")


def _set(uow: UnitOfWork, row: Row[Any], action: wire.AuditAction, detail: str = "", **values: Any) -> None:
    uow.execute(update(users).where(users.c.id == row.id).values(**values))
    note(uow, action, row.id, row.username, detail)


def _has_another_admin(tx: Reader, user_id: str) -> bool:
    others = select(users.c.id).where(users.c.is_admin, users.c.deactivated_at.is_(None), users.c.id != user_id)
    return tx.first(others.limit(1)) is not None


def _require_another_admin(tx: Reader, user_id: str) -> None:
    if not _has_another_admin(tx, user_id):
        raise Conflict("This is the last admin. Make somebody else an admin first.", field="user")


def reset_password(db: Database, passwords: Passwords, ref: str) -> str:
    """A new password to hand over, which must be changed after the first sign-in. Ends all sessions; keys stay."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    password_hash = passwords.hash(password)
    with db.write() as uow:
        row = _require(uow, ref)
        _require_in(row)
        if row.is_bot:
            raise Conflict("A bot has no password.", field="user")
        _set(uow, row, "password_reset", password_hash=password_hash, must_change_password=True)
        end_sign_ins(uow, row.id, "password_reset")
    return password


def _require_in(row: Row[Any]) -> None:
    if row.deactivated_at is not None:
        raise Conflict("This account is deactivated. Reactivate it first.", field="user")


def _require(tx: Reader, ref: str) -> Row[Any]:
    """Anybody with an account, by id or user name, deactivated or not."""
    row = tx.first(select(users).where(users.c.id == ref))
    row = row or tx.first(select(users).where(users.c.username == ref.lower().lstrip("@")))
    if row is None:
        raise NotFound(f"There is nobody called “{ref}” here.", field="user")
    return row
