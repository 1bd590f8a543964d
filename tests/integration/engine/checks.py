"""What is looked at after every fault: what people are told, and that nothing of it is left."""

import gc
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

# Each message ends in something that one can do, or says that nothing has to be done.
_ADVICE = re.compile(r"\b(Try|Ask|Choose|Start|Check|Run|Load|Put|See|Install|End|shorten|is kept)\b")


def code_of(error: Exception | None) -> str | None:
    """What programs are told; whatever has no code is named as it is."""
    return getattr(error, "code", repr(error)) if error else None


def told_wrongly(error: Exception, *names: str) -> Iterator[str]:
    """What is wrong with a message that should name one of those and say what to do."""
    message = str(error)
    if not any(name in message for name in names):
        yield f"names nobody: {message}"
    if not _ADVICE.search(message):
        yield f"does not say what to do: {message}"
    if " at 0x" in message or "Traceback" in message:
        yield f"is for programmers: {message}"


def soon(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def child_processes() -> set[int]:
    """Those of all our threads, also the ones that have ended and were not waited for."""
    return {
        int(pid)
        for task in Path("/proc/self/task").iterdir()
        if (listed := task / "children").exists()
        for pid in listed.read_text().split()
    }


@contextmanager
def nothing_is_left() -> Iterator[None]:
    """No thread, no file and no process of what happens inside."""
    threads, files, processes = threading.active_count(), _open_files(), child_processes()
    yield
    assert soon(lambda: threading.active_count() <= threads), threading.enumerate()
    assert soon(lambda: _open_files() <= files), f"{_open_files()} files are open, before there were {files}"
    assert soon(lambda: child_processes() <= processes), f"still there: {child_processes() - processes}"


def _open_files() -> int:
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))
