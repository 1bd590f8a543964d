"""A Redis of the tests' own: on loopback, without anything on disk, ended by its process id."""

import os
import shutil
import signal
import socket
import subprocess
import time
from types import TracebackType

from tests.running_server import free_port

START_SECONDS = 10.0


class RunningRedis:
    """Starts on entering, ends on leaving. Keeps its address over `kill` and `start`; what it knew is gone then."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "RunningRedis":
        self.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.kill()

    def start(self) -> None:
        """Returns when it takes connections."""
        program = os.environ.get("ROUNDTABLE_REDIS") or shutil.which("redis-server")
        assert program, "redis-server is not on PATH: apt install redis-server, or run make test"
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise AssertionError("redis-server did not start")

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def freeze(self) -> None:
        """Connections stay open, and nothing answers: the worst way to be away."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGCONT)
