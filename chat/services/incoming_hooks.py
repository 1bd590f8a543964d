"""Webhooks into rooms: whoever has the address may post there, as a bot, until an owner of the room takes it back."""

import secrets
from typing import Any

from sqlalchemy import Row, Select, insert, select, update

from chat import wire
from chat.db.ids import iso, iso_or_none, new_id
from chat.db.lock_order import NEW_ACCOUNT
from chat.db.tables import incoming_hooks, users
from chat.db.unit_of_work import Database, Reader, UnitOfWork
from chat.domain.text import parse_line, parse_text
from chat.errors import Conflict, NotFound, NotSignedIn
from chat.services.access import require_room
from chat.services.audit import note
from chat.services.bots import create_bot
from chat.services.hook_endings import end_incoming
from chat.services.messages import find_earlier, post_message
from chat.services.people import get_person, names_of, user_of
from chat.services.rooms import add_member
from chat.services.secret_hashes import SecretHashes

MOST_HOOKS = 20  # of one room
PREFIX = "rth_"
PREFIX_CHARS = 10
SEEN_STEP_MS = 60_000  # when it was last used is written at most once a minute
_GONE = "There is no such webhook. It may have been deleted: ask for another address."


class IncomingHooks:
    def __init__(self, db: Database, hashes: SecretHashes, max_chars: int) -> None:
        self._db, self._hashes, self._max_chars = db, hashes, max_chars

    def create(self, user: wire.User, ref: str, wanted: wire.CreateIncomingHook) -> wire.IncomingHookCreated:
        """A new address and its bot, which is in the room from then on. The answer alone has the secret."""
        secret = PREFIX + secrets.token_urlsafe(32)
        with self._db.write() as uow:
            uow.alone(NEW_ACCOUNT)
            room = require_room(uow, user.id, ref, "change")
            if len(uow.all(_of_room(room.id))) >= MOST_HOOKS:
                raise Conflict(f"This room has {MOST_HOOKS} webhooks already. Delete one first.")
            bot = create_bot(uow, wanted.name)
            add_member(uow, room.id, bot, "member")
            hook_id = new_id()
            made_by = {"created_by": user.id, "created_at": uow.now}
            row = {"id": hook_id, "room_id": room.id, "bot_id": bot.id, "prefix": secret[:PREFIX_CHARS], **made_by}
            uow.execute(insert(incoming_hooks).values(**row, secret_hash=self._hashes.of(secret)))
            note(uow, "hook_created", hook_id, bot.display_name, f"into {room.name}")
            (made,) = [shown for shown in _list(uow, room.id) if shown.id == hook_id]
        return wire.IncomingHookCreated(hook=made, path=f"/api/hooks/{secret}")

    def list(self, user: wire.User, ref: str) -> list[wire.IncomingHook]:
        with self._db.read() as read:
            return _list(read, require_room(read, user.id, ref, "remove").id)

    def delete(self, user: wire.User, ref: str, hook_id: str) -> None:
        """Nothing is taken at its address any more. Its bot leaves; what it has written stays."""
        with self._db.write() as uow:
            room = require_room(uow, user.id, ref, "remove")
            if uow.first(_of_room(room.id).where(incoming_hooks.c.id == hook_id)) is None:
                raise NotFound("There is no such webhook in this room.", field="hook")
            end_incoming(uow, hook_id)

    def find(self, secret: str) -> Row[Any]:
        """The hook of an address. Raises `NotFound`."""
        with self._db.read() as read:
            return self._require(read, secret)

    def _require(self, tx: Reader, secret: str) -> Row[Any]:
        row = tx.first(select(incoming_hooks).where(incoming_hooks.c.secret_hash == self._hashes.of(secret)))
        if row is None:
            raise NotFound(_GONE)
        return row

    def post(self, secret: str, posted: wire.HookPost) -> tuple[wire.Message, bool]:
        """The message, and whether it is new: the same `client_id` gives the first one. It asks no model.

        Raises `NotFound` for an address that is not valid, or whose bot was deactivated or taken out of the room.
        """
        content = parse_text(posted.text, self._max_chars, field="text")
        own_name = parse_line(posted.username, field="username") if posted.username else None
        with self._db.write() as uow:
            hook = self._require(uow, secret)
            try:
                room = require_room(uow, hook.bot_id, hook.room_id, "post")
            except (NotFound, NotSignedIn):
                raise NotFound(_GONE) from None
            sending = wire.SendMessage(room=room.id, content=content, client_id=posted.client_id or new_id())
            earlier = find_earlier(uow, hook.bot_id, room.id, sending.client_id, content)
            if earlier:
                return earlier, False
            bot = get_person(uow, hook.bot_id)
            _note_use(uow, hook)
            return post_message(uow, bot, room, sending, content, own_name=own_name), True


def _note_use(uow: UnitOfWork, hook: Row[Any]) -> None:
    if uow.now - (hook.last_used_at or 0) >= SEEN_STEP_MS:
        uow.execute(update(incoming_hooks).where(incoming_hooks.c.id == hook.id).values(last_used_at=uow.now))


def _of_room(room_id: str) -> Select[Any]:
    return (
        select(incoming_hooks.c.created_by, incoming_hooks.c.prefix, incoming_hooks.c.last_used_at)
        .add_columns(incoming_hooks.c.id.label("hook_id"), incoming_hooks.c.created_at.label("made_at"))
        .add_columns(incoming_hooks.c.bot_id, users)
        .join(users, users.c.id == incoming_hooks.c.bot_id)
        .where(incoming_hooks.c.room_id == room_id)
        .order_by(incoming_hooks.c.id)
    )


def _list(tx: Reader, room_id: str) -> list[wire.IncomingHook]:
    rows = tx.all(_of_room(room_id))
    names = names_of(tx, {row.created_by for row in rows if row.created_by})
    return [
        wire.IncomingHook(
            id=row.hook_id,
            bot=user_of(row),
            prefix=row.prefix,
            created_at=iso(row.made_at),
            created_by=names.get(row.created_by),
            last_used_at=iso_or_none(row.last_used_at),
        )
        for row in rows
    ]
