"""The lock files fit the ranges that they were made from, and each other."""

import re

import pytest
from packaging.requirements import Requirement

from tests.repository.sources import read

PAIRS = ["requirements", "requirements-dev", "requirements-model", "requirements-node"]


def ranges(text: str) -> list[Requirement]:
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-")]


def locked(text: str) -> dict[str, set[str]]:
    """Versions by name; more than one where the lock holds different ones for different Pythons."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9.-]+)==([^\s;]+)", text, flags=re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found


def _outside(requirement: Requirement, versions: dict[str, set[str]]) -> bool:
    found = versions.get(requirement.name.lower().replace("_", "-"), set())
    return not found or not all(requirement.specifier.contains(version) for version in found)


@pytest.mark.parametrize("name", PAIRS)
def test_every_requirement_is_locked_within_its_range(name: str) -> None:
    versions = locked(read(f"{name}.lock"))
    assert [str(wanted) for wanted in ranges(read(f"{name}.txt")) if _outside(wanted, versions)] == []


@pytest.mark.parametrize("name", PAIRS)
def test_every_locked_version_has_hashes(name: str) -> None:
    blocks = re.split(r"\n(?=\S)", read(f"{name}.lock").rstrip())
    assert [block for block in blocks if "==" in block and "--hash=sha256:" not in block] == []


def test_the_tests_run_with_the_servers_versions() -> None:
    server, tests = locked(read("requirements.lock")), locked(read("requirements-dev.lock"))
    assert {name: versions for name, versions in server.items() if tests.get(name) != versions} == {}


def test_the_checker_sees_a_lock_that_is_behind() -> None:
    versions = locked("flask==3.1.3 \\\n    --hash=sha256:0\n")
    assert [_outside(wanted, versions) for wanted in ranges("# x\n-r a.txt\nFlask>=3,<4\nflask>=4\nnew\n")] == [
        *(False, True, True),
    ]
