"""Signs of typing: few, short-lived, and taken away when there is nobody behind them. The clock is the test's."""

import pytest

from chat import events, wire
from chat.realtime.connections import Connection
from chat.realtime.typing import EXPIRE_AFTER, RELAY_EVERY, Typing
from chat.services.sign_ins import Principal


class Room:
    """Keeps what the sockets in it would hear, and has a clock that stands still."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, bool]] = []
        self.skipped: list[str] = []
        self.now = 1000.0

    def hear(self, event: events.Event) -> None:
        assert isinstance(event, events.Typed)
        self.heard.append((event.sign.room, event.sign.user.id, event.sign.is_typing))
        self.skipped.append(event.sid)

    def clock(self) -> float:
        return self.now


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def typing(room: Room) -> Typing:
    return Typing(room.hear, room.clock)


def _socket(user_id: str, sid: str = "") -> Connection:
    user = wire.User(id=user_id, username=user_id, display_name=user_id)
    return Connection(sid or f"socket of {user_id}", Principal(user, "token", "session"))


ADA, MIRA = _socket("ada"), _socket("mira")


def test_a_sign_is_relayed_at_most_every_two_seconds(room: Room, typing: Typing) -> None:
    for _ in range(100):
        typing.begin(ADA, "r")
        room.now += RELAY_EVERY / 10
    assert len(room.heard) == 10 and set(room.heard) == {("r", "ada", True)}
    assert set(room.skipped) == {ADA.sid}


def test_rooms_and_people_have_their_own_signs(room: Room, typing: Typing) -> None:
    typing.begin(ADA, "r")
    typing.begin(ADA, "s")
    typing.begin(MIRA, "r")
    assert room.heard == [("r", "ada", True), ("s", "ada", True), ("r", "mira", True)]


def test_a_sign_is_taken_away_once_and_only_if_it_is_shown(room: Room, typing: Typing) -> None:
    typing.end(ADA, "r")
    assert room.heard == []
    typing.begin(ADA, "r")
    typing.end(ADA, "r")
    typing.end(ADA, "r")
    assert room.heard == [("r", "ada", True), ("r", "ada", False)]


def test_switching_on_and_off_relays_no_more_than_the_limit(room: Room, typing: Typing) -> None:
    for _ in range(50):
        typing.begin(ADA, "r")
        typing.end(ADA, "r")
    assert room.heard == [("r", "ada", True), ("r", "ada", False)]
    room.now += RELAY_EVERY
    typing.begin(ADA, "r")
    assert room.heard[2:] == [("r", "ada", True)]


def test_an_expired_sign_is_not_taken_away_and_not_remembered(room: Room, typing: Typing) -> None:
    for number in range(1000):
        typing.begin(_socket(f"person {number}"), "r")
    room.heard.clear()
    room.now += EXPIRE_AFTER
    typing.end(_socket("person 7"), "r")
    typing.end_all(_socket("person 8"))
    assert room.heard == [] and len(typing) == 0


def test_a_message_ends_the_sign_without_a_word(room: Room, typing: Typing) -> None:
    typing.begin(ADA, "r")
    typing.begin(MIRA, "r")
    author = wire.Author(id="ada", kind="person", handle="ada", name="Ada")
    fields = {"id": "m", "room": "r", "seq": 1, "rev": 1, "author": author, "content": "x", "client_id": "c"}
    typing.on_event(events.MessagePosted(wire.Message(**fields, status="delivered", created_at="")))
    typing.end(ADA, "r")
    typing.end_all(ADA)
    assert room.heard == [("r", "ada", True), ("r", "mira", True)]
    typing.end(MIRA, "r")
    assert room.heard[-1] == ("r", "mira", False)


def test_a_socket_that_closes_takes_its_signs_away(room: Room, typing: Typing) -> None:
    typing.begin(ADA, "r")
    typing.begin(ADA, "s")
    typing.begin(MIRA, "r")
    typing.end_all(ADA)
    assert sorted(room.heard[3:]) == [("r", "ada", False), ("s", "ada", False)]


def test_whoever_goes_on_in_another_tab_still_types(room: Room, typing: Typing) -> None:
    phone = _socket("ada", "phone")
    typing.begin(ADA, "r")
    typing.begin(phone, "r")
    typing.end_all(ADA)
    assert room.heard == [("r", "ada", True)]
    typing.end(phone, "r")
    assert room.heard[1:] == [("r", "ada", False)]


def test_whoever_leaves_the_room_types_there_no_more(room: Room, typing: Typing) -> None:
    typing.begin(ADA, "r")
    left = wire.Room(id="r", slug="r", name="r", topic="", kind="public", is_member=False, last_seq=0)
    typing.on_event(events.MemberLeft(left, "ada"))
    typing.on_event(events.MemberLeft(left, "mira"))
    assert room.heard == [("r", "ada", True), ("r", "ada", False)]
