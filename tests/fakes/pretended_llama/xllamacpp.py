"""In place of llama.cpp's package in the built-in model's own process, which then does what its weights say.

The weights are a text: one of LIVES, or anything else for a server that answers. A question may ask that one for a
fault by its name; all others get the usual answer.
"""

import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.fakes.faults import READING, WORDS, WRITING, Action, hang, stream
from tests.fakes.openai import FakeOpenAI, OpenAIBehaviour
from tests.fakes.serving import Exchange
from tests.fakes.speech import SPEECH
from tests.integration.engine.fault_table import FAULTS

ACTIONS: dict[str, Action] = {
    **{fault.name: fault.do for fault in FAULTS["llama"] if fault.at == "answer"},
    READING: stream(then=hang),
    WRITING: stream(after=WORDS, then=hang),
}
WORD_SECONDS = 0.1


class CommonParams:
    """Takes whatever is set."""

    def __init__(self) -> None:
        self.model, self.cpuparams, self.cpuparams_batch, self.sampling = (SimpleNamespace() for _ in range(4))


class Server:
    """Ready when it is made; `listening_address` is where it answers."""

    def __init__(self, params: Any) -> None:
        life = Path(params.model.path).read_text()
        if life in LIVES:
            LIVES[life]()
        (alias,) = params.model_alias
        behaviour = OpenAIBehaviour(
            "llama", token_seconds=WORD_SECONDS, slots=params.n_parallel, api_key=params.api_keys[0], models=(alias,)
        )
        fake = FakeOpenAI(behaviour).start()
        fake.intercept = _befalling
        self.listening_address = fake.url if life != DEAF else f"http://127.0.0.1:{_closed_port(fake)}"


def _befalling(exchange: Exchange) -> bool:
    body = exchange.seen.body
    action = ACTIONS.get(body["messages"][-1]["content"]) if body else None
    if action:
        action(exchange, SPEECH["llama"])
    return action is not None


def _closed_port(fake: FakeOpenAI) -> int:
    fake.stop()
    return fake.port


def _exit() -> None:
    os._exit(3)


def _aborting(*told: str) -> Callable[[], None]:
    """As llama.cpp and C++ do it, which say why on stderr."""

    def life() -> None:
        os.write(2, "".join(f"{line}\n" for line in told).encode())
        os.abort()

    return life


def _wait() -> None:
    threading.Event().wait()


def _lack_memory() -> None:
    raise MemoryError


def _lack_library() -> None:
    raise ImportError("libgomp.so.1: cannot open shared object file: No such file or directory")


def _lack_port() -> None:
    raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))


def _babble() -> None:
    os.write(0, b"Welcome!\n")  # it is one socket with stdout
    threading.Event().wait()


DEAF = "deaf"  # runs, and listens no more
LIVES = {
    "exits": _exit,
    "aborts": os.abort,
    "aborts without memory": _aborting(
        "ggml.c:1571: GGML_ASSERT(ctx->mem_buffer != NULL) failed",
        "0.00.312.001 E ggml_aligned_malloc: insufficient memory (attempted to allocate  41.96 MB)",
    ),
    "aborts before it says so": _aborting("/src/ggml.c:1571: GGML_ASSERT(ctx->mem_buffer != NULL) failed"),
    "aborts without a thread": _aborting(
        "terminate called after throwing an instance of 'std::system_error'",
        "  what():  Resource temporarily unavailable",
    ),
    "aborts for another reason": _aborting("/src/ggml.c:12: GGML_ASSERT(n_dims > 0) failed"),
    "waits": _wait,
    "lacks memory": _lack_memory,
    "lacks a library": _lack_library,
    "lacks a port": _lack_port,
    "babbles": _babble,
}
