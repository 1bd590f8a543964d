"""One life of the built-in model's process: from its start to its end, whichever side ends it.

Parent and child are joined by a socket pair in place of pipes: sockets are green under eventlet, pipes would block it,
and the kernel closes the pair when the parent dies, however it dies.
"""

import json
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from chat.errors import ModelError, ModelOutOfMemory, ModelUnreachable
from chat.llm.base import CancelToken
from chat.llm.embedded_server import ServerSettings

_MAX_LINE_BYTES = 64 * 1024
_END_SECONDS = 0.7
_KILL_SECONDS = 0.3
_KILLED = -9


class Child:
    """A running child. `url` and `load_ms` are set when it is ready, `error` when it could not start."""

    def __init__(self, settings: ServerSettings) -> None:
        self.url: str | None = None
        self.error: ModelError | None = None
        self.load_ms = 0
        self.has_ended = False
        self._changed = threading.Condition()
        self._settings = settings
        self._began = time.monotonic()
        self._socket, theirs = socket.socketpair()
        try:
            self._process = _start(theirs)
        except OSError:
            self._socket.close()
            raise
        finally:
            theirs.close()
        self._socket.sendall(settings.line())
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def api_key(self) -> str:
        return self._settings.api_key

    @property
    def is_ready(self) -> bool:
        return self.url is not None and not self.has_ended

    def wait_ready(self, cancel: CancelToken) -> str:
        """The URL of the ready child. Raises why it could not start, or what `cancel` says."""
        forget = cancel.on_cancel(self._wake)
        try:
            with self._changed:
                self._changed.wait_for(lambda: cancel.cancelled or self.url or self.error or self.has_ended)
        finally:
            forget()
        cancel.raise_if_cancelled()
        if self.url is None:
            raise self.error or ModelUnreachable("The built-in model ended while it started.")
        return self.url

    def wait_end(self, seconds: float) -> bool:
        """Whether the process has ended, after waiting for that for at most so long."""
        with self._changed:
            return self._changed.wait_for(lambda: self.has_ended, seconds)

    def end(self) -> None:
        """Ends the process within a second and waits for it."""
        with suppress(OSError):
            self._process.terminate()
        if self.wait_end(_END_SECONDS):
            return
        with suppress(OSError):
            self._process.kill()
        self.wait_end(_KILL_SECONDS)

    def _watch(self) -> None:
        """Reads the child's one line, then waits for the end of its process, which closes the socket."""
        try:
            line = self._line()
            self._begin(json.loads(line) if line else {})
            while line and self._socket.recv(_MAX_LINE_BYTES):
                pass
        except (OSError, ValueError):
            self._process.kill()
        code = self._process.wait()
        self._socket.close()
        with self._changed:
            if self.url is None and self.error is None:
                self.error = _start_failed(code)
            self.has_ended = True
            self._changed.notify_all()

    def _line(self) -> bytes:
        line = b""
        while not line.endswith(b"\n") and len(line) < _MAX_LINE_BYTES:
            data = self._socket.recv(_MAX_LINE_BYTES)
            if not data:
                return b""
            line += data
        return line

    def _begin(self, said: dict[str, Any]) -> None:
        with self._changed:
            self.load_ms = round((time.monotonic() - self._began) * 1000)
            self.url = said.get("url")
            if "error" in said:
                self.error = ModelError(f"The built-in model could not start: {said['error']}")
            self._changed.notify_all()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()


def _start(channel: socket.socket) -> subprocess.Popen[bytes]:
    # Its own session: Ctrl-C in the terminal reaches the parent alone, which then ends the child. Its environment
    # holds none of the server's secrets, only where its modules are.
    root = str(Path(__file__).parents[2])
    return subprocess.Popen(
        [sys.executable, "-m", "chat.llm.embedded_server"],
        stdin=channel.fileno(),
        stdout=channel.fileno(),
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": ":".join([root, *filter(None, sys.path)])},
        start_new_session=True,
    )


def _start_failed(code: int) -> ModelError:
    if code == _KILLED:
        return ModelOutOfMemory("The built-in model was killed while it loaded; most likely there was no memory left.")
    return ModelUnreachable(f"The built-in model ended while it started (exit code {code}).")
