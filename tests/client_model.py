"""What one page knows of one room, built only from acks, events and answers: the rules of docs/protocol.md as code.

It does what the front end's `roomReducer.ts` does, and beside that complains when the server breaks a promise.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from chat.domain.reply_states import OPEN_PHASES

Message = dict[str, Any]


class Cursor(NamedTuple):
    """Everything up to this `seq` and every change up to this `rev` is known."""

    seq: int
    rev: int


@dataclass
class RoomModel:
    """`messages` by seq are complete from the first one to the cursor, while `is_synced`."""

    room: str
    is_one_process: bool = True  # of several, one may have missed what others told: that comes late, as it is by then
    messages: dict[int, Message] = field(default_factory=dict)
    cursor: Cursor | None = None
    is_synced: bool = False
    complaints: list[str] = field(default_factory=list)
    past: list[Cursor] = field(default_factory=list)  # every cursor it ever had
    _read_of: dict[str, int] = field(default_factory=dict)  # by author: the last message that somebody else has read
    _marks: dict[str, int] = field(default_factory=dict)  # by member: how far they have read, as far as we know
    _heard: set[tuple[str, int]] = field(default_factory=set)  # every seq and rev of an event on this connection
    _last: dict[str, int] = field(default_factory=dict)  # of each, the one that was heard last

    def disconnect(self) -> None:
        """Nothing is heard of the room any more, until the next join."""
        self.is_synced, self._heard, self._last = False, set(), {}

    def forget(self) -> None:
        """The page was reloaded."""
        self.messages, self.cursor = {}, None

    @property
    def first_seq(self) -> int:
        """From here on messages are known; changes to earlier ones are none of our concern."""
        return min(self.messages, default=self.cursor.seq + 1 if self.cursor else 1)

    def receive_event(self, name: str, payload: dict[str, Any]) -> None:
        """Any event of the server; those of other rooms and of other kinds change nothing."""
        if name == "room_updated" and payload["room"]["id"] == self.room and not payload["room"]["is_member"]:
            self.disconnect()
        if payload.get("room") != self.room:
            return
        if name == "message":
            self._check_order("seq", payload["seq"])
            self._check_order("rev", payload["rev"])
            self._receive(payload)
        elif name == "message_updated":
            self._check_order("rev", payload["message"]["rev"])
            self._receive(payload["message"])
        elif name == "message_deleted":
            self._check_order("rev", payload["rev"])
            self._receive_deletion(payload)
        elif name == "reaction":
            self._check_order("rev", payload["rev"])
            self._receive_reaction(payload)
        elif name == "message_status":
            self._receive_status(payload)
        elif name == "member_joined":
            self._note_mark(payload["member"]["id"], payload["member"]["last_read_seq"])

    def _receive_deletion(self, deletion: dict[str, Any]) -> None:
        """The message keeps its place, and loses its text wherever that is shown."""
        empty = {"content": "", "reactions": [], "pinned_at": None, "pinned_by": None}
        known = self.messages.get(deletion["seq"], {"seq": deletion["seq"], "id": deletion["id"]})
        self._receive({**known, **empty, "rev": deletion["rev"], "deleted_at": deletion["deleted_at"]})

    def _receive_reaction(self, event: dict[str, Any]) -> None:
        """It comes without a seq: of a message that is not in the list only the rev counts."""
        known = next((message for message in self.messages.values() if message["id"] == event["id"]), None)
        if known:
            self._receive({**known, "reactions": event["reactions"], "rev": event["rev"]})
        elif self.cursor:
            self._reach(Cursor(self.cursor.seq, event["rev"]))

    def _receive_status(self, event: dict[str, Any]) -> None:
        """Somebody else has read this message, and with it all earlier ones of its author."""
        for message in self.messages.values():
            if message["id"] == event["id"]:
                author = message["author"]["id"]
                self._read_of[author] = max(self._read_of.get(author, 0), message["seq"])

    def _note_mark(self, user: str, seq: int) -> None:
        self._marks[user] = max(self._marks.get(user, 0), seq)

    def receive_answer(self, message: Message) -> None:
        """The message that an ack carries; its event has been heard before, or will be missed and asked for."""
        self._receive(message)

    def _check_order(self, number: str, value: int) -> None:
        """On one connection every message and every change is heard once; from one process in order, without gaps."""
        last = self._last.get(number, value - 1)
        if (number, value) in self._heard or (self.is_one_process and value != last + 1):
            self.complaints.append(f"heard {number} {value} after {last}")
        self._heard.add((number, value))
        self._last[number] = value

    def _receive(self, message: Message) -> None:
        if self.cursor is None:
            return
        self._take_in(message, self.first_seq)
        self._reach(Cursor(message["seq"], message["rev"]))

    def _reach(self, heard: Cursor) -> None:
        known = self.cursor
        if known is None or heard.seq > known.seq + 1 or heard.rev > known.rev + 1:
            self.is_synced = False  # something is missing: join again
        elif self.is_synced:
            self._move(Cursor(max(known.seq, heard.seq), max(known.rev, heard.rev)))

    def _take_in(self, message: Message, first_seq: int) -> None:
        """What is older than the list is not put into it, but quotes show what became of it."""
        if message["seq"] >= first_seq:
            self._keep(message)
        newest = self.messages.get(message["seq"], message)
        for seq, other in self.messages.items():
            if other["quote"] and other["quote"]["id"] == newest["id"]:
                now = {"content": newest["content"], "deleted": newest["deleted_at"] is not None}
                self.messages[seq] = {**other, "quote": {**other["quote"], **now}}

    def _keep(self, message: Message) -> None:
        """The newer version stays."""
        known = self.messages.get(message["seq"])
        if known and known["id"] != message["id"]:
            self.complaints.append(f"two messages with seq {message['seq']}")
        if known and known["rev"] == message["rev"] and not _is_same(known, message):
            self.complaints.append(f"two versions of seq {message['seq']} with rev {message['rev']}")
        if not known or known["rev"] <= message["rev"]:
            self.messages[message["seq"]] = message
        self._note_mark(message["author"]["id"], message["seq"])  # whoever posts has read so far

    def receive_join(self, answer: dict[str, Any], *, was_by_rev: bool) -> None:
        """The answer of `join_room`. Asked by seq alone it has no changes of earlier messages: our rev stays."""
        known, reached = self.cursor, Cursor(answer["seq"], answer["rev"])
        if known and (reached.seq < known.seq or reached.rev < known.rev):
            self.complaints.append(f"the server went back from {known} to {reached}")
        is_fresh = known is None or answer["has_gap"]
        if is_fresh:
            self.messages = {}
        first_seq = 1 if is_fresh else self.first_seq
        for message in answer["messages"]:
            self._take_in(message, first_seq)
        for member in answer["members"]:
            self._note_mark(member["id"], member["last_read_seq"])
        self._move(reached if is_fresh or was_by_rev or not known else Cursor(reached.seq, known.rev))
        self.is_synced = self.cursor == reached
        if missing := self.missing():
            self.complaints.append(f"the answer to a join left {missing} out")

    def receive_history(self, messages: list[Message]) -> None:
        """An older page, asked for `before` the first message."""
        for message in messages:
            self._keep(message)

    def missing(self) -> list[int]:
        """Holes between the first message and the cursor."""
        last = self.cursor.seq if self.cursor else 0
        return [seq for seq in range(self.first_seq, last + 1) if seq not in self.messages]

    def shown(self) -> list[Message]:
        """All messages in their order, with the status that the marks of the others give them."""
        return [self._with_status(self.messages[seq]) for seq in sorted(self.messages)]

    def _with_status(self, message: Message) -> Message:
        author, seq = message["author"]["id"], message["seq"]
        is_read = seq <= self._read_of.get(author, 0) or any(
            mark >= seq for user, mark in self._marks.items() if user != author
        )
        return {**message, "status": "read"} if is_read else message

    def _move(self, cursor: Cursor) -> None:
        if cursor != self.cursor:
            self.past.append(cursor)
        self.cursor = cursor


def _is_same(one: Message, other: Message) -> bool:
    """With the same `rev`; of a reply that is being written one has more of the same text."""
    longer, shorter = sorted((one["content"], other["content"]), key=len, reverse=True)
    return _settled(one) == _settled(other) and longer.startswith(shorter)


def _settled(message: Message) -> Message:
    """What only a new `rev` may change; a reply that is being written changes all the time."""
    is_growing = message["llm"] is not None and message["llm"]["phase"] in OPEN_PHASES
    free = {"status", "quote"} | ({"content", "llm"} if is_growing else set())
    return {name: value for name, value in message.items() if name not in free}
