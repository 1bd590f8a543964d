"""Clients that are gone without a word, and clients that never read: they are let go, and nobody waits for them."""

import re
import statistics
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.bad_network import BadNetwork, End
from tests.crowd import Crowd
from tests.people import Person, new_key
from tests.raw_socket import RawSocket, cookies_of
from tests.running_server import LIMITS, RunningServer
from tests.tabs import Tab

pytestmark = pytest.mark.alone

PING_SECONDS, PONG_SECONDS = 1, 2  # instead of 25 and 20
SWEEP_SECONDS = 1.0
DEAF, LONG = 10, "x" * 15_000


@pytest.fixture(params=["on", "off"], ids=["fast path", "library's path"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> RunningServer:
    """Not yet started."""
    return RunningServer(tmp_path, REALTIME_FAST_PATH=request.param, **LIMITS)


def test_half_open_connections_are_found_in_time(server: RunningServer) -> None:
    """However the network falls silent, the server notices; when it is back, so does the client."""
    ends: tuple[End, ...] = ("freeze", "freeze up", "freeze down")
    server.program = ("-m", "tests.fakes.quick_pings", str(PING_SECONDS), str(PONG_SECONDS))
    with server, Crowd(server, 2) as crowd, ExitStack() as stack:
        networks = [stack.enter_context(BadNetwork(server.port)) for _ in ends]
        tabs = [Tab(crowd.host, crowd.room, network.url) for network in networks]
        for tab, network, end in zip(tabs, networks, ends, strict=True):
            assert tab.catch_up()
            network.end_all(end)
        began, found = time.monotonic(), 0
        while found < len(ends) and time.monotonic() - began < 20:
            time.sleep(0.1)
            found = len(re.findall("socket .* closed", server.log()))
        took = time.monotonic() - began
        print(f"found after {took:.1f} s")
        assert found == len(ends) and took < PING_SECONDS + PONG_SECONDS + 2 * SWEEP_SECONDS
        for tab, network in zip(tabs, networks, strict=True):
            network.thaw_all()
            tab.hear_for(1)
            assert not tab.is_online
            tab.bring_up_to_date()
            tab.close()
        assert sum(tab.connects for tab in crowd.tabs) == len(crowd.tabs), "those who answer are not disturbed"
        crowd.check()


def test_who_never_reads_is_let_go_and_slows_nobody_down(server: RunningServer) -> None:
    with server:
        ada, bob, deaf = (Person(server.url, name).register() for name in ("ada", "bob", "deaf"))
        ada.connect()
        bob.connect()
        room = ada.post("/api/rooms", name=f"r {new_key()}", members=["bob", "deaf"]).json()["room"]["id"]
        usual = _times_to_arrive(ada, bob, room, 50)
        before = _memory_mb(server)
        with ExitStack() as stack:
            for _ in range(DEAF):
                stack.enter_context(RawSocket(server.url, cookies_of(deaf), buffer_bytes=4096)).sign_in()
            beside = _times_to_arrive(ada, bob, room, 700)
            grown = _memory_mb(server) - before
            let_go = len(set(re.findall(r"connection (\S+) is too slow", server.log())))
        counted = ada.get("/metrics").text  # the first account is an admin's
        ada.disconnect()
        bob.disconnect()
    print(f"median {_ms(usual):.1f} ms, beside {DEAF} deaf clients {_ms(beside):.1f} ms")
    print(f"{grown:.0f} MB more, {let_go} let go")
    assert let_go == DEAF and f"roundtable_slow_clients_dropped_total {DEAF:.1f}" in counted
    assert grown < 100
    assert _ms(beside) < 3 * _ms(usual) + 20


def _times_to_arrive(sender: Person, hearer: Person, room: str, count: int) -> list[float]:
    """Seconds from sending a long message to somebody else's hearing it."""
    times = []
    for _ in range(count):
        began = time.monotonic()
        sent = sender.send(LONG, room)["message"]["id"]
        hearer.wait_for("message", lambda message, sent=sent: message["id"] == sent)
        times.append(time.monotonic() - began)
        hearer.events.clear()
    return times


def _ms(times: list[float]) -> float:
    return statistics.median(times) * 1000


def _memory_mb(server: RunningServer) -> float:
    assert server.process
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found.group(1)) / 1024
