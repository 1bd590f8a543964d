"""Whether a person may do something in a room: read from the database for every event and request, never remembered."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, and_, bindparam, or_, select

from chat.db.lock_order import PERSON, ROOM
from chat.db.prepared import Prepared, Record
from chat.db.tables import bots, incoming_hooks, jobs, members, messages, outgoing_hooks, rooms, users
from chat.db.unit_of_work import Reader, UnitOfWork
from chat.domain.permissions import (
    NOT_WHEN_ARCHIVED,
    OWNERS_ONLY,
    Action,
    Change,
    acting_role,
    may,
    may_change,
    may_stop,
)
from chat.errors import NotAllowed, NotFound, NotSignedIn
from chat.services.people import role_in_sql, role_of
from chat.wire import MemberRole, ServerRole

DEACTIVATED = "This account has been deactivated. An admin of this server can take it back."
_ROOM = Prepared(
    select(
        rooms,
        members.c.role,
        members.c.last_read_seq,
        users.c.deactivated_at,
        role_in_sql().label("asker_role"),
    )
    .outerjoin(members, and_(members.c.room_id == rooms.c.id, members.c.user_id == bindparam("user")))
    .outerjoin(users, users.c.id == bindparam("user"))
    .where(or_(rooms.c.id == bindparam("ref"), rooms.c.slug == bindparam("ref")))
)
_HELD = Prepared(
    select(rooms.c.id)
    .where(or_(rooms.c.id == bindparam("ref"), rooms.c.slug == bindparam("ref")))
    .with_for_update(key_share=True)
)
_HELD_OF_MESSAGE = Prepared(
    select(rooms.c.id)
    .where(rooms.c.id == select(messages.c.room_id).where(messages.c.id == bindparam("message")).scalar_subquery())
    .with_for_update(key_share=True)
)
_HELD_PERSON = Prepared(select(users.c.id).where(users.c.id == bindparam("user")).with_for_update(read=True))
_OWN_BOTS = select(bots.c.user_id).where(bots.c.owner_id == bindparam("user"))
_WAITS = and_(jobs.c.state == "queued", or_(jobs.c.user_id == bindparam("user"), jobs.c.user_id.in_(_OWN_BOTS)))
_TIES = (members.c.user_id, incoming_hooks.c.created_by, outgoing_hooks.c.created_by)
_HELD_ROOMS_OF = Prepared(
    select(rooms.c.id)
    .where(
        or_(
            *(rooms.c.id.in_(select(tie.table.c.room_id).where(tie == bindparam("user"))) for tie in _TIES),
            rooms.c.id.in_(select(members.c.room_id).where(members.c.user_id.in_(_OWN_BOTS))),
            rooms.c.id.in_(select(jobs.c.room_id).where(_WAITS)),
        )
    )
    .with_for_update(key_share=True)
)
_OWN_ROOMS = Prepared(
    select(rooms.c.id, rooms.c.kind, members.c.role)
    .join_from(members, rooms)
    .where(members.c.user_id == bindparam("user"))
)


def require_room(tx: Reader, user_id: str, ref: str, action: Action) -> Record:
    """The room (by id or slug) with the asker's `role` and `last_read_seq`; in a unit of work it stays as it is.

    Raises `NotFound` for a room that does not exist or that the asker may not even see, `NotAllowed` otherwise;
    `NotSignedIn` for whoever was deactivated after their request was let in.
    """
    hold_room(tx, ref)
    return _room_for(tx, user_id, ref, action)


def hold_room(tx: Reader, ref: str) -> None:
    """In a unit of work nobody else changes anything in the room from here on; for a reader this is nothing."""
    if isinstance(tx, UnitOfWork):
        tx.hold(ROOM, _HELD, {"ref": ref})


def hold_rooms_of(uow: UnitOfWork, user_id: str) -> None:
    """What somebody was let into a room for is stored before this unit goes on, or finds what it has made of them.

    And what their bots and webhooks are let in for, and what waits for an answer in rooms that they have left. For a
    unit that is alone with SEVERAL_ROOMS.
    """
    uow.hold(ROOM, _HELD_ROOMS_OF, {"user": user_id})


def _room_for(tx: Reader, user_id: str, ref: str, action: Action) -> Record:
    found = tx.run(_ROOM, {"user": user_id, "ref": ref})
    room = found[0] if found else None
    if room is not None and room.deactivated_at is not None:
        raise NotSignedIn(DEACTIVATED)
    is_guest = room is not None and room.asker_role == "guest"
    if room is None or not may("see", room.kind, room.role, is_guest=is_guest):
        raise NotFound("There is no such room, or you are not in it.", field="room")
    if not may(action, room.kind, role_in(room), is_archived=room.archived_at is not None, is_guest=is_guest):
        raise NotAllowed(_refusal(action, room), field="room")
    return room


def may_in_room(tx: Reader, user_id: str, ref: str, action: Action) -> bool:
    """Whether `require_room` would let them."""
    try:
        require_room(tx, user_id, ref, action)
    except (NotFound, NotAllowed, NotSignedIn):
        return False
    return True


def require_active(tx: Reader, user_id: str) -> ServerRole:
    """What somebody is on the server now, for what is done outside of rooms. Raises `NotSignedIn`, see above."""
    hold_person(tx, user_id)
    row = tx.first(select(users).where(users.c.id == user_id))
    if row is None or row.deactivated_at is not None:
        raise NotSignedIn(DEACTIVATED)
    return role_of(row)


def is_active(tx: Reader, user_id: str) -> bool:
    """Whether `require_active` would let them."""
    try:
        require_active(tx, user_id)
    except NotSignedIn:
        return False
    return True


def hold_person(tx: Reader, user_id: str) -> None:
    """In a unit of work nobody else changes the account from here on; for a reader this is nothing."""
    if isinstance(tx, UnitOfWork):
        tx.hold(PERSON, _HELD_PERSON, {"user": user_id})


def readers_among(tx: Reader, room_ids: Collection[str], user_ids: Collection[str]) -> dict[str, frozenset[str]]:
    """For each of these people who may read any of these rooms: which."""
    if not room_ids:
        return {}
    query = select(members.c.user_id, members.c.role, rooms.c.id, rooms.c.kind).join_from(members, rooms)
    readable: dict[str, set[str]] = {}
    for row in tx.all(query.where(rooms.c.id.in_(room_ids), members.c.user_id.in_(user_ids))):
        if may("read", row.kind, row.role):
            readable.setdefault(row.user_id, set()).add(row.id)
    return {user_id: frozenset(found) for user_id, found in readable.items()}


def role_in(room: Record) -> MemberRole | None:
    """What the asker acts as in a room that `require_room` gave."""
    return acting_role(room.role, room.kind, room.asker_role)


def is_admin_now(tx: Reader, user_id: str) -> bool:
    """As the database says, whatever was true when they signed in."""
    return bool(tx.scalar(select(users.c.is_admin).where(users.c.id == user_id)))


def list_readable_rooms(tx: Reader, user_id: str) -> list[str]:
    """The ids of those whose messages a person may read, of the rooms they are in."""
    return [row.id for row in tx.run(_OWN_ROOMS, {"user": user_id}) if may("read", row.kind, row.role)]


def _refusal(action: Action, room: Record) -> str:
    if room.archived_at is not None and room.role is not None and action in NOT_WHEN_ARCHIVED:
        return "This room is archived: it can be read, and no more. An owner can take it out of the archive."
    if action in OWNERS_ONLY:
        return "Only an owner of the room can change its settings and who is in it."
    if action == "invite" and room.role is not None and room.kind != "direct":
        return "Guests cannot bring others in. Ask a member of the room."
    return (
        f"Join the room first, then you can {action} here." if room.role is None else f"You cannot {action} this room."
    )


def require_message(tx: Reader, user_id: str, message_id: str, action: Action) -> tuple[Row[Any], Record]:
    """A message and its room, if the asker may do this to it. Raises like `require_room`."""
    if isinstance(tx, UnitOfWork):
        tx.hold(ROOM, _HELD_OF_MESSAGE, {"message": message_id})
    message = tx.first(select(messages).where(messages.c.id == message_id))
    try:
        if message is not None:
            return message, _room_for(tx, user_id, message.room_id, action)
    except NotFound:
        pass  # the same answer as for a message that does not exist
    raise NotFound("There is no such message, or you are not in its room.", field="message")


_ONLY = {
    "edit": "Only the person who wrote a message can edit it, and nobody what a model wrote.",
    "delete": "Only who wrote a message, who asked for it, or an owner of the room can delete it.",
}


def require_change(tx: Reader, user_id: str, message_id: str, change: Change) -> tuple[Row[Any], Record]:
    """A message that the asker may edit or delete, and its room. Raises like `require_room`."""
    message, room = require_message(tx, user_id, message_id, "post")
    is_author = message.author_id == user_id
    is_asker = message.model is not None and message.reply["requested_by"] == user_id
    role = role_in(room)
    if role is None or not may_change(change, room.kind, role, is_author=is_author, is_asker=is_asker):
        raise NotAllowed(_ONLY[change], field="message")
    return message, room


def require_stop(tx: Reader, user_id: str, message: Row[Any], room: Record) -> None:
    """Raises `NotAllowed` for a member who may not stop this reply, where the room leaves that to some."""
    role = role_in(room)
    if role is None or not may_stop(room.stop_policy, role, is_asker=message.reply["requested_by"] == user_id):
        raise NotAllowed("In this room only who asked for a reply can stop it, or an owner.", field="message")
