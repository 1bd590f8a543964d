"""People for a server, written into its database before it starts: a thousand sign-ups would hash for minutes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import insert, select

from chat import wire
from chat.config import Config
from chat.db.engine import open_engines
from chat.db.ids import new_id, now_ms
from chat.db.migrate import upgrade
from chat.db.tables import members, rooms, users
from chat.db.unit_of_work import Database
from chat.publishing import Publisher
from chat.services.rooms import GENERAL, ensure_general
from chat.services.sign_ins import SignIns
from chat.web.api import SESSION_COOKIE

SECRET = "the same for whoever seeds and for the server that reads"


@dataclass(frozen=True)
class Seeded:
    """The id of the room, and one cookie header for each person; all are members."""

    room: str
    cookies: Sequence[str]


def seed(data_dir: Path, people: int) -> Seeded:
    """Makes the database with so many people in the room `general`, each with a session."""
    config = Config.from_env({"DATA_DIR": str(data_dir), "SECRET_KEY": SECRET})
    write, read = open_engines(config.database_url)
    upgrade(write)
    db = Database(write, read, Publisher())
    ensure_general(db)
    with db.read() as reader:
        room = str(reader.scalar(select(rooms.c.id).where(rooms.c.slug == GENERAL)))
    ids = _add_people(db, people, room)
    sign_ins = SignIns(db, config.secret_key, config.session_days)
    cookies = [f"{SESSION_COOKIE}={sign_ins.open_session(person, 'bench')[0]}" for person in ids]
    db.close()
    return Seeded(room, cookies)


def _add_people(db: Database, count: int, room: str) -> list[str]:
    created = {"is_admin": False, "password_hash": "nobody signs in by a password", "created_at": now_ms()}
    names = [f"person{number}" for number in range(count)]
    people = [{"id": new_id(), "username": name, "display_name": name, **created} for name in names]
    role: wire.MemberRole = "member"
    inside = [
        {"room_id": room, "user_id": person["id"], "role": role, "last_read_seq": 0, "joined_at": now_ms()}
        for person in people
    ]
    with db.write() as uow:
        uow.execute(insert(users), people)
        uow.execute(insert(members), inside)
    return [str(person["id"]) for person in people]
