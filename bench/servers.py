"""Ours and its peers, each a process of its own on the servers' core; started on entering, stopped on leaving."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.processes import GENERATOR_CORE, SERVER_CORE, on_core
from bench.seeding import SECRET, seed
from tests.running_server import LIMITS, ROOT, RunningServer, free_port

START_SECONDS = 20.0
# One member alone sends and asks what everybody would, and all of it comes from one address.
NO_LIMITS = {**LIMITS, "MESSAGE_RATE_LIMIT": "1000000", "LLM_RATE_LIMIT": "1000000"}


@dataclass(frozen=True)
class Served:
    """A server that answers. `cookies` are those of its people, `key` is one's API key; the peers know nobody."""

    name: str
    url: str
    pid: int
    room: str = "room"
    cookies: Sequence[str] = field(default=(), repr=False)
    key: str = field(default="", repr=False)


@contextmanager
def ours(
    people: int,
    *,
    said: int = 0,
    unread: int = 0,
    program: Sequence[str] = ("app.py",),
    then: Callable[[Path], None] = lambda _: None,
    **settings: str,
) -> Iterator[Served]:
    """The product with its defaults but for the limits; people and messages as in `seed`, and what `then` adds."""
    with tempfile.TemporaryDirectory() as folder:
        seeded = seed(Path(folder), people, said, unread)
        then(Path(folder))
        with _process(Path(folder), SERVER_CORE, program, **settings) as (url, pid):
            yield Served("ours", url, pid, seeded.rooms[0], seeded.cookies, seeded.key)


@contextmanager
def several(cores: Sequence[int], people: int, rooms: int, **settings: str) -> Iterator[list[list[Served]]]:
    """The product as a process on each core, on one database (`DATABASE_URL`): each as it serves each room's people."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        seeded = seed(Path(folder), people, room_count=rooms, database_url=settings["DATABASE_URL"])
        groups = [(seeded.rooms[room], seeded.cookies[room * people : (room + 1) * people]) for room in range(rooms)]
        started = [stack.enter_context(_process(Path(folder), core, **settings)) for core in cores]
        yield [[Served("ours", url, pid, room, cookies) for room, cookies in groups] for url, pid in started]


@contextmanager
def _process(
    folder: Path, core: int, program: Sequence[str] = ("app.py",), **settings: str
) -> Iterator[tuple[str, int]]:
    """The product on a database that was seeded: its address and process id."""
    server = RunningServer(folder, SECRET_KEY=SECRET, **NO_LIMITS, **settings)
    server.program = tuple(program)
    with ExitStack() as stack:
        with on_core(core):
            stack.enter_context(server)
        assert server.process
        try:
            yield server.url, server.process.pid
        except Exception:
            print("The last that our server said:", *server.log().splitlines()[-5:], sep="\n  ")
            raise


@contextmanager
def node() -> Iterator[Served]:
    """The official Socket.IO server."""
    if not (ROOT / "bench" / "node" / "node_modules").is_dir():
        raise SystemExit("The official server is not installed yet: run `make bench`, or `npm ci` in bench/node.")
    with _peer("node", shutil.which("node") or "node", "bench/node/server.mjs") as served:
        yield served


@contextmanager
def bare() -> Iterator[Served]:
    """Flask-SocketIO on eventlet with nothing behind it."""
    with _peer("bare", sys.executable, "bench/bare_server.py") as served:
        yield served


@contextmanager
def blaster() -> Iterator[Served]:
    """Nothing but send(): what the generator reaches with it is the ceiling of the measurement."""
    with _peer("blaster", sys.executable, "-m", "bench.blaster") as served:
        yield served


@contextmanager
def fast_backend() -> Iterator[Served]:
    """A model server that answers at once and writes as fast as one reads; on the generator's core."""
    with _peer("direct", sys.executable, "-m", "bench.fast_backend", core=GENERATOR_CORE) as served:
        yield served


@contextmanager
def _peer(name: str, *command: str, core: int = SERVER_CORE) -> Iterator[Served]:
    port = free_port()
    with on_core(core):
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PORT": str(port)})
    try:
        _wait_for(process, port)
        yield Served(name, f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("A peer did not start; see above.")
