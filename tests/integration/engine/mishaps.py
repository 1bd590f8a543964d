"""How the mishaps of the built-in model's process are played; mishap_table.py says what must become of each."""

import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from unittest import mock

import pytest

from chat.errors import Conflict
from chat.llm.base import PhaseChunk
from chat.llm.cancelling import CancelToken
from chat.llm.embedded import EMBEDDED_MODEL, find_weights
from tests.fakes.asking import Asked, text_of
from tests.fakes.built_in import BuiltIn
from tests.fakes.faults import READING, SAID, WRITING

IDLE_SECONDS = 0.05
LONG_STORY = "Tell a very long story."

Befall = Callable[[BuiltIn], Sequence[Asked]]


def spoiled(life: str | Callable[[], bytes]) -> Befall:
    """Weights that make a pretended process do that, or such bytes."""

    def befall(model: BuiltIn) -> Sequence[Asked]:
        model.spoil(life if isinstance(life, str) else life())
        return [model.ask()]

    return befall


def starting(number: int) -> Befall:
    """A signal while it starts, which it would do for ever."""

    def befall(model: BuiltIn) -> Sequence[Asked]:
        model.spoil("waits")
        ask = model.ask()
        ask.wait_for_phase("loading")
        model.send(number)
        return [ask]

    return befall


def reading(number: int) -> Befall:
    def befall(model: BuiltIn) -> Sequence[Asked]:
        ask = model.ask(READING)
        ask.wait_for_phase("prompt")
        model.send(number)
        return [ask]

    return befall


def writing(number: int, questions: int = 1) -> Befall:
    def befall(model: BuiltIn) -> Sequence[Asked]:
        asks = [has_said(model) for _ in range(questions)]
        model.send(number)
        return asks

    return befall


def has_said(model: BuiltIn) -> Asked:
    ask = model.ask(WRITING)
    ask.wait_for(lambda chunks: text_of(chunks) == SAID)
    return ask


def between(number: int, *, is_seen: bool = False) -> Befall:
    """A signal for the idle process; the next question comes at once, or when its end has been seen."""

    def befall(model: BuiltIn) -> Sequence[Asked]:
        answered(model)
        model.send(number)
        until = time.monotonic() + 10
        while is_seen and model.backend.pid:
            assert time.monotonic() < until, "nobody saw its end"
            time.sleep(0.01)
        return [model.ask()]

    return befall


def answered(model: BuiltIn) -> None:
    error = model.ask().wait_end(30)
    assert error is None, error


def paused(model: BuiltIn) -> Sequence[Asked]:
    ask = model.ask()
    ask.wait_for_text()
    model.send(signal.SIGSTOP)
    time.sleep(0.3)
    model.send(signal.SIGCONT)
    return [ask]


def cancelled(text: str, phase: str) -> Befall:
    def befall(model: BuiltIn) -> Sequence[Asked]:
        ask = model.ask(text)
        ask.wait_for_phase(phase)
        ask.cancel.cancel()
        return [ask]

    return befall


def cancelled_while_writing(model: BuiltIn) -> Sequence[Asked]:
    ask = has_said(model)
    ask.cancel.cancel()
    return [ask]


def one_of_two_cancelled(model: BuiltIn) -> Sequence[Asked]:
    leaving, staying = has_said(model), model.ask()
    staying.wait_for_text()
    leaving.cancel.cancel()
    return [staying]


def unloaded_while_writing(model: BuiltIn) -> Sequence[Asked]:
    ask = model.ask()
    ask.wait_for_text()
    with pytest.raises(Conflict, match="is answering"):
        model.backend.unload(EMBEDDED_MODEL, CancelToken())
    return [ask]


def stopped_and_unloaded(model: BuiltIn) -> Sequence[Asked]:
    """A stopped process hears no SIGTERM."""
    answered(model)
    model.send(signal.SIGSTOP)
    model.backend.unload(EMBEDDED_MODEL, CancelToken())
    return [model.ask()]


