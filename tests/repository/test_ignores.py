"""Whoever switches a checker off says why on the same line; nobody leaves a test out."""

import re

import pytest

from tests.repository.sources import files, is_generated, none_of, read

# What switches a checker off, up to where the reason has to follow.
SWITCHES = re.compile(
    r"#\s*noqa(?P<codes>:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?"
    r"|#\s*type:\s*ignore(?P<kinds>\[[^\]]+\])?"
    r"|#\s*pragma:\s*no\s*cover"
    r"|(?://|/\*|\{/\*)\s*eslint-disable(?:-next-line|-line)?[^-]*(?:-\w[^-]*)*(?P<dashes>--)?"
    r"|//\s*@ts-(?:ignore|expect-error|nocheck)"
)
REASON = re.compile(r"[^A-Za-z]*[A-Za-z]+\W+[A-Za-z]+")
LEFT_OUT = re.compile(
    r"pytest\.(?:mark\.)?(?:skip|skipif|xfail|importorskip)\b|unittest\.skip"
    r"|\b(?:it|test|describe)\.(?:skip|only|todo|fails)\b|\bx(?:it|describe)\("
)
THIS = "tests/repository/test_ignores.py"


def unexplained(line: str) -> bool:
    found = SWITCHES.search(line)
    return bool(found) and not REASON.match(line[found.end() :])


def _lines(*suffixes: str) -> list[tuple[str, str]]:
    paths = [path for path in files(*suffixes) if path != THIS and not is_generated(path)]
    return [(f"{path}:{number}", line) for path in paths for number, line in enumerate(read(path).splitlines(), 1)]


def test_every_ignore_has_its_reason() -> None:
    none_of(where for where, line in _lines(".py", ".ts", ".tsx", ".js", ".mjs") if unexplained(line))


def test_no_test_is_left_out() -> None:
    none_of(where for where, line in _lines(".py", ".ts", ".tsx") if LEFT_OUT.search(line))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("x = 1  # noqa", True),
        ("x = 1  # noqa: E501", True),
        ("x = 1  # noqa: E501, F401  the table is read as one", False),
        ("x = y  # type: ignore[arg-type]", True),
        ("x = y  # type: ignore[arg-type]  # eventlet has no types", False),
        ("// eslint-disable-next-line no-console", True),
        ("// eslint-disable-next-line jsx-a11y/no-autofocus", True),
        ("// eslint-disable-next-line jsx-a11y/no-autofocus -- the dialog's only field", False),
        ("// eslint-disable-next-line no-console -- the only log there is", False),
        ("// @ts-expect-error", True),
        ("x = 1  # because of noise", False),
    ],
)
def test_the_checker_knows_a_reason(line: str, expected: bool) -> None:
    assert unexplained(line) is expected


@pytest.mark.parametrize("line", ["@pytest.mark.skip", "# pytest.skip('later')", "it.only('x')", "xdescribe('x'"])
def test_the_checker_sees_a_test_left_out(line: str) -> None:
    assert LEFT_OUT.search(line)
