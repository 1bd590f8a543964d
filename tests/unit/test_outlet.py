"""What goes out to sockets, and what is not even built because nobody would hear it."""

from types import SimpleNamespace
from typing import Any

import pytest
import socketio

from chat.realtime.outlet import Outlet, open_channel, room_channel
from chat.wire import TemplatesChanged

GONE = TemplatesChanged(room="r")


@pytest.fixture
def server() -> socketio.Server:
    return socketio.Server(async_mode="threading")


@pytest.fixture
def outlet(server: socketio.Server) -> Outlet:
    runtime: Any = SimpleNamespace(require_loop=lambda: None)
    flask_socketio: Any = SimpleNamespace(server=server)
    return Outlet(flask_socketio, runtime)


@pytest.fixture
def heard(server: socketio.Server, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    told: list[Any] = []
    monkeypatch.setattr(server, "emit", lambda event, data, to, skip_sid: told.append((event, to)))
    return told


def test_a_channel_hears_while_somebody_is_in_it(server: socketio.Server, outlet: Outlet, heard: list[Any]) -> None:
    outlet.send(GONE, to=room_channel("r"))
    assert heard == []
    sid = server.manager.connect("a socket", "/")
    outlet.enter(sid, room_channel("r"))
    outlet.send(GONE, to=room_channel("r"))
    outlet.send(GONE, to=[open_channel("r"), room_channel("r")])
    outlet.send(GONE, to=sid)
    outlet.send(GONE, to=open_channel("r"))
    assert [to for _, to in heard] == [room_channel("r"), [open_channel("r"), room_channel("r")], sid]
    outlet.leave(sid, room_channel("r"))
    outlet.send(GONE, to=room_channel("r"))
    assert len(heard) == 3


def test_everybody_hears_what_has_no_channel(outlet: Outlet, heard: list[Any]) -> None:
    outlet.send(GONE, to=None)
    assert heard == [(GONE.type, None)]
