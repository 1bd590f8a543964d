"""What can befall the built-in model's process, and what must become of it."""

from dataclasses import dataclass
from signal import SIGKILL, SIGSEGV, SIGSTOP, SIGTERM
from typing import Literal

from tests.integration.engine import mishaps as play
from tests.integration.engine.fault_table import MEMORY, REFUSED, TIMEOUT, TOO_LONG, UNREACHABLE

CANCELLED = "cancelled"
WITHOUT_PYTHON, WITH_ANOTHER_PROGRAM = "/nowhere/python", "/bin/true"


@dataclass(frozen=True)
class Mishap:
    """`befall` plays it and gives the questions that must end with `code`, or with their whole answer (None).

    `keeps`: there was text, and it stays. `stays`: the same process answers the next question. `by` is the llama.cpp
    that runs: a pretended one, the same with nothing else in the world beside it, or the real one.
    """

    name: str
    code: str | None
    befall: play.Befall
    keeps: bool = False
    stays: bool = False
    retries: int = 0
    idle_seconds: float = 600.0
    by: Literal["pretended", "alone", "real"] = "pretended"


STARTING = (
    Mishap("exits", UNREACHABLE, play.spoiled("exits")),
    Mishap("aborts", UNREACHABLE, play.spoiled("aborts")),
    Mishap("aborts without memory", MEMORY, play.spoiled("aborts without memory")),
    Mishap("aborts before it says so", MEMORY, play.spoiled("aborts before it says so")),
    Mishap("aborts without a thread", MEMORY, play.spoiled("aborts without a thread")),
    Mishap("aborts for another reason", UNREACHABLE, play.spoiled("aborts for another reason")),
    Mishap("lacks memory", MEMORY, play.spoiled("lacks memory")),
    Mishap("lacks a library", REFUSED, play.spoiled("lacks a library")),
    Mishap("lacks a port", REFUSED, play.spoiled("lacks a port")),
    Mishap("says something else", REFUSED, play.spoiled("babbles")),
    Mishap("is never ready", TIMEOUT, play.spoiled("waits")),
    Mishap("listens no more", UNREACHABLE, play.spoiled("deaf")),
    Mishap("killed while starting", MEMORY, play.starting(SIGKILL)),
    Mishap("ended while starting", UNREACHABLE, play.starting(SIGTERM)),
    Mishap("stopped while starting", TIMEOUT, play.starting(SIGSTOP)),
    Mishap("cancelled while starting", CANCELLED, play.cancelled("Hello.", "loading"), stays=True),
    Mishap("a load is killed", MEMORY, play.load_killed),
    Mishap("a load is cancelled", CANCELLED, play.load_cancelled, stays=True),
    Mishap("weights have gone", UNREACHABLE, play.no_weights),
)
RUNNING = (
    Mishap("killed while reading", UNREACHABLE, play.reading(SIGKILL)),
    Mishap("stopped while reading", TIMEOUT, play.reading(SIGSTOP)),
    Mishap("cancelled while reading", CANCELLED, play.cancelled(play.READING, "prompt"), stays=True),
    Mishap("killed while writing", REFUSED, play.writing(SIGKILL), keeps=True),
    Mishap("ended while writing", REFUSED, play.writing(SIGTERM), keeps=True),
    Mishap("crashes while writing", REFUSED, play.writing(SIGSEGV), keeps=True),
    Mishap("stopped while writing", TIMEOUT, play.writing(SIGSTOP), keeps=True),
    Mishap("killed while writing two", REFUSED, play.writing(SIGKILL, 2), keeps=True),
    Mishap("stopped while writing two", TIMEOUT, play.writing(SIGSTOP, 2), keeps=True),
    Mishap("stopped for a moment", None, play.paused, stays=True),
    Mishap("cancelled while writing", CANCELLED, play.cancelled_while_writing, keeps=True, stays=True),
    Mishap("one of two cancelled", None, play.one_of_two_cancelled, stays=True),
    Mishap("unloaded while writing", None, play.unloaded_while_writing, stays=True),
)
IDLE = (
    Mishap("killed between questions", None, play.between(SIGKILL, is_seen=True), stays=True),
    Mishap("killed when asked", None, play.between(SIGKILL), retries=2, stays=True),
    Mishap("stopped between questions", TIMEOUT, play.between(SIGSTOP)),
    Mishap("stopped and unloaded", None, play.stopped_and_unloaded, stays=True),
    Mishap("killed while unloading", None, play.killed_while_unloading, stays=True),
    Mishap("idle and asked", None, play.idle_and_asked, idle_seconds=play.IDLE_SECONDS),
)
SURROUNDINGS = (
    Mishap("no more files", UNREACHABLE, play.asked_while(play.no_more_files), by="alone"),
    Mishap("Python has gone", UNREACHABLE, play.asked_while(play.python_is(WITHOUT_PYTHON)), by="alone"),
    Mishap("Python is no Python", UNREACHABLE, play.asked_while(play.python_is(WITH_ANOTHER_PROGRAM)), by="alone"),
    Mishap("package is missing", UNREACHABLE, play.asked_while(play.no_package), by="alone"),
)
REAL = (
    Mishap("weights are garbage", REFUSED, play.spoiled(lambda: b"GGUF but not really"), by="real"),
    Mishap("weights are empty", REFUSED, play.spoiled(lambda: b""), by="real"),
    Mishap("weights are cut off", REFUSED, play.spoiled(play.half_the_weights), by="real"),
    Mishap("weights cannot be read", REFUSED, play.bad_disk, by="real"),
    Mishap("no more memory", MEMORY, play.no_more_memory, by="real"),
    Mishap("killed while loading", MEMORY, play.killed_while_loading, by="real"),
    Mishap("killed halfway through the prompt", UNREACHABLE, play.halfway_through_the_prompt(SIGKILL), by="real"),
    Mishap("killed while telling", REFUSED, play.telling(SIGKILL), keeps=True, by="real"),
    Mishap("stopped while telling", TIMEOUT, play.telling(SIGSTOP), keeps=True, by="real"),
    Mishap("too long", TOO_LONG, play.too_much, stays=True, by="real"),
)
MISHAPS = (*STARTING, *RUNNING, *IDLE, *SURROUNDINGS, *REAL)
