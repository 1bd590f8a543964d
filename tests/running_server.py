"""The real server as its own process, for tests that need real sockets, signals and crashes."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

import requests

from tests.database import settings_for

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 30.0
PORTS = range(15_000, 32_000)  # Linux begins with outgoing connections at 32,768
# The ways in which messages are stored and go out: each waits at other places, so each can go wrong in its own way.
WAYS = {
    "as usual": {"SQLITE_COMMIT": "loop", "REALTIME_FAST_PATH": "on"},
    "commit in a thread": {"SQLITE_COMMIT": "thread", "REALTIME_FAST_PATH": "on"},
    "library's path": {"SQLITE_COMMIT": "loop", "REALTIME_FAST_PATH": "off"},
}
# Out of the way.
LIMITS = {
    "LOGIN_RATE_LIMIT": "1000",
    "LLM_RATE_LIMIT": "1000",
    "MESSAGE_RATE_LIMIT": "100000",
    "REQUEST_RATE_LIMIT": "1000000",
}
MODE = ("ASYNC_MODE", "REALTIME_FAST_PATH")  # of the server; handed on from the tests' own environment


def free_port() -> int:
    """None that the system gives to outgoing connections: a server that is started again finds it free."""
    while True:
        port = secrets.choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


class RunningServer:
    """Starts on entering, stops on leaving. Keeps its port and data over `kill` and `start`.

    `program` is what Python runs: the application, or something that starts it in another way.
    """

    program: tuple[str, ...] = ("app.py",)

    def __init__(self, data_dir: Path, **settings: str) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = {"OLLAMA_BASE_URL": "off", "LLM_EMBEDDED": "off", "EMBEDDING_MODEL": "off", **settings}
        if "DATABASE_URL" not in settings:
            self.settings |= settings_for(data_dir)
        self.log_path = data_dir / "server.log"
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "RunningServer":
        self.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        if self.process and self.process.poll() is None:
            self.stop()

    @property
    def database_url(self) -> str:
        return self.settings.get("DATABASE_URL", f"sqlite:///{self.data_dir / 'roundtable.db'}")

    def start(self) -> None:
        """Returns when it answers. Its standard error goes on in the same log."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV", *MODE) if name in os.environ}
        env = {**kept, "HOST": "127.0.0.1", "PORT": str(self.port), "DATA_DIR": str(self.data_dir), **self.settings}
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.program], cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            if self.is_ready():
                return
            time.sleep(0.05)
        self.kill()
        raise AssertionError(f"the server did not start:\n{self.log()}")

    def is_ready(self) -> bool:
        try:
            return requests.get(f"{self.url}/readyz", timeout=2).ok
        except (requests.ConnectionError, requests.Timeout):
            return False

    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def kill(self) -> None:
        """As a power cut would: no handler runs."""
        assert self.process
        self.process.kill()
        self.process.wait()

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """Its exit status and the seconds that it took."""
        assert self.process
        began = time.monotonic()
        self.process.send_signal(number)
        try:
            status = self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(f"the server did not stop:\n{self.log()}") from None
        return status, time.monotonic() - began

    def children(self) -> list[int]:
        """Process ids in its group, itself left out: whatever it has started."""
        assert self.process
        found = subprocess.run(["pgrep", "-g", str(self.process.pid)], capture_output=True, text=True, check=False)
        return [int(pid) for pid in found.stdout.split() if int(pid) != self.process.pid]
