"""A room in a real database, and beside it a naive recount of who has read what and what clients were told."""

from dataclasses import dataclass, field

from sqlalchemy import insert, update

from chat import wire
from chat.db.ids import new_id, now_ms
from chat.db.tables import messages, rooms, users
from chat.db.unit_of_work import Database
from chat.events import Event, MemberJoined, MessagePosted, MessageRead
from chat.services.addressees import AskRules
from chat.services.changes import delete_message, edit_message
from chat.services.history import get_history
from chat.services.messages import send_message
from chat.services.reading import mark_read, mark_unread
from chat.services.replies import AskedModel, close_reply
from chat.services.room_members import leave_room
from chat.services.room_views import get_room_view
from chat.services.rooms import create_room, invite
from tests.services.den import job_of

NAMES = ("ada", "mira", "noor", "tove")
ECHO = AskedModel("echo", "echo")
RULES = AskRules(lambda handle: ECHO if handle == "echo" else None, lambda: ECHO, lambda user_id: None)


@dataclass
class World:
    """One database; what was announced lately."""

    db: Database
    heard: list[Event] = field(default_factory=list)

    def add_person(self, name: str) -> wire.User:
        user = wire.User(id=new_id(), username=f"{name}-{new_id().lower()}", display_name=name)
        with self.db.write() as uow:
            uow.execute(insert(users).values(**user.model_dump(), password_hash="x", created_at=now_ms()))
        return user


@dataclass
class Said:
    """A message as the recount remembers it; `author` is None for a model."""

    id: str
    seq: int
    author: str | None
    named: set[str]
    is_deleted: bool = False


class Room:
    """A private room, and beside it a naive recount of who has read what and what a client was told."""

    def __init__(self, world: World) -> None:
        self.world, self.db = world, world.db
        self.people = [world.add_person(name) for name in NAMES]
        self.owner, *others = self.people
        request = wire.CreateRoom(name="room", kind="private", members=[other.id for other in others[:-1]])
        self.id = create_room(self.db, self.owner, request).id
        self.said: list[Said] = []
        self.marks = {person.id: 0 for person in self.people[:-1]}
        self.furthest = dict(self.marks)
        self.told: dict[str, str] = {}
        self.left: set[str] = set()
        world.heard.clear()

    def post(self, person: wire.User, named: wire.User | None = None, *, asks: bool = False) -> None:
        text = f"hello {f'@{named.username}' if named else ''} {'@echo' if asks else ''}"
        request = wire.SendMessage(room=self.id, content=text, client_id=new_id())
        posted = send_message(self.db, RULES, person, request, max_chars=1000)
        self.said.append(Said(posted.message.id, posted.message.seq, person.id, self._named(person.id, named)))
        self._mark(person, posted.message.seq)
        if posted.reply:
            self.said.append(Said(posted.reply.id, posted.reply.seq, None, set()))
            close_reply(self.db, job_of(self.db, posted.reply.id), "done", "hello yourself", {})

    def _named(self, author_id: str, named: wire.User | None) -> set[str]:
        return {named.id} & self.marks.keys() - {author_id} if named else set()

    def edit(self, message: Said, named: wire.User | None) -> None:
        """By its author, if it is somebody who is still here."""
        if message.author in self.marks and not message.is_deleted:
            text = f"hello again {f'@{named.username}' if named else ''}"
            edit_message(self.db, message.author, message.id, text, max_chars=1000)
            message.named = self._named(message.author, named)

    def fill(self, author: wire.User | None, count: int) -> None:
        """Many messages at once: of a person who posts, or of a model."""
        first = len(self.said) + 1
        new = [Said(new_id(), first + number, author.id if author else None, set()) for number in range(count)]
        by_model = {"model": "echo", "reply_phase": "done", "reply": {"requested_by": self.owner.id}}
        rows = [
            {"id": m.id, "room_id": self.id, "seq": m.seq, "rev": m.seq, "author_id": m.author, "content": "hello"}
            | {"client_id": m.id, "created_at": 1, **({} if author else by_model)}
            for m in new
        ]
        with self.db.write() as uow:
            uow.execute(insert(messages), rows)
            uow.execute(update(rooms).where(rooms.c.id == self.id).values(last_seq=new[-1].seq, last_rev=new[-1].seq))
        self.said += new
        if author:
            self.read(author, new[-1].seq)
        self.world.heard.clear()

    def read(self, person: wire.User, seq: int) -> None:
        mark_read(self.db, person.id, self.id, seq)
        self._mark(person, max(self.marks[person.id], min(seq, len(self.said))))

    def unread_from(self, person: wire.User, seq: int) -> None:
        mark_unread(self.db, person.id, self.id, seq)
        self.marks[person.id] = min(self.marks[person.id], seq - 1)

    def _mark(self, person: wire.User, seq: int) -> None:
        self.marks[person.id] = seq
        self.furthest[person.id] = max(self.furthest[person.id], seq)

    def delete(self, message: Said) -> None:
        delete_message(self.db, self.owner.id, message.id)
        message.is_deleted = True

    def come(self, person: wire.User) -> None:
        if person.id not in self.marks:
            invite(self.db, self.owner, self.id, person.id)
            self.marks[person.id] = self.furthest[person.id] = len(self.said)

    def go(self, person: wire.User) -> None:
        leave_room(self.db, person, self.id)
        del self.marks[person.id], self.furthest[person.id]
        self.left.add(person.id)

    def unread(self, person: wire.User) -> tuple[int, int]:
        with self.db.read() as read:
            view = get_room_view(read, person.id, self.id)
        assert view.last_read_seq == self.marks[person.id]
        return view.unread, view.mentions

    def recount(self, person: wire.User) -> tuple[int, int]:
        new = [m for m in self.said if m.seq > self.marks[person.id] and m.author != person.id and not m.is_deleted]
        return len(new), sum(person.id in m.named for m in new)

    def statuses(self) -> dict[str, str]:
        """Of people's messages, as the history shows them."""
        with self.db.read() as read:
            page = get_history(read, self.owner.id, self.id, limit=200).messages
        return {m.id: m.status for m in page if m.llm is None}

    def recounted_statuses(self) -> dict[str, str]:
        def is_read(message: Said) -> bool:
            return any(seq >= message.seq for user_id, seq in self.furthest.items() if user_id != message.author)

        return {m.id: "read" if is_read(m) else "delivered" for m in self.said if m.author}

    def tell_client(self) -> None:
        """Applies what was announced by the rules of the protocol's section on reading."""
        for event in self.world.heard:
            match event:
                case MessagePosted(message) if message.llm is None:
                    self.told[message.id] = message.status
                    self._tell_read_by(message.author.id, message.seq)
                case MessageRead(_, message_id, _):
                    newest = next(m for m in self.said if m.id == message_id)
                    self._tell_read([m for m in self.said if m.author == newest.author and m.seq <= newest.seq])
                case MemberJoined(_, member):
                    self._tell_read_by(member.id, member.last_read_seq)
        self.world.heard.clear()

    def _tell_read_by(self, reader: str, seq: int) -> None:
        self._tell_read([m for m in self.said if m.author != reader and m.seq <= seq])

    def _tell_read(self, read: list[Said]) -> None:
        self.told.update({m.id: "read" for m in read if m.id in self.told})
