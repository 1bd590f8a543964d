"""What a room really holds: read from the database beside the server, and by the history route."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection, delete, select

from chat.db.engine import open_engines
from chat.db.tables import members, messages, rooms, users
from tests.client_model import Message
from tests.people import Person


class Server(Protocol):
    """Whatever serves at `url` what is in a database."""

    @property
    def url(self) -> str: ...

    @property
    def database_url(self) -> str: ...


@dataclass(frozen=True)
class StoredRoom:
    """`rows` ascending by seq; `read` is the reading mark of each member, by user name."""

    last_seq: int
    last_rev: int
    rows: list[dict[str, Any]]
    read: dict[str, int]

    def check(self, shown: list[Message]) -> None:
        """Numbers without gaps or doubles, and the history route shows exactly this."""
        seqs, revs = [row["seq"] for row in self.rows], [row["rev"] for row in self.rows]
        assert seqs == list(range(1, self.last_seq + 1)), "seq has a gap or a double"
        assert len(set(revs)) == len(revs) and max(revs, default=0) <= self.last_rev
        keys = [(row["author_id"], row["client_id"]) for row in self.rows]
        assert len(set(keys)) == len(keys), "a message is there twice"
        same = ("id", "seq", "rev", "content", "client_id")
        assert [[message[name] for name in same] for message in shown] == [
            [row[name] for name in same] for row in self.rows
        ]

    def check_kept(self, acknowledged: Iterable[Message]) -> None:
        """Every message that an ack promised is there, in its place, with its text unless that has changed since."""
        by_id = {row["id"]: row for row in self.rows}
        for message in acknowledged:
            row = by_id.get(message["id"])
            assert row, f"lost: {message}"
            assert row["seq"] == message["seq"], f"{row} is not {message}"
            assert row["rev"] > message["rev"] or row["content"] == message["content"], f"{row} is not {message}"

    def replies(self) -> Counter[str]:
        """How many of them are in which phase."""
        return Counter(row["reply_phase"] for row in self.rows if row["reply_phase"])


def stored_room(server: Server, room: str) -> StoredRoom:
    marks = select(users.c.username, members.c.last_read_seq).join_from(members, users)
    with _connected(server, writes=False) as connection:
        last_seq, last_rev = connection.execute(
            select(rooms.c.last_seq, rooms.c.last_rev).where(rooms.c.id == room)
        ).one()
        rows = connection.execute(select(messages).where(messages.c.room_id == room).order_by(messages.c.seq))
        found = [dict(row) for row in rows.mappings()]
        read = connection.execute(marks.where(members.c.room_id == room)).all()
    return StoredRoom(last_seq, last_rev, found, {row.username: row.last_read_seq for row in read})


def delete_room(server: Server, room: str) -> None:
    """Takes a room out of the database, so that the lists of rooms stay short over a thousand of them."""
    with _connected(server, writes=True) as connection:
        connection.execute(delete(rooms).where(rooms.c.id == room))


@contextmanager
def _connected(server: Server, *, writes: bool) -> Iterator[Connection]:
    write, read = open_engines(server.database_url)
    try:
        with (write if writes else read).begin() as connection:
            yield connection
    finally:
        write.dispose()
        read.dispose()


def whole_history(person: Person, room: str) -> list[Message]:
    """Every message of the room, by pages from the first."""
    found: list[Message] = []
    while page := person.history(room, after=found[-1]["seq"] if found else 0):
        found += page
    return found
