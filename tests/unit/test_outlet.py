"""What goes out to sockets, and what is not even built because nobody would hear it."""

from types import SimpleNamespace
from typing import Any

import pytest
import socketio

from chat.realtime.outlet import Outlet, open_channel, room_channel
from chat.wire import TemplatesChanged

GONE = TemplatesChanged(room="r")


class Server(socketio.Server):  # type: ignore[misc]  # the library has no types
    """`told` is what it was to send: the event, and to whom."""

    def __init__(self) -> None:
        super().__init__(async_mode="threading")
        self.told: list[tuple[str, Any]] = []

    def emit(self, event: str, data: Any, to: Any, skip_sid: str | None) -> None:
        self.told.append((event, to))


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def outlet(server: Server) -> Outlet:
    runtime: Any = SimpleNamespace(require_loop=lambda: None)
    flask_socketio: Any = SimpleNamespace(server=server)
    return Outlet(flask_socketio, runtime)


def test_a_channel_hears_while_somebody_is_in_it(server: Server, outlet: Outlet) -> None:
    outlet.send(GONE, to=room_channel("r"))
    assert server.told == []
    sid = server.manager.connect("a socket", "/")
    outlet.enter(sid, room_channel("r"))
    outlet.send(GONE, to=room_channel("r"))
    outlet.send(GONE, to=[open_channel("r"), room_channel("r")])
    outlet.send(GONE, to=sid)
    outlet.send(GONE, to=open_channel("r"))
    assert [to for _, to in server.told] == [room_channel("r"), [open_channel("r"), room_channel("r")], sid]
    outlet.leave(sid, room_channel("r"))
    outlet.send(GONE, to=room_channel("r"))
    assert len(server.told) == 3


def test_everybody_hears_what_has_no_channel(server: Server, outlet: Outlet) -> None:
    outlet.send(GONE, to=None)
    assert server.told == [(GONE.type, None)]
