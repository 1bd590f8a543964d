"""Webhooks out of rooms: where owners have what happens in their room posted to, as far as the settings allow."""

import base64
import hmac
from collections.abc import Callable
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select, update

from chat import wire
from chat.db.ids import iso, iso_or_none, new_id
from chat.db.prepared import Prepared
from chat.db.tables import hook_deliveries, outgoing_hooks
from chat.db.unit_of_work import Database, Reader, UnitOfWork
from chat.domain.text import parse_line
from chat.errors import Conflict, InvalidInput, NotFound
from chat.services.access import require_room
from chat.services.audit import note
from chat.services.people import names_of

MOST_HOOKS = 10  # of one room
KEY_PREFIX = "whsec_"
RequireUrl = Callable[[str], None]

_OF_ROOM = Prepared(
    select(outgoing_hooks.c.id, outgoing_hooks.c.wants_messages, outgoing_hooks.c.wants_replies).where(
        outgoing_hooks.c.room_id == bindparam("room"), outgoing_hooks.c.disabled_at.is_(None)
    )
)


def queue_deliveries(uow: UnitOfWork, room_id: str, message_id: str, event: wire.HookEvent) -> None:
    """In the unit of work that posts a message or ends a reply: what was stored will be delivered."""
    for hook in uow.run(_OF_ROOM, {"room": room_id}):
        if hook.wants_messages if event == "message" else hook.wants_replies:
            row = {"id": new_id(), "hook_id": hook.id, "message_id": message_id, "event": event, "attempts": 0}
            uow.execute(insert(hook_deliveries).values(**row, due_at=uow.now, created_at=uow.now))


class OutgoingHooks:
    """`require_url(url)` raises for an address that may not be called; None where none may."""

    def __init__(self, db: Database, secret: str, require_url: RequireUrl | None) -> None:
        self._db, self._secret, self._require_url = db, secret.encode(), require_url

    def key_of(self, hook_id: str) -> bytes:
        """What its posts are signed with. It is not stored: it follows from the server's own secret."""
        return hmac.digest(self._secret, f"outgoing hook {hook_id}".encode(), "sha256")

    def create(self, user: wire.User, ref: str, wanted: wire.CreateOutgoingHook) -> wire.OutgoingHookCreated:
        """The answer is the only place where the key stands."""
        with self._db.write() as uow:
            room = require_room(uow, user.id, ref, "change")
            self._require(wanted)
            if uow.scalar(select(func.count()).where(outgoing_hooks.c.room_id == room.id)) >= MOST_HOOKS:
                raise Conflict(f"This room posts to {MOST_HOOKS} addresses already. Delete one first.")
            row = {"id": new_id(), "room_id": room.id, "name": parse_line(wanted.name, field="name"), "url": wanted.url}
            wants = {"wants_messages": wanted.messages, "wants_replies": wanted.replies}
            by = {"created_by": user.id, "created_at": uow.now}
            uow.execute(insert(outgoing_hooks).values(**row, **wants, **by))
            note(uow, "hook_created", row["id"], row["name"], f"out of {room.name}")
            made = _get(uow, room.id, row["id"])
        key = KEY_PREFIX + base64.b64encode(self.key_of(made.id)).decode()
        return wire.OutgoingHookCreated(hook=made, key=key)

    def _require(self, wanted: wire.CreateOutgoingHook) -> None:
        if not (wanted.messages or wanted.replies):
            raise InvalidInput("Choose messages, replies or both.", field="messages")
        if self._require_url is None:
            raise InvalidInput("This server calls no addresses: its admin allows some in WEBHOOK_HOSTS.", field="url")
        self._require_url(wanted.url)

    def list(self, user: wire.User, ref: str) -> wire.OutgoingHooks:
        with self._db.read() as read:
            room = require_room(read, user.id, ref, "remove")
            return wire.OutgoingHooks(hooks=_list(read, room.id), is_allowed=self._require_url is not None)

    def delete(self, user: wire.User, ref: str, hook_id: str) -> None:
        """Nothing is posted there any more, not even what waits."""
        with self._db.write() as uow:
            room = require_room(uow, user.id, ref, "remove")
            hook = _get(uow, room.id, hook_id)
            uow.execute(delete(outgoing_hooks).where(outgoing_hooks.c.id == hook_id))
            note(uow, "hook_deleted", hook_id, hook.name, f"out of {room.name}")

    def enable(self, user: wire.User, ref: str, hook_id: str) -> wire.OutgoingHook:
        """One that was disabled is tried again, with what happens from now on."""
        with self._db.write() as uow:
            room = require_room(uow, user.id, ref, "change")
            _get(uow, room.id, hook_id)
            again = {"disabled_at": None, "failing_since": None, "last_error": None}
            uow.execute(update(outgoing_hooks).where(outgoing_hooks.c.id == hook_id).values(again))
            return _get(uow, room.id, hook_id)


def _get(tx: Reader, room_id: str, hook_id: str) -> wire.OutgoingHook:
    found = [hook for hook in _list(tx, room_id) if hook.id == hook_id]
    if not found:
        raise NotFound("There is no such webhook in this room.", field="hook")
    return found[0]


def _list(tx: Reader, room_id: str) -> list[wire.OutgoingHook]:
    waiting = select(func.count()).where(hook_deliveries.c.hook_id == outgoing_hooks.c.id)
    query = select(outgoing_hooks, waiting.correlate(outgoing_hooks).scalar_subquery().label("waiting"))
    rows = tx.all(query.where(outgoing_hooks.c.room_id == room_id).order_by(outgoing_hooks.c.id))
    names = names_of(tx, {row.created_by for row in rows if row.created_by})
    return [_view(row, names) for row in rows]


def _view(row: Row[Any], names: dict[str, str]) -> wire.OutgoingHook:
    return wire.OutgoingHook(
        id=row.id,
        name=row.name,
        url=row.url,
        messages=row.wants_messages,
        replies=row.wants_replies,
        created_at=iso(row.created_at),
        created_by=names.get(row.created_by),
        last_delivered_at=iso_or_none(row.last_delivered_at),
        failing_since=iso_or_none(row.failing_since),
        disabled_at=iso_or_none(row.disabled_at),
        last_error=row.last_error,
        waiting=row.waiting,
    )