def killed_while_unloading(model: BuiltIn) -> Sequence[Asked]:
    answered(model)
    pid = model.backend.pid
    assert pid
    os.kill(pid, signal.SIGSTOP)
    unloading = threading.Thread(target=model.backend.unload, args=(EMBEDDED_MODEL, CancelToken()))
    unloading.start()
    os.kill(pid, signal.SIGKILL)
    unloading.join(10)
    return [model.ask()]


def idle_and_asked(model: BuiltIn) -> Sequence[Asked]:
    """Each question comes when the idle process is being ended."""
    asks = []
    for _ in range(5):
        asks.append(model.ask())
        asks[-1].wait_end(30)
        time.sleep(IDLE_SECONDS)
    return asks


def load_killed(model: BuiltIn) -> Sequence[Asked]:
    """One that an admin wants."""
    model.spoil("waits")
    load = loading(model)
    model.send(signal.SIGKILL)
    return [load]


def load_cancelled(model: BuiltIn) -> Sequence[Asked]:
    load = loading(model)
    load.cancel.cancel()
    return [load]


def loading(model: BuiltIn) -> Asked:
    load = Asked(lambda cancel: model.backend.load(EMBEDDED_MODEL, cancel))
    load.wait_for_phase("loading")
    return load


def asked_while(surroundings: Callable[[], AbstractContextManager[object]]) -> Befall:
    """Asks while the server itself is in trouble."""

    def befall(model: BuiltIn) -> Sequence[Asked]:
        with surroundings():
            ask = model.ask()
            ask.wait_end(30)
        return [ask]

    return befall


@contextmanager
def no_more_files() -> Iterator[None]:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    with Path(os.devnull).open() as lowest:
        free = lowest.fileno()
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def python_is(path: str) -> Callable[[], AbstractContextManager[object]]:
    return lambda: mock.patch.object(sys, "executable", path)


def no_package() -> AbstractContextManager[object]:
    return mock.patch.dict(sys.modules, {"xllamacpp": None})


def no_weights(model: BuiltIn) -> Sequence[Asked]:
    model.weights.unlink()
    return [model.ask()]


def bad_disk(model: BuiltIn) -> Sequence[Asked]:
    """A file whose reading is an error."""
    model.weights.unlink()
    model.weights.symlink_to("/proc/self/mem")
    return [model.ask()]


def half_the_weights() -> bytes:
    real = find_weights()
    assert real
    return real.read_bytes()[: real.stat().st_size // 2]


def loaded_halfway(model: BuiltIn) -> Asked:
    """The real one: its weights are in its address space, but it is not ready yet."""
    ask = model.ask(max_tokens=3)
    ask.wait_for_phase("loading")
    pid, until = model.backend.pid, time.monotonic() + 20
    while model.weights.resolve().name not in Path(f"/proc/{pid}/maps").read_text():
        assert time.monotonic() < until, "it does not load"
        time.sleep(0.002)
    return ask


def killed_while_loading(model: BuiltIn) -> Sequence[Asked]:
    ask = loaded_halfway(model)
    model.send(signal.SIGKILL)
    return [ask]


def no_more_memory(model: BuiltIn) -> Sequence[Asked]:
    ask = loaded_halfway(model)
    pid = model.backend.pid
    assert pid
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[0])
    most = pages * resource.getpagesize()
    resource.prlimit(pid, resource.RLIMIT_AS, (most, most))
    return [ask]


def halfway_through_the_prompt(number: int) -> Befall:
    def befall(model: BuiltIn) -> Sequence[Asked]:
        ask = model.ask("word " * 800, max_tokens=3)
        ask.wait_for(lambda chunks: any(isinstance(c, PhaseChunk) and 0 < (c.progress or 0) < 1 for c in chunks), 30)
        model.send(number)
        return [ask]

    return befall


def telling(number: int) -> Befall:
    def befall(model: BuiltIn) -> Sequence[Asked]:
        ask = model.ask(LONG_STORY)
        ask.wait_for(lambda chunks: text_of(chunks) != "", 30)
        model.send(number)
        return [ask]

    return befall


def too_much(model: BuiltIn) -> Sequence[Asked]:
    answered(model)
    return [model.ask("word " * 5000)]
