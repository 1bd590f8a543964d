"""The files that the laws are about, and how a breach is told."""

import ast
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent.parent
GENERATED = ("frontend/src/protocol/",)


def files(*suffixes: str, under: str = "") -> list[str]:
    """Paths from the root of all files that are committed or could be, generated ones included."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", under or "."]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    wanted = (path for path in sorted(set(listed)) if path and (not suffixes or path.endswith(suffixes)))
    return [path for path in wanted if (ROOT / path).is_file()]


def is_generated(path: str) -> bool:
    return path.startswith(GENERATED)


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


def area(path: str) -> str:
    """`chat/db/engine.py` and `chat/errors.py` belong to `db` and `errors`."""
    parts = PurePosixPath(path).with_suffix("").parts
    return parts[1] if len(parts) > 1 and parts[0] == "chat" else ""


def imports(source: str, path: str) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of everything that a module imports, wherever in it the import stands."""
    package = PurePosixPath(path).parent.parts
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{module}.{name.name}") for name in node.names)


def none_of(breaches: Iterable[str]) -> None:
    """Fails with every breach on a line of its own."""
    found = list(breaches)
    assert not found, "\n".join(["", *found])
