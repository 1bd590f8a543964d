"""What simple-websocket leaves undone, which gevent and threads use."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from chat.realtime.sockets import mend

LONG = b"x" * 1_000_000


class FakeWebSocket:
    """simple-websocket's, which has its own copy of the server's socket."""

    def __init__(self, connection: socket.socket) -> None:
        self.sock = connection.dup()
        self.sock.settimeout(10)  # with a time limit `send` takes what fits at once, as on an event loop
        self.max_message_size: int | None = None


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """The server's end, with a small buffer, and the client's."""
    server, client = socket.socketpair()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    client.settimeout(10)
    with server, client:
        yield server, client


def test_a_long_frame_goes_out_whole_to_a_slow_reader(ends: tuple[socket.socket, socket.socket]) -> None:
    server, client = ends
    websocket = FakeWebSocket(server)
    mend(websocket, 65_536)
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(websocket.sock.send, LONG)
        heard = b""
        while len(heard) < len(LONG):
            heard += client.recv(65_536)
        sending.result()
    assert heard == LONG
    websocket.sock.close()


def test_its_end_is_the_connections_though_the_server_has_another_copy(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    server, client = ends
    websocket = FakeWebSocket(server)
    mend(websocket, 65_536)
    websocket.sock.close()
    assert client.recv(1) == b"" and server.recv(1) == b""


def test_a_message_of_many_parts_has_a_bound(ends: tuple[socket.socket, socket.socket]) -> None:
    websocket = FakeWebSocket(ends[0])
    mend(websocket, 65_536)
    assert websocket.max_message_size == 65_536
    websocket.sock.close()
