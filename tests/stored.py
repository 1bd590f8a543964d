"""What a room really holds: read from the database file beside the server, and by the history route."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from tests.client_model import Message
from tests.people import Person
from tests.running_server import RunningServer

MARKS = "select username, last_read_seq from members join users on users.id = user_id where room_id = ?"


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


def stored_room(server: RunningServer, room: str) -> StoredRoom:
    path = server.data_dir / "roundtable.db"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        last_seq, last_rev = connection.execute("select last_seq, last_rev from rooms where id = ?", (room,)).fetchone()
        rows = connection.execute("select * from messages where room_id = ? order by seq", (room,)).fetchall()
        read = connection.execute(MARKS, (room,)).fetchall()
    return StoredRoom(last_seq, last_rev, [dict(row) for row in rows], {row[0]: row[1] for row in read})


def delete_room(server: RunningServer, room: str) -> None:
    """Takes a room out of the database, so that the lists of rooms stay short over a thousand of them."""
    with closing(sqlite3.connect(server.data_dir / "roundtable.db", timeout=5)) as connection, connection:
        connection.execute("pragma foreign_keys = on")
        connection.execute("delete from rooms where id = ?", (room,))


def whole_history(person: Person, room: str) -> list[Message]:
    """Every message of the room, by pages from the first."""
    found: list[Message] = []
    while page := person.history(room, after=found[-1]["seq"] if found else 0):
        found += page
    return found
