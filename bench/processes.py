"""Processes that are measured: on which core they run, how much processor time and memory they take."""

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SERVER_CORE, GENERATOR_CORE = 0, 1
# Of two web processes, and of what they share: a core for each where there are so many.
WEB_CORES, SHARED_CORE = ((SERVER_CORE, 2), 3) if (os.cpu_count() or 1) > 3 else ((SERVER_CORE,) * 2, GENERATOR_CORE)
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


CAN_PIN = hasattr(os, "sched_setaffinity") and {SERVER_CORE, GENERATOR_CORE} <= os.sched_getaffinity(0)


def pin_generator() -> None:
    """Puts this process on its core, where the system can pin at all."""
    if CAN_PIN:
        os.sched_setaffinity(0, {GENERATOR_CORE})


@contextmanager
def on_core(*cores: int) -> Iterator[None]:
    """Everything that is started inside stays on that core, or on these, where the system can pin."""
    if not CAN_PIN:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def move(pid: int, core: int) -> None:
    """Puts a running process on that core with all its threads, and so those that they start, where the system can."""
    for thread in Path(f"/proc/{pid}/task").iterdir() if CAN_PIN else ():
        os.sched_setaffinity(int(thread.name), {core})


def raise_file_limit() -> None:
    """As many open files as the system lets us have, also for the servers that are started from here."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def cpu_seconds(pid: int) -> float:
    """Processor time of a process and all its threads so far.

    By its own clock, whose number is that of clock_getcpuclockid(3) on Linux: /proc knows only hundredths of a second.
    """
    return time.clock_gettime((~pid << 3) | 2)


def family(pid: int) -> list[int]:
    """A process and its children."""
    stats = [(int(path.parent.name), path) for path in Path("/proc").glob("[0-9]*/stat")]
    return [pid, *(child for child, path in stats if _parent(path) == pid)]


def _parent(stat: Path) -> int | None:
    """None if the process has ended meanwhile."""
    try:
        return int(stat.read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None


@dataclass(frozen=True)
class Held:
    """What a process holds: resident memory in MB, threads, open files (each client is one)."""

    resident_mb: float
    threads: int
    files: int

    @staticmethod
    def by(pid: int) -> "Held":
        folder = Path(f"/proc/{pid}")
        pages = int((folder / "statm").read_text().split()[1])
        return Held(
            resident_mb=pages * _PAGE_BYTES / 1e6,
            threads=len(list((folder / "task").iterdir())),
            files=len(list((folder / "fd").iterdir())),
        )
