"""Programs that tests start and that no package of Python or Node brings: those that are there, or Debian's."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.steps import SetupFailed, run, say


@dataclass(frozen=True)
class Program:
    """`names` it may go by, on PATH or in `folders` (patterns below /); `how_to` is said where it is missing.

    `variable` of the environment names another one.
    """

    title: str
    names: Sequence[str]
    packages: Sequence[str]  # Debian's
    variable: str
    how_to: str
    folders: Sequence[str] = ()


def find(program: Program) -> str:
    """Its path. Installs it as root on Debian. Raises `SetupFailed` if it is not there and cannot be installed."""
    named = os.environ.get(program.variable)
    if named and not shutil.which(named):
        raise SetupFailed(f"{program.variable} is set to {named}, which is no program.")
    found = named or _installed(program)
    if not found and os.geteuid() == 0 and shutil.which("apt-get"):
        _install(program)
        found = _installed(program)
    if not found:
        raise SetupFailed(program.how_to)
    return shutil.which(found) or found


def _installed(program: Program) -> str | None:
    folders = [folder for pattern in program.folders for folder in sorted(Path("/").glob(pattern), reverse=True)]
    path = os.pathsep.join([*map(str, folders), os.environ.get("PATH", "")])
    return next((found for name in program.names if (found := shutil.which(name, path=path))), None)


def _install(program: Program) -> None:
    say(f"· Installing {program.title} for the tests with apt (once)")
    # In runlevel 1 Debian starts no server that it has installed: the tests start their own.
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    run(["apt-get", "update", "-q"], env=env)
    run(["apt-get", "install", "-q", "-y", "--no-install-recommends", *program.packages], env=env)
