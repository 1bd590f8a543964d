"""The parts of a check or of a test run: all are run, and the end says which failed.

Tests run several at a time beside real servers, on machines that do other things as well. A few that fail there are
run once more, one by one with nothing beside them: docs/decisions/0034-second-tries.md.
"""

import json
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from scripts.steps import PYTHON, ROOT, SetupFailed, say

Command = Sequence[str | Path]
PYTEST = (PYTHON, "-m", "pytest")
TESTS_FAILED = 1  # pytest's exit status; others say that it could not run
MOST_AGAIN = 3  # of one part: more have a common cause


class Part(NamedTuple):
    """A command with its name, and the folder to run it in."""

    name: str
    command: Command
    folder: Path = ROOT


class PytestPart(Part):
    """One of pytest's. `command` begins with `PYTEST`, or with `env` and settings before it."""


def run_all(*parts: Part, env: dict[str, str]) -> None:
    """Runs every part, also after one that failed, and raises `SetupFailed` naming those that did."""
    started = time.monotonic()
    failed, again = [], []
    for part in parts:
        say(f"\n== {part.name}")
        if isinstance(part, PytestPart):
            is_well, needed = _run_tests(part, env)
            again += needed
        else:
            is_well = _run(part, part.command, env) == 0
        if not is_well:
            failed.append(part.name)
    _say_again(again)
    took = f"{time.monotonic() - started:.0f} s"
    if failed:
        raise SetupFailed(f"Failed after {took}: {', '.join(failed)}.")
    say(f"\nAll is well after {took}: {', '.join(part.name for part in parts)}.")


def _run(part: Part, command: Command, env: dict[str, str]) -> int:
    return subprocess.run(command, cwd=part.folder, env=env, check=False).returncode


def _run_tests(part: PytestPart, env: dict[str, str]) -> tuple[bool, list[str]]:
    """Whether all is well, and which tests had to be run again for that."""
    cache = part.folder / ".pytest_cache" / part.name.replace(" ", "-")
    shutil.rmtree(cache, ignore_errors=True)  # what failed in earlier runs is not asked for
    command = [*part.command, "-o", f"cache_dir={cache}"]
    status = _run(part, command, env)
    if status != TESTS_FAILED:
        return status == 0, []
    failed = _failed_tests(cache)
    if not 0 < len(failed) <= MOST_AGAIN:
        return False, []
    say(f"\n== {part.name}, once more what failed, with nothing beside it")
    alone = ["-n", "0", "--last-failed", "--last-failed-no-failures", "none"]
    return _run(part, [*command, *alone], env) == 0, failed


def _failed_tests(cache: Path) -> list[str]:
    try:
        return list(json.loads((cache / "v" / "cache" / "lastfailed").read_text()))
    except FileNotFoundError:
        return []


def _say_again(tests: list[str]) -> None:
    if tests:
        say("\nThese failed among others and were run again alone. Each is a fault, of the test or of the product:")
        for test in tests:
            say(f"  {test}")
