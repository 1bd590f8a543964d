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
Outcome = tuple[bool, list[str]]  # whether all is well, and which tests had to be run again for that
PYTEST = (PYTHON, "-m", "pytest")
TESTS_FAILED = 1  # pytest's exit status; others say that it could not run
MOST_AGAIN = 2  # tests of a whole run: more have a common cause


class Part(NamedTuple):
    """A command with its name, and the folder to run it in."""

    name: str
    command: Command
    folder: Path = ROOT

    def run(self, env: dict[str, str], most_again: int) -> Outcome:
        """`most_again` is how many tests may still be run again."""
        return _status(self.command, self.folder, env) == 0, []


class PytestPart(Part):
    """One of pytest's. `command` begins with `PYTEST`, or with `env` and settings before it."""

    def run(self, env: dict[str, str], most_again: int) -> Outcome:
        cache = self.folder / ".pytest_cache" / self.name.replace(" ", "-")
        shutil.rmtree(cache, ignore_errors=True)  # what failed in earlier runs is not asked for
        command = [*self.command, "-o", f"cache_dir={cache}"]
        status = _status(command, self.folder, env)
        failed = _failed_tests(cache) if status == TESTS_FAILED else []
        if not 0 < len(failed) <= most_again:
            return status == 0, []
        say(f"\n== {self.name}, once more what failed, with nothing beside it")
        alone = ["-n", "0", "--last-failed", "--last-failed-no-failures", "none"]
        return _status([*command, *alone], self.folder, env) == 0, failed


def run_all(*parts: Part, env: dict[str, str]) -> None:
    """Runs every part, also after one that failed, and raises `SetupFailed` naming those that did."""
    started = time.monotonic()
    failed: list[str] = []
    again: list[str] = []
    for part in parts:
        say(f"\n== {part.name}")
        is_well, tests = part.run(env, MOST_AGAIN - len(again))
        again += tests
        if not is_well:
            failed.append(part.name)
    _say_again(again)
    took = f"{time.monotonic() - started:.0f} s"
    if failed:
        raise SetupFailed(f"Failed after {took}: {', '.join(failed)}.")
    say(f"\nAll is well after {took}: {', '.join(part.name for part in parts)}.")


def _status(command: Command, folder: Path, env: dict[str, str]) -> int:
    return subprocess.run(command, cwd=folder, env=env, check=False).returncode


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
