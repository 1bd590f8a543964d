"""People and messages for a server, written into its database before it starts.

A thousand sign-ups would hash passwords for minutes, and millions of messages would be sent for an hour.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update

from chat import wire
from chat.config import Config
from chat.db.ids import new_id, now_ms
from chat.db.opening import open_database
from chat.db.tables import members, messages, rooms, search_marks, users
from chat.db.unit_of_work import Database
from chat.domain.permissions import GENERAL
from chat.publishing import Publisher
from chat.services.people import Account
from chat.services.rooms import ensure_general
from chat.services.sign_ins import SignIns
from chat.web.api import SESSION_COOKIE

BATCH = 50_000  # messages in one transaction
TEXT = "what somebody said in a room some time ago, about as long as this line, 80 signs"
NO_PASSWORD = "nobody signs in by a password"
SECRET = "the same for whoever seeds and for the server that reads"


@dataclass(frozen=True)
class Seeded:
    """The ids of the rooms, one cookie header for each person, room by room, and an API key of the first."""

    rooms: Sequence[str]
    cookies: Sequence[str]
    key: str


def seed(
    data_dir: Path, people: int, said: int = 0, unread: int = 0, room_count: int = 1, database_url: str = ""
) -> Seeded:
    """Makes the database with so many people in the room `general`, each with a session.

    They have `said` so many messages there, in turns; the last `unread` of them nobody has read. In each of the other
    `room_count` - 1 rooms there are as many people, who are in no other. Without a URL it is the file in `data_dir`.
    """
    config = Config.from_env({"DATA_DIR": str(data_dir), "SECRET_KEY": SECRET, "DATABASE_URL": database_url})
    db = open_database(config.database_url, Publisher())
    ensure_general(db)
    with db.read() as reader:
        general = str(reader.scalar(select(rooms.c.id).where(rooms.c.slug == GENERAL)))
    others = [_add_room(db) for _ in range(room_count - 1)]
    ids = _add_people(db, range(people), general, last_read=said - unread)
    _add_messages(db, ids, said, general)
    for number, room in enumerate(others, 1):
        ids += _add_people(db, range(number * people, (number + 1) * people), room, last_read=0)
    sign_ins = SignIns(db, config.secret_key, config.sign_in.session_days)
    cookies = [f"{SESSION_COOKIE}={sign_ins.open_session(_account(person), 'bench')[0]}" for person in ids]
    key = sign_ins.create_key(ids[0], wire.CreateKey(name="bench")).key
    db.close()
    return Seeded([general, *others], cookies, key)


def _account(user_id: str) -> Account:
    return Account(wire.User(id=user_id, username="", display_name=""), NO_PASSWORD)


def _add_room(db: Database) -> str:
    room = new_id()
    named = {"slug": room.lower(), "name": room, "kind": "private", "models": []}
    with db.write() as uow:
        uow.execute(insert(rooms).values(id=room, created_at=now_ms(), **named))
    return room


def _add_people(db: Database, numbers: range, room: str, last_read: int) -> list[str]:
    created = {"is_admin": False, "password_hash": NO_PASSWORD, "created_at": now_ms()}
    names = [f"person{number}" for number in numbers]
    people = [{"id": new_id(), "username": name, "display_name": name, **created} for name in names]
    role: wire.MemberRole = "member"
    inside = [
        {"room_id": room, "user_id": person["id"], "role": role, "last_read_seq": last_read, "joined_at": now_ms()}
        for person in people
    ]
    with db.write() as uow:
        uow.execute(insert(users), people)
        uow.execute(insert(members), inside)
    return [str(person["id"]) for person in people]


def _add_messages(db: Database, authors: Sequence[str], count: int, room: str) -> None:
    """One a second until now. Their ids are in order, as real ones nearly are."""
    began = now_ms() - count * 1000
    for first in range(1, count + 1, BATCH):
        numbers = range(first, min(first + BATCH, count + 1))
        rows = [_message(number, authors[number % len(authors)], room, began) for number in numbers]
        with db.write() as uow:
            uow.execute(insert(messages), rows)
    with db.write() as uow:
        uow.execute(update(rooms).where(rooms.c.id == room).values(last_seq=count, last_rev=count))
        uow.execute(insert(search_marks).values(room_id=room, rev=count))  # nobody searches them


def _message(number: int, author: str, room: str, began: int) -> dict[str, Any]:
    return {
        "id": f"{number:026d}",
        "room_id": room,
        "seq": number,
        "rev": number,
        "author_id": author,
        "client_id": f"{number:032x}",
        "content": TEXT,
        "created_at": began + number * 1000,
    }
