"""Who comes while the database goes away is refused, or sent away to come again, and never left without an answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, request
from flask_socketio import ConnectionRefusedError

from chat import wire
from chat.background import Background
from chat.errors import NotStored
from chat.realtime.connections import Connections
from chat.realtime.gateway import Gateway
from chat.services.sign_ins import Principal

ADA = Principal(wire.User(id="ada", username="ada", display_name="Ada"), "token", "session")
SID = "tab"


class Door:
    """A gateway whose database answers `looks` times and then is away."""

    def __init__(self, looks: int) -> None:
        self.looks = looks
        self.sent_away: list[str] = []
        self.connections = Connections()
        db: Any = self
        sign_ins: Any = SimpleNamespace(find_session=self._look, is_valid=self._look)
        outlet: Any = SimpleNamespace(enter=lambda sid, channel: None, disconnect=self.sent_away.append)
        nobody: Any = SimpleNamespace(came=lambda user: None)
        server = wire.ServerInfo(version="1", max_message_chars=1, llm_rate_limit=1)
        background = Background(lambda work: None, lambda seconds: None)
        fakes = (outlet, nobody, nobody, sign_ins, nobody, nobody, nobody)
        self.gateway = Gateway(db, self.connections, *fakes, server, "cookie", background)

    def _look(self, *_: object) -> Principal:
        if not self.looks:
            raise NotStored("The database does not answer.", retry_after=5)
        self.looks -= 1
        return ADA

    @contextmanager
    def read(self) -> Iterator["Door"]:
        self._look()
        yield self

    def run(self, *_: object) -> list[Any]:
        return []

    def come(self) -> None:
        with Flask("door").test_request_context(headers={"Cookie": "cookie=secret"}):
            vars(request._get_current_object())["sid"] = SID  # type: ignore[attr-defined]  # as Flask-SocketIO does
            self.gateway.on_connect()


@pytest.mark.parametrize("looks", [0, 1])
def test_who_cannot_be_let_in_is_told_to_come_again(looks: int) -> None:
    door = Door(looks)
    with pytest.raises(ConnectionRefusedError) as refusal:
        door.come()
    assert refusal.value.error_args["data"]["error"]["retry_after"] == 5
    assert len(door.connections) == 0


def test_who_was_let_in_and_cannot_be_told_of_anything_has_to_come_again() -> None:
    door = Door(looks=3)
    door.come()
    assert door.sent_away == []
    door.gateway._welcome(SID)
    assert door.sent_away == [SID]


def test_who_may_have_been_signed_out_meanwhile_has_to_come_again() -> None:
    door = Door(looks=2)
    door.come()
    assert door.sent_away == [SID]
