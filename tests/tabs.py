"""A page of a person over a raw socket: cheap enough for twenty at once, and careful as the front end is."""

import itertools
import json
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import websocket

from tests.client_model import Cursor, Message, RoomModel
from tests.people import Person, new_key
from tests.raw_socket import RawSocket, cookies_of

Answer = dict[str, Any]
FOR_GOOD = ("conflict", "invalid_input", "not_allowed", "not_found", "not_signed_in", "too_large")
PAUSE = 0.25  # seconds before a connection is tried again
BROKEN = (websocket.WebSocketException, OSError)


class Tab:
    """One socket at a time, the model of one room, and an outbox that keeps what is sent until it is answered.

    `acknowledged` are the messages that the server has promised to keep, by their `client_id`.
    """

    def __init__(self, person: Person, room: str, url: str = "", seconds: float = 10.0) -> None:
        """`url` is where to connect, if not at the server itself; `seconds` how long to wait for anything."""
        self.person, self.room = person, room
        self.model = RoomModel(room)
        self.heard: Counter[str] = Counter()  # events, by their names
        self.outbox: dict[str, dict[str, str]] = {}  # by key, what to send
        self.acknowledged: dict[str, Message] = {}
        self.refusals: Counter[str] = Counter()  # by their codes
        # How often a message has left, again or not, and the page has connected and opened its room.
        self.sent = self.connects = self.joins = 0
        self._url, self._seconds = url or person.url, seconds
        self._socket: RawSocket | None = None
        self._numbers = itertools.count(1)
        self._waiting: dict[int, Callable[[Answer], None]] = {}

    @property
    def is_online(self) -> bool:
        return self._socket is not None

    def connect(self) -> bool:
        """Whether it could; opens no room yet."""
        self.cut()
        socket = None
        try:
            socket = RawSocket(self._url, cookies_of(self.person), seconds=self._seconds)
            is_in = socket.sign_in().startswith("40")
        except BROKEN:
            is_in = False
        if socket and not is_in:
            socket.cut()
        self._socket = socket if is_in else None
        self.connects += is_in
        return is_in

    def cut(self) -> None:
        """As when the network goes: what is under way may or may not arrive, and nobody says goodbye."""
        if self._socket:
            self._socket.cut()
        self._socket = None
        self._waiting.clear()
        self.model.disconnect()

    def close(self) -> None:
        """As when the page is closed."""
        if self._socket:
            self._socket.close()
        self.cut()

    def emit(self, event: str, payload: dict[str, Any], then: Callable[[Answer], None]) -> None:
        """Sends, and calls `then` with the ack when it has come."""
        if not self._socket:
            return
        number = next(self._numbers)
        self._waiting[number] = then
        try:
            self._socket.socket.send(f"42{number}{json.dumps([event, payload])}")
        except BROKEN:
            self.cut()

    def hear(self, seconds: float = 0.0) -> bool:
        """Takes in one frame if there is one within so many seconds; a connection that has ended is noticed here."""
        if not self._socket:
            return False
        try:
            frame = self._socket.poll(seconds)
        except BROKEN:
            frame = ""
        if frame:
            self._take(frame)
        elif frame == "":
            self.cut()
        return bool(frame)

    def hear_all(self, seconds: float = 0.0) -> None:
        """What has arrived, until nothing more comes for so many seconds."""
        while self.hear(seconds):
            pass

    def hear_for(self, seconds: float) -> None:
        """Whatever comes in that time."""
        until = time.monotonic() + seconds
        while self.is_online and (left := until - time.monotonic()) > 0:
            self.hear(left)

    def _take(self, frame: str) -> None:
        if frame.startswith("43"):
            number, _, body = frame[2:].partition("[")
            if then := self._waiting.pop(int(number), None):
                then(self._count(json.loads("[" + body)[0]))
        elif frame.startswith("42"):
            name, payload = json.loads(frame[2:])
            self.heard[name] += 1
            self.model.receive_event(name, payload)
        elif frame.startswith("41"):
            self.cut()

    def _count(self, answer: Answer) -> Answer:
        if not answer["ok"]:
            self.refusals[answer["error"]["code"]] += 1
        return answer

    def call(self, event: str, payload: dict[str, Any]) -> Answer | None:
        """The ack; None if the connection ends before, or after `seconds` without anything, which end it as well."""
        answers: list[Answer] = []
        self.emit(event, payload, answers.append)
        while self.is_online and not answers:
            if not self.hear(self._seconds):
                self.cut()
        return answers[0] if answers else None

    def join(self, cursor: Cursor | None = None, *, by_rev: bool = True) -> Answer | None:
        """Opens the room and takes in what was missed since `cursor`, by default the model's own."""
        known = cursor or self.model.cursor
        payload: dict[str, Any] = {"room": self.room}
        if known:
            payload |= {"after": known.seq, **({"after_rev": known.rev} if by_rev else {})}
        answer = self.call("join_room", payload)
        if answer and answer["ok"]:
            self.model.receive_join(answer, was_by_rev=by_rev)
            self.joins += 1
        return answer

    def write(self, content: str, key: str | None = None, **more: str) -> str:
        """Puts a message into the outbox and gives its key."""
        key = key or new_key()
        self.outbox[key] = {"room": self.room, "content": content, "client_id": key, **more}
        return key

    def post(self, key: str) -> None:
        """Sends it without waiting; the ack settles the outbox."""
        self.sent += 1
        self.emit("send_message", self.outbox[key], lambda answer: self.settle(key, answer))

    def settle(self, key: str, answer: Answer) -> None:
        """What the answer says has happened to the message; a failure of the server's may pass, so it stays."""
        if answer["ok"]:
            self.outbox.pop(key, None)
            self.acknowledged[key] = answer["message"]
            self.model.receive_answer(answer["message"])
            return
        if answer["error"]["code"] in FOR_GOOD:
            self.outbox.pop(key, None)

    def send_outbox(self) -> None:
        """Sends everything in it at once, in order, and waits for the answers."""
        for key in list(self.outbox):
            self.post(key)
        while self._waiting and self.is_online:
            if not self.hear(self._seconds):
                self.cut()

    def catch_up(self) -> bool:
        """Whether it knows of everything: connected and joined, if it was not, in a few attempts."""
        for _ in range(3):
            if not (self.is_online or self.connect()):
                return False
            if self.model.is_synced:
                return True
            self.join()
        return self.model.is_synced

    def barrier(self) -> bool:
        """Takes in everything that the server had said when it heard this."""
        return self.call("mark_read", {"room": self.room, "seq": 0}) is not None

    def bring_up_to_date(self, within: float = 10.0) -> None:
        """Online, joined, and with nothing left to send; fails if that takes longer than so many seconds."""
        give_up = time.monotonic() + within
        self.barrier()
        while not (self.model.is_synced and not self.outbox):
            assert time.monotonic() < give_up, f"cannot come back; refused so far: {self.refusals}"
            if self.catch_up():
                self.send_outbox()
            else:
                time.sleep(PAUSE)

    def hear_until(self, rev: int) -> None:
        """Until it knows of this change, and then whatever else has been said by now."""
        while self.model.cursor and self.model.cursor.rev < rev and self.hear(self._seconds):
            pass
        self.barrier()

    def load_older(self) -> None:
        """Reads the history back to the first message."""
        while self.model.first_seq > 1:
            self.model.receive_history(self.person.history(self.room, before=self.model.first_seq))
