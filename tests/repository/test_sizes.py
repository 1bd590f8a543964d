"""What fits on a screen and in a head: files, functions, names."""

import ast
import re
import tomllib
from pathlib import PurePosixPath

from tests.repository.sources import files, is_generated, none_of, read

FILE_LINES = 300
FUNCTION_LINES = 50
COMPLEXITY = 10
NAMES_THAT_OWN_NOTHING = re.compile(r"(^|[-_.])(utils?|helpers?|managers?|common|misc)([-_.]|$)", re.IGNORECASE)


def long_functions(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                found.append(f"{node.name} has {lines} lines")
    return found


def owns_nothing(path: str) -> bool:
    return any(NAMES_THAT_OWN_NOTHING.search(part) for part in PurePosixPath(path).parts)


def test_files_are_short() -> None:
    paths = [path for path in files(".py", ".ts", ".tsx") if not is_generated(path)]
    lines = {path: len(read(path).splitlines()) for path in paths}
    none_of(f"{path} has {count} lines" for path, count in lines.items() if count > FILE_LINES)


def test_functions_are_short() -> None:
    # A migration is a list of tables, written once and never read as a function.
    paths = [path for path in files(".py") if not path.startswith("migrations/versions/")]
    none_of(f"{path}: {breach}" for path in paths for breach in long_functions(read(path)))


def test_complexity_is_held_by_ruff() -> None:
    lint = tomllib.loads(read("pyproject.toml"))["tool"]["ruff"]["lint"]
    assert "C90" in lint["select"]
    assert "C901" not in str(lint.get("ignore")) + str(lint.get("per-file-ignores"))
    assert lint["mccabe"]["max-complexity"] <= COMPLEXITY


def test_modules_are_named_for_what_they_own() -> None:
    none_of(path for path in files(".py", ".ts", ".tsx", ".js", ".mjs", ".css") if owns_nothing(path))


def test_the_checkers_see_what_they_must() -> None:
    body = "\n    x = 1" * FUNCTION_LINES
    assert long_functions(f"class A:\n  def f(self):{body.replace('    ', '      ')}") == ["f has 51 lines"]
    assert long_functions(f"def f():{body[:-10]}") == []
    bad = ("chat/utils.py", "chat/db_helpers.py", "frontend/src/common/a.ts", "frontend/src/lib/roomManager.misc.ts")
    assert [owns_nothing(path) for path in bad] == [True] * len(bad)
    assert not owns_nothing("chat/domain/commons_rules.py")
