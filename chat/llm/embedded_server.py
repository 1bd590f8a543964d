"""The child process of the built-in model: llama.cpp's server on a loopback port, for as long as stdin stays open.

Reads one line of JSON settings on stdin (the API key is among them), writes one line of JSON with its address (or what
went wrong) on stdout. Run by chat/llm/embedded_child.py; must not import anything of the server around it.
"""

import json
import os
import resource
import signal
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

_READ_BYTES = 4096
_BATCH_TOKENS = 128
_ONLY_ERRORS = 1
_QUIET_SECONDS = 0.05  # llama.cpp writes its log in a thread of its own


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """`context_tokens` is shared by the `slots`; `threads` compute; `niceness` lets the chat server go first."""

    api_key: str
    model_path: str
    alias: str
    context_tokens: int = 8192
    slots: int = 2
    threads: int = 1
    niceness: int = 10

    def line(self) -> bytes:
        """The line that the child reads."""
        return json.dumps(asdict(self)).encode() + b"\n"


def main() -> None:
    """Serves until stdin ends or SIGTERM comes, whose default action ends the process at once and without a word."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A dump would have what people have asked in it.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # The parent's end may have been made non-blocking by its own event loop.
    os.set_blocking(0, True)
    said = _own_stdout()
    try:
        settings = ServerSettings(**json.loads(sys.stdin.buffer.readline()))
        os.nice(settings.niceness)
        server = _serve(settings)
        _say(said, {"url": server.listening_address})
    except (ImportError, MemoryError, OSError, RuntimeError, TypeError, ValueError) as error:
        time.sleep(_QUIET_SECONDS)
        _say(said, {"error": f"{type(error).__name__}: {error}"})
        os._exit(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    while os.read(0, _READ_BYTES):
        pass
    # llama.cpp's own shutdown waits for the answers in progress; nobody is left to read them.
    os._exit(0)


def _own_stdout() -> int:
    """Keeps stdout for our one line; what llama.cpp prints goes where stderr goes."""
    said = os.dup(1)
    os.dup2(2, 1)
    return said


def _say(descriptor: int, message: dict[str, Any]) -> None:
    os.write(descriptor, json.dumps(message).encode() + b"\n")


def _serve(settings: ServerSettings) -> Any:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = settings.model_path
    params.model_alias = {settings.alias}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [settings.api_key]
    params.n_ctx = settings.context_tokens
    params.n_parallel = settings.slots
    params.cpuparams.n_threads = settings.threads
    params.cpuparams_batch.n_threads = settings.threads
    # What SmolLM2's model card recommends; a question's own options go first.
    params.sampling.temp = 0.2
    params.sampling.top_p = 0.9
    # Progress is told, and a cancelled prompt dropped, between two batches.
    params.n_batch = params.n_ubatch = _BATCH_TOKENS
    params.endpoint_slots = True
    params.cache_ram_mib = 0  # by default old prompts are kept in up to 8 GiB of memory
    params.ui = False
    params.verbosity = _ONLY_ERRORS
    return xllamacpp.Server(params)


if __name__ == "__main__":
    main()
