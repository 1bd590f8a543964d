"""How the fast path tells a large room: in pieces, if somebody waits."""

from typing import Any

import eventlet
import pytest

from chat.realtime import fast_path
from chat.realtime.fast_path import PIECE, _Turn

ROOM = PIECE * 3 + 1


class Socket:
    def __init__(self, told: list["Socket"]) -> None:
        self._told = told

    def flush(self) -> None:
        self._told.append(self)


@pytest.fixture
def told() -> list[Socket]:
    return []


def _tell(turn: Any, told: list[Socket]) -> list[Socket]:
    room = [Socket(told) for _ in range(ROOM)]
    turn.due().extend(room)
    return room


def test_everybody_is_told_at_once_if_nobody_waits(told: list[Socket], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast_path, "_somebody_waits", lambda: False)
    room = _tell(_Turn(), told)
    eventlet.sleep(0)
    assert told == room


def test_whoever_waits_has_a_turn_after_each_piece(told: list[Socket], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast_path, "_somebody_waits", lambda: True)
    room = _tell(_Turn(), told)
    eventlet.sleep(0)
    steps = []
    while len(told) < ROOM and len(steps) < ROOM:
        steps.append(len(told))
        eventlet.sleep(0)
    assert told == room and steps == [PIECE, 2 * PIECE, 3 * PIECE]


def test_an_ack_goes_before_the_rest_of_the_room(told: list[Socket], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast_path, "_somebody_waits", lambda: True)
    turn: Any = _Turn()
    room = _tell(turn, told)
    eventlet.sleep(0)
    asker = Socket(told)
    turn.hurry(asker)
    while len(told) <= ROOM:
        eventlet.sleep(0)
    assert told[PIECE] is asker and [socket for socket in told if socket is not asker] == room
