"""How the fast path tells a large room: in pieces, if somebody waits."""

from typing import Any

import eventlet
import pytest

from chat.realtime import fast_path
from chat.realtime.fast_path import PIECE, PIECES, _Turn

ROOM = PIECE * 3 + 1


class Socket:
    def __init__(self, told: list["Socket"]) -> None:
        self._told = told

    def flush(self) -> None:
        self._told.append(self)


@pytest.fixture
def told() -> list[Socket]:
    return []


def _tell(turn: Any, told: list[Socket], size: int = ROOM) -> list[Socket]:
    room = [Socket(told) for _ in range(size)]
    turn.due().extend(room)
    return room


def test_everybody_is_told_at_once_if_nobody_waits(told: list[Socket], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast_path, "input_waits", lambda: False)
    room = _tell(_Turn(), told)
    eventlet.sleep(0)
    assert told == room


def test_whoever_waits_has_a_turn_after_each_piece(told: list[Socket], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast_path, "input_waits", lambda: True)
    room = _tell(_Turn(), told)
    eventlet.sleep(0)
    steps = []
    while len(told) < ROOM and len(steps) < ROOM:
        steps.append(len(told))
        eventlet.sleep(0)
    assert told == room and steps == [PIECE, 2 * PIECE, 3 * PIECE]


def test_an_ack_goes_before_the_rest_of_the_room(told: list[Socket], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast_path, "input_waits", lambda: True)
    turn: Any = _Turn()
    room = _tell(turn, told)
    eventlet.sleep(0)
    asker = Socket(told)
    turn.hurry(asker)
    while len(told) <= ROOM:
        eventlet.sleep(0)
    assert told[PIECE] is asker and [socket for socket in told if socket is not asker] == room


def test_a_large_room_is_told_in_a_bounded_number_of_turns(told: list[Socket], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast_path, "input_waits", lambda: True)
    size = PIECE * PIECES * 10
    room = _tell(_Turn(), told, size)
    eventlet.sleep(0)
    assert len(told) == size // PIECES, "or the last ones would hear it after thousands of other messages"
    while len(told) < size:
        eventlet.sleep(0)
    assert told == room


def test_a_message_for_whoever_is_still_due_goes_out_with_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast_path, "input_waits", lambda: True)
    turn = _Turn()
    monkeypatch.setattr(fast_path, "_turn", turn)
    sent: list[tuple[int, bytes]] = []
    room = [_open_socket(number, sent) for number in range(2 * PIECE)]
    for frame in (b"one ", b"two "):
        for socket in room:
            socket.push(frame)
        if frame == b"one ":
            eventlet.sleep(0)
    while any(socket.gathered for socket in room):
        eventlet.sleep(0)
    heard = {number: b"".join(data for to, data in sent if to == number) for number in range(2 * PIECE)}
    assert set(heard.values()) == {b"one two "}
    assert len(sent) == 3 * PIECE, "the second half hears both in one send"


def _open_socket(number: int, sent: list[tuple[int, bytes]]) -> fast_path.FastSocket:
    socket: Any = object.__new__(fast_path.FastSocket)
    socket.is_open, socket.gathered, socket._held = True, [], fast_path._NOTHING

    def send(data: bytes) -> int:
        sent.append((number, data))
        return len(data)

    socket._send = send
    opened: fast_path.FastSocket = socket
    return opened
