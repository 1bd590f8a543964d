"""Run by test_eventlet.py in its own process, patched as the server is: asks a backend while a ticker watches the hub.

Prints one line of JSON: what was asked for, and the longest time (seconds) that no other green thread could run.
"""

import eventlet

eventlet.monkey_patch()

import json  # noqa: E402  nothing is imported before the patching
import os  # noqa: E402  the same
import signal  # noqa: E402  the same
import sys  # noqa: E402  the same
import threading  # noqa: E402  the same
import time  # noqa: E402  the same
from collections.abc import Callable  # noqa: E402  the same
from typing import Any  # noqa: E402  the same

from chat.errors import ModelTimeout  # noqa: E402  the same
from chat.llm.base import Backend  # noqa: E402  the same
from chat.llm.embedded import EMBEDDED_MODEL, Embedded  # noqa: E402  the same
from chat.llm.flights import Flights  # noqa: E402  the same
from chat.llm.ollama import Ollama  # noqa: E402  the same
from chat.llm.registry import Registry  # noqa: E402  the same
from tests.fakes.asking import Asked, asked, phases_of, question, text_of  # noqa: E402  the same

TICK_SECONDS = 0.005


def tick(gaps: list[float]) -> None:
    last = time.monotonic()
    while True:
        eventlet.sleep(TICK_SECONDS)
        now = time.monotonic()
        gaps.append(now - last - TICK_SECONDS)
        last = now


def slow_backend(url: str) -> dict[str, Any]:
    ask = asked(Ollama("ollama", url), question())
    return {"error": repr(ask.wait_end()), "text": text_of(ask.chunks), "phases": phases_of(ask.chunks)}


def cancel_while_blocked(url: str) -> dict[str, Any]:
    ask = asked(Ollama("ollama", url), question())
    ask.wait_for_text()
    # The backend now stalls: the other green thread is inside recv.
    eventlet.sleep(0.1)
    began = time.monotonic()
    ask.cancel.cancel()
    return {"error": repr(ask.wait_end()), "seconds": time.monotonic() - began}


def silent_list(url: str) -> dict[str, Any]:
    registry = Registry([Ollama("ollama", url)])
    registry.refresh()
    return {"loaded": [entry.facts.loaded for entry in registry.models()]}


def shared_flight(url: str) -> dict[str, Any]:
    flights = Flights(eventlet.spawn)
    backend: Backend = Ollama("ollama", url)
    asks = [Asked(lambda cancel: flights.follow("k", lambda t: backend.chat(question(), t), cancel)) for _ in range(5)]
    return {"errors": [repr(ask.wait_end()) for ask in asks], "texts": [text_of(ask.chunks) for ask in asks]}


def built_in_model(url: str) -> dict[str, Any]:
    backend = Embedded(idle_seconds=0.3)
    asks = [asked(backend, question("Say hello.", EMBEDDED_MODEL, max_tokens=20)) for _ in range(2)]
    errors = [repr(ask.wait_end(60)) for ask in asks]
    eventlet.sleep(0.8)
    is_idle = backend.pid is None
    again = asked(backend, question("Say hello.", EMBEDDED_MODEL, max_tokens=5))
    errors.append(repr(again.wait_end(60)))
    backend.close()
    return {
        "errors": errors,
        "phases": [phases_of(ask.chunks) for ask in asks],
        "was_idle": is_idle,
        "ended": backend.pid is None,
    }


def stuck_built_in_model(url: str) -> dict[str, Any]:
    backend = Embedded()
    ask = asked(backend, question("Tell a very long story.", EMBEDDED_MODEL))
    ask.wait_for_text()
    stuck = backend.pid
    assert stuck
    os.kill(stuck, signal.SIGSTOP)
    ask.cancel.cancel(ModelTimeout("It said nothing for too long."))  # as the watchdog does
    error = repr(ask.wait_end(60))
    again = asked(backend, question("Say hello.", EMBEDDED_MODEL, max_tokens=5))
    errors = [error, repr(again.wait_end(60))]
    is_another = backend.pid not in (stuck, None)
    backend.close()
    return {"errors": errors, "is_another": is_another}


SCENARIOS: dict[str, Callable[[str], dict[str, Any]]] = {
    run.__name__: run
    for run in (
        slow_backend,
        cancel_while_blocked,
        silent_list,
        shared_flight,
        built_in_model,
        stuck_built_in_model,
    )
}

if __name__ == "__main__":
    gaps: list[float] = [0.0]
    eventlet.spawn(tick, gaps)
    eventlet.sleep(0.05)
    result = SCENARIOS[sys.argv[1]](sys.argv[2])
    assert eventlet.patcher.is_monkey_patched("thread") and threading.current_thread()
    print(json.dumps({**result, "ticks": len(gaps), "longest_block": max(gaps)}))
