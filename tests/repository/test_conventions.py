"""docs/conventions.md names tests that exist, some for each convention, and forgets no file of end-to-end tests."""

import re
from pathlib import PurePosixPath

from tests.repository.sources import files, none_of, read

MAP = "docs/conventions.md"
NAMED = re.compile(r"`([\w.]+\.(?:py|tsx?))::([^`]+)`")
CONVENTIONS = 10


def has_test(path: str, source: str, name: str) -> bool:
    """In Python by its name, in TypeScript by its sentence or that of what it is about."""
    if path.endswith(".py"):
        return re.search(rf"^def {re.escape(name)}\(", source, flags=re.MULTILINE) is not None
    return re.search(rf"""\b(?:it|describe)\(["'`]{re.escape(name)}["'`]""", source) is not None


def looking_files() -> dict[str, str]:
    """Where the named tests may stand, by the name of the file."""
    found = [*files(".py", under="tests/e2e"), *files(".test.ts", ".test.tsx", under="frontend/src")]
    return {PurePosixPath(path).name: path for path in found}


def test_every_test_that_is_named_exists() -> None:
    known, named = looking_files(), NAMED.findall(read(MAP))
    assert named
    none_of(
        f"{MAP}: there is no {file}::{name}."
        for file, name in named
        if file not in known or not has_test(known[file], read(known[file]), name)
    )


def test_every_convention_has_its_tests() -> None:
    parts = re.split(r"^\| \*\*(\d+)\*\* \|", read(MAP), flags=re.MULTILINE)
    rows = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert list(rows) == [str(number) for number in range(1, CONVENTIONS + 1)]
    none_of(f"{MAP}: nothing shows convention {number}." for number, text in rows.items() if not NAMED.search(text))


def test_every_file_of_end_to_end_tests_is_named() -> None:
    named = {file for file, _ in NAMED.findall(read(MAP))}
    none_of(
        f"{MAP} does not name {file}."
        for file in looking_files()
        if file.startswith("test_") and file.endswith(".py") and file not in named
    )


def test_the_checker_finds_tests() -> None:
    assert has_test("a.py", "def test_it(visit: Visit) -> None:", "test_it")
    assert not has_test("a.py", "def test_it_is(visit: Visit) -> None:", "test_it")
    assert has_test("a.test.ts", '  it("says so", () => {', "says so")
    assert not has_test("a.test.ts", '  it("says so often", () => {', "says so")
