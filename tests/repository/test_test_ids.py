"""Every data-testid of the front end is used by some test or scene, and every one that is used there exists."""

import re
from collections.abc import Iterator

from tests.repository.sources import files, none_of, read

UNIT_TESTS = (".test.ts", ".test.tsx")
GIVEN = re.compile(r'data-testid="([\w-]+)"')
# `theme-${value}`: whatever comes between.
BUILT = re.compile(r"data-testid=\{`([^`]+)`\}")
ASKED = re.compile(
    r"""(?:\.get\(|get_by_test_id\(|ByTestId(?:<\w+>)?\(|data-testid=\\?)\s*["']([a-z][a-z-]+)\\?["'](?![^\n]*getattr)"""
)


def sources() -> Iterator[tuple[str, str]]:
    """Of the front end, without its tests."""
    for path in files(".tsx", ".ts", under="frontend/src"):
        if not path.endswith(UNIT_TESTS):
            yield path, read(path)


def lookers() -> Iterator[tuple[str, str]]:
    """Whoever looks at the pages: the end-to-end tests, the unit tests, the scenes, the benchmark."""
    for path in [*files(".py", under="tests/e2e"), *files(".py", under="scripts/scenes"), "bench/chromium.py"]:
        yield path, read(path)
    for path in files(*UNIT_TESTS, under="frontend/src"):
        yield path, read(path)


def pattern_of(built: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\$\\\{[^}]*\\\}", r"[\\w-]+", re.escape(built)))


def test_every_id_is_used_by_a_test() -> None:
    looked_at = "\n".join(text for _, text in lookers())
    quoted = set(re.findall(r"""["']([\w-]+)["']""", looked_at)) | set(re.findall(r"""f?["']([\w-]+-)\{""", looked_at))
    none_of(
        f'{path}: data-testid="{name}" is in no test. Use it in one, or take it away.'
        for path, text in sources()
        for name in GIVEN.findall(text)
        if name not in quoted and not any(name.startswith(begun) for begun in quoted if begun.endswith("-"))
    )


def test_every_id_that_is_used_exists() -> None:
    texts = [text for _, text in sources()]
    given = {name for text in texts for name in GIVEN.findall(text)}
    built = [pattern_of(template) for text in texts for template in BUILT.findall(text)]
    none_of(
        f'{path}: no element has data-testid="{name}".'
        for path, text in lookers()
        for name in ASKED.findall(text)
        if name not in given and not any(pattern.fullmatch(name) for pattern in built)
    )


def test_ids_are_found_however_they_are_asked_for() -> None:
    asked = """ada.get("room-item", room_slug=slug) page.get_by_test_id('jump') screen.getByTestId<HTMLElement>("send")
    locator('[data-testid="pin-list"]') evaluate("[data-testid=\\"no-pins\\"]")"""
    assert ASKED.findall(asked) == ["room-item", "jump", "send", "pin-list", "no-pins"]
    assert pattern_of("theme-${value}").fullmatch("theme-dark")
    assert not pattern_of("theme-${value}").fullmatch("scheme-dark")
