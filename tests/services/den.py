"""A room of two in a real database, and what would be announced of it."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, desc, func, insert, select, update

from chat import wire
from chat.db.ids import new_id
from chat.db.tables import jobs, members, users
from chat.db.unit_of_work import Database
from chat.errors import RoundtableError
from chat.events import Event
from chat.services import addressees, messages, replies, rooms
from chat.services.bots import SERVER_BOT
from chat.services.history import get_history
from chat.services.room_views import get_room_view, list_rooms

MODEL = replies.AskedModel("m", "m")
NO_MODEL = addressees.AskRules(find_model=lambda handle: None, default=lambda: MODEL, take=lambda user_id: None)


@dataclass
class Den:
    """`ada` owns the room, `mira` is in it, `eve` is not. `statements` are all that readers have asked SQLite."""

    db: Database
    heard: list[Event]
    statements: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ada, self.mira, self.eve = (self._person(name) for name in ("ada", "mira", "eve"))
        self.room = self.new_room("private")

    def _person(self, name: str) -> wire.User:
        person = wire.User(id=new_id(), username=name, display_name=name.title())
        row = {"id": person.id, "username": name, "display_name": name.title(), "password_hash": "x", "created_at": 1}
        with self.db.write() as uow:
            uow.execute(insert(users).values(row))
        return person

    def new_admin(self) -> wire.User:
        """Somebody who looks after the server, in the room of everybody as everyone is."""
        rooms.ensure_general(self.db)
        person = self._person("root")
        with self.db.write() as uow:
            uow.execute(update(users).where(users.c.id == person.id).values(is_admin=True))
        rooms.join_room(self.db, person, "general")
        return person.model_copy(update={"role": "admin"})

    def new_room(self, kind: wire.RoomKind, **more: Any) -> str:
        asked = wire.CreateRoom(name="Den", kind=kind, members=[self.mira.id], **more)
        return rooms.create_room(self.db, self.ada, asked).id

    def say(self, person: wire.User, content: str, room: str = "", **more: Any) -> wire.Message:
        fields = {"room": room or self.room, "content": content, "client_id": new_id()} | more
        return messages.send_message(self.db, NO_MODEL, person, wire.SendMessage(**fields), max_chars=1000).message

    def ask(self, person: wire.User, content: str, room: str = "") -> tuple[wire.Message, wire.Message]:
        """A question and the reply that is opened for it."""
        question = self.say(person, content, room)
        with self.db.write() as uow:
            reply = replies.open_reply(uow, room or self.room, replies.Ask(MODEL, person.id), question=question.id)
        return question, reply

    def close(self, reply: wire.Message, text: str) -> None:
        replies.close_reply(self.db, job_of(self.db, reply.id), "done", text, {"finish": "stop"})

    def history(self, person: wire.User | None = None, room: str = "") -> list[wire.Message]:
        with self.db.read() as read:
            return get_history(read, (person or self.ada).id, room or self.room, limit=200).messages

    def view(self, person: wire.User) -> wire.Room:
        """The room as somebody sees it."""
        with self.db.read() as read:
            return get_room_view(read, person.id, self.room)

    def count(self, table: Table) -> int:
        """How many rows there are, of this room and any other."""
        with self.db.read() as read:
            return int(read.scalar(select(func.count()).select_from(table)))

    def told(self, person: wire.User) -> list[str]:
        """What the server itself has written to somebody."""
        with self.db.read() as read:
            seen = list_rooms(read, person.id)
        mine = [room.id for room in seen if room.partner and room.partner.id == SERVER_BOT]
        return [message.content for room in mine for message in self.history(person, room)]

    def shown_to_eve_as(self, role: str | None, room: str) -> list[str]:
        """The messages of a room that she is put into as that (None: as nobody), as its history shows them to her."""
        if role:
            with self.db.write() as uow:
                uow.execute(insert(members).values(room_id=room, user_id=self.eve.id, role=role, joined_at=1))
        with self.db.read() as read:
            try:
                return [message.id for message in get_history(read, self.eve.id, room).messages]
            except RoundtableError:
                return []

    def shown(self, message: wire.Message) -> wire.Message:
        """The message as the room's history has it now."""
        return next(m for m in self.history() if m.id == message.id)


def job_of(db: Database, reply_id: str) -> replies.ReplyJob:
    """The newest job of a reply, as its row is now."""
    newest = select(jobs.c.id).where(jobs.c.message_id == reply_id).order_by(desc(jobs.c.id)).limit(1)
    with db.read() as read:
        return replies.get_job(read, read.scalar(newest))
