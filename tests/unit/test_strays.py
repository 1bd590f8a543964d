"""Connections without a sign-in are closed after a while, the others never."""

from types import SimpleNamespace

from chat.realtime.strays import GRACE_SECONDS, Strays


class Socket:
    def __init__(self) -> None:
        self.is_closed = False

    def close(self, wait: bool) -> None:
        assert wait is False, "nobody may wait for a client that does not answer"
        self.is_closed = True


class Server:
    """What the sweep looks at of the Socket.IO server."""

    def __init__(self) -> None:
        self.sockets = {"signed in": Socket(), "stray": Socket(), "late": Socket()}
        self.signed_in = {"signed in"}
        self.server = SimpleNamespace(eio=self, manager=self)

    def sid_from_eio_sid(self, eio_sid: str, _namespace: str) -> str | None:
        return eio_sid if eio_sid in self.signed_in else None

    def closed(self) -> set[str]:
        return {sid for sid, socket in self.sockets.items() if socket.is_closed}


def test_a_connection_that_never_signs_in_is_closed_after_its_grace() -> None:
    server = Server()
    strays = Strays(server)  # type: ignore[arg-type]  # a fake
    strays.sweep(0)
    strays.sweep(GRACE_SECONDS - 1)
    assert server.closed() == set()
    server.signed_in.add("late")
    strays.sweep(GRACE_SECONDS + 1)
    assert server.closed() == {"stray"}


def test_who_is_cut_off_from_the_sign_in_has_the_grace_from_then_on() -> None:
    server = Server()
    server.signed_in |= {"stray", "late"}
    strays = Strays(server)  # type: ignore[arg-type]  # a fake
    strays.sweep(0)
    server.signed_in.discard("late")
    strays.sweep(100)
    strays.sweep(100 + GRACE_SECONDS / 2)
    assert server.closed() == set()
    strays.sweep(101 + GRACE_SECONDS)
    assert server.closed() == {"late"}
