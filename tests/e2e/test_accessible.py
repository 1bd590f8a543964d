"""On no screen does axe find anything, is anything cut off, or the focus unseen, whatever its owner has set.

In light, dark, high contrast and the system's own colours on a desk; and 320 pixels wide and 430 high, which is less
than a small phone has and than is left of a desk at 200 %. The screens: scripts/scenes/.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypedDict

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from scripts.scenes import SCENES, SETTINGS, Stage
from tests.fakes.ollama import FakeOllama
from tests.running_server import ROOT, RunningServer


class Settings(TypedDict):
    color_scheme: Literal["light", "dark"]
    contrast: Literal["more", "no-preference"]
    forced_colors: Literal["active", "none"]


AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
# Only what is needed is worked out and handed over: with all that passes it takes three times as long.
LOOK = """async (rules) => {
    const {violations, passes} = await axe.run(document, {runOnly: rules, resultTypes: ["violations"]});
    const told = ({id, help, nodes}) => ({id, help, places: nodes.map(({target}) => String(target[0]))});
    return {violations: violations.map(told), passes: passes.length};
}"""
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# All that other colours can make wrong.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
HERE = Path(__file__).parent
LAYOUT, FOCUS = ((HERE / name).read_text() for name in ("layout.js", "focus.js"))


@dataclass(frozen=True)
class Screen:
    """The look whose scenes are played, its size, what its owner may have set, and what else is looked at."""

    like: str
    size: ViewportSize
    settings: dict[str, Settings]
    also: str


NORMAL: Settings = {"color_scheme": "light", "contrast": "no-preference", "forced_colors": "none"}
SCREENS = {
    "desk": Screen(
        "light",
        {"width": 1360, "height": 860},
        {
            "light": NORMAL,
            "dark": {**NORMAL, "color_scheme": "dark"},
            "high contrast": {**NORMAL, "color_scheme": "dark", "contrast": "more"},
            "forced colours": {**NORMAL, "contrast": "more", "forced_colors": "active"},
        },
        FOCUS,
    ),
    "small": Screen("phone", {"width": 320, "height": 430}, {"small": NORMAL}, LAYOUT),
}


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with FakeOllama() as ollama, RunningServer(tmp_path, OLLAMA_BASE_URL=ollama.url, **SETTINGS) as server:
        yield Stage(server, ollama)


@pytest.mark.parametrize("name", SCREENS)
def test_nothing_is_wrong_on_any_screen(browser: Browser, stage: Stage, name: str) -> None:
    screen, found = SCREENS[name], list[str]()
    with browser.new_context(base_url=stage.server.url, viewport=screen.size, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto("/")
        for scene in SCENES:
            if screen.like in scene.only:
                scene.play(page, stage)
                found += [f"{scene.name}, {problem}" for problem in problems(page, screen)]
    assert found == [], "\n".join(["", *found])


def problems(page: Page, screen: Screen) -> Iterator[str]:
    """What is wrong with the page as it is now: all rules in the first setting, those on colours in the others."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    rules = RULES
    for setting, values in screen.settings.items():
        page.emulate_media(**values)
        result: dict[str, Any] = page.evaluate(LOOK, rules)
        assert result["passes"], "axe has looked at nothing"
        for violation in result["violations"]:
            yield f"{setting}: {violation['id']} ({violation['help']}): {', '.join(violation['places'])}"
        rules = COLOURS
    yield from page.evaluate(screen.also)
    page.emulate_media(**NORMAL)
