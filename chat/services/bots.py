"""Bots: accounts that programs speak for. They have no password, and are guests: in the rooms they are brought into."""

from sqlalchemy import insert, select, update

from chat import wire
from chat.db.ids import new_id
from chat.db.lock_order import NEW_ACCOUNT, NEW_ROOM, SEVERAL_ROOMS
from chat.db.tables import users
from chat.db.unit_of_work import UnitOfWork
from chat.domain.text import parse_line, slug_of
from chat.services.access import require_room
from chat.services.handles import find_free
from chat.services.messages import post_message
from chat.services.people import announce_person, role_columns, user_of
from chat.services.replies import stop_waiting
from chat.services.rooms import open_direct
from chat.services.sign_ins import end_sign_ins

SERVER_BOT = "0" * 26  # the id of the one that speaks for the server itself
HANDLE_CHARS = 24  # of its name; a number may follow
# Whoever holds a room before writing to somebody has taken these before it.
TO_WRITE_DIRECTLY = (NEW_ACCOUNT, NEW_ROOM, SEVERAL_ROOMS)


def create_bot(uow: UnitOfWork, name: str, bot_id: str = "") -> wire.User:
    """A new account, called by its name after @ as far as nobody else is."""
    shown = parse_line(name, field="name")
    uow.alone(NEW_ACCOUNT)
    handle = find_free(uow, slug_of(shown)[:HANDLE_CHARS].strip("-") + "-bot")
    bot = wire.User(id=bot_id or new_id(), username=handle, display_name=shown, role="guest", is_bot=True)
    row = {**bot.model_dump(), **role_columns(bot.role), "password_hash": "", "created_at": uow.now}
    uow.execute(insert(users).values(row))
    return bot


def retire_bot(uow: UnitOfWork, bot_id: str) -> None:
    """What it has written stays under its name."""
    uow.execute(update(users).where(users.c.id == bot_id).values(deactivated_at=uow.now))
    end_sign_ins(uow, bot_id, "deactivated", with_keys=True)
    stop_waiting(uow, bot_id)
    announce_person(uow, bot_id)


def write_directly(uow: UnitOfWork, person: wire.User, text: str) -> None:
    """The server itself tells somebody something, in a room of the two."""
    uow.alone(*TO_WRITE_DIRECTLY)
    row = uow.first(select(users).where(users.c.id == SERVER_BOT))
    bot = user_of(row) if row else create_bot(uow, "Roundtable", SERVER_BOT)
    room = require_room(uow, bot.id, open_direct(uow, bot, person), "post")
    post_message(uow, bot, room, wire.SendMessage(room=room.id, content=text, client_id=new_id()), text)
