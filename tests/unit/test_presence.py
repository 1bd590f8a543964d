"""Online, away, offline: counted over sockets, told once for each change, without a flap when somebody reconnects."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from chat import wire
from chat.background import Background
from chat.errors import NotStored
from chat.realtime.connections import Connection, Connections
from chat.realtime.outlet import room_channel
from chat.realtime.presence import TELL_AFTER_SECONDS, Presence
from chat.services.sign_ins import Principal
from chat.wire import Out

GRACE = 7.0
ADA = wire.User(id="ada", username="ada", display_name="Ada")


class House:
    """People with tabs, in two rooms. What waits for the grace waits until the test lets it pass."""

    def __init__(self) -> None:
        self._told: list[str] = []
        self.away = 0  # times that the database does not answer
        self.connections = Connections()
        self._waiting: list[Callable[[], None]] = []
        self._to_tell: list[Callable[[], None]] = []
        background = Background(self._spawn, self._sleep)
        self.presence = Presence(self.connections, self, self, background, GRACE)  # type: ignore[arg-type]  # a fake

    def _spawn(self, work: Callable[[], None]) -> None:
        (self._to_tell if work == self.presence._tell_later else self._waiting).append(work)

    def _sleep(self, seconds: float) -> None:
        assert seconds in (GRACE, TELL_AFTER_SECONDS)

    @property
    def told(self) -> list[str]:
        """What the rooms have heard, once the time in which changes are gathered is over."""
        while self._to_tell:
            self._to_tell.pop(0)()
        return self._told

    @contextmanager
    def read(self) -> Iterator["House"]:
        if self.away:
            self.away -= 1
            raise NotStored("The database does not answer.")
        yield self

    def run(self, _rooms_of: Any, _parameters: Any) -> list[Any]:
        return [SimpleNamespace(room_id="r"), SimpleNamespace(room_id="s")]

    def send(self, payload: Out, to: list[str]) -> None:
        assert isinstance(payload, wire.PresenceEvent) and payload.user == ADA
        assert to == [room_channel("r"), room_channel("s")]
        self._told.append(payload.status)

    def connect(self, sid: str = "tab") -> Connection:
        connection = Connection(sid, Principal(ADA, "token", "session"))
        self.connections.add(connection)
        self.presence.came(ADA)
        return connection

    def close(self, sid: str = "tab") -> None:
        self.connections.remove(sid)
        self.presence.went(ADA)

    def let_one_grace_pass(self) -> None:
        """Of those that are waiting, the one that began first."""
        self._waiting.pop(0)()

    def shown(self) -> str:
        """As a list of members would show it."""
        return self.presence.of(ADA.id)


@pytest.fixture
def house() -> House:
    return House()


def test_tabs_are_one_person(house: House) -> None:
    house.connect("tab")
    house.connect("phone")
    assert house.told == ["online"] and house.shown() == "online"
    house.close("tab")
    house.let_one_grace_pass()
    assert house.told == ["online"]
    house.close("phone")
    assert house.shown() == "online", "not before the grace is over"
    house.let_one_grace_pass()
    assert house.told == ["online", "offline"] and house.shown() == "offline"


def test_away_is_who_is_away_everywhere(house: House) -> None:
    tab, phone = house.connect("tab"), house.connect("phone")
    house.presence.set_away(tab, True)
    assert house.told == ["online"]
    house.presence.set_away(phone, True)
    house.presence.set_away(phone, True)
    assert house.told == ["online", "away"] and house.shown() == "away"
    house.presence.set_away(tab, False)
    assert house.told == ["online", "away", "online"]


def test_a_reconnect_within_the_grace_is_not_seen(house: House) -> None:
    house.connect()
    house.close()
    house.connect()
    house.let_one_grace_pass()
    assert house.told == ["online"]


def test_each_closing_has_its_own_grace(house: House) -> None:
    house.connect()
    house.close()
    house.connect()
    house.close()
    house.let_one_grace_pass()
    assert house.told == ["online"], "the second closing was a moment ago"
    house.let_one_grace_pass()
    assert house.told == ["online", "offline"]


def test_a_tab_that_is_loaded_again_beside_one_that_is_away_is_not_seen(house: House) -> None:
    house.connect("tab")
    house.presence.set_away(house.connect("phone"), True)
    house.close("tab")
    assert house.shown() == "online"
    house.connect("tab")
    house.let_one_grace_pass()
    assert house.told == ["online"]
    house.close("tab")
    house.let_one_grace_pass()
    assert house.told == ["online", "away"]


def test_a_new_socket_is_online(house: House) -> None:
    tab = house.connect()
    assert house.told == ["online"]
    house.presence.set_away(tab, True)
    assert house.told == ["online", "away"]
    house.close()
    assert house.shown() == "away"
    house.connect()
    house.let_one_grace_pass()
    assert house.told == ["online", "away", "online"]


def test_what_changes_back_before_it_is_told_is_not_told(house: House) -> None:
    tab = house.connect()
    assert house.told == ["online"]
    house.presence.set_away(tab, True)
    assert house.shown() == "away"
    house.presence.set_away(tab, False)
    assert house.told == ["online"]


def test_what_changes_while_the_database_is_away_is_told_when_it_is_back() -> None:
    house = House()
    house.away = 2
    house.connect()
    assert house.told == ["online"] and house.presence.of("ada") == "online"
