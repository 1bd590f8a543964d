"""Axe finds nothing on any screen, in light, dark and high contrast, on a desk and on a phone.

The screens are those of `make screenshots`: scripts/scenes/.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypedDict

import pytest
from playwright.sync_api import Browser, Page

from scripts.scenes import SCENES, Stage
from tests.fakes.ollama import FakeOllama
from tests.running_server import LIMITS, ROOT, RunningServer


class Settings(TypedDict):
    color_scheme: Literal["light", "dark"]
    contrast: Literal["more", "no-preference"]


AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
# Only what is needed is worked out and handed over: with all that passes it takes three times as long.
LOOK = """async (rules) => {
    const {violations, passes} = await axe.run(document, {runOnly: rules, resultTypes: ["violations"]});
    const told = ({id, help, nodes}) => ({id, help, places: nodes.map(({target}) => String(target[0]))});
    return {violations: violations.map(told), passes: passes.length};
}"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass(frozen=True)
class Screen:
    """How wide it is, what its owner may have set in their system, and the look whose scenes are played."""

    like: str
    width: int
    settings: dict[str, Settings]


NORMAL: Settings = {"color_scheme": "light", "contrast": "no-preference"}
SCREENS = {
    "desk": Screen(
        "light",
        1360,
        {
            "light": NORMAL,
            "dark": {**NORMAL, "color_scheme": "dark"},
            "high contrast": {"color_scheme": "dark", "contrast": "more"},
        },
    ),
    "phone": Screen("phone", 390, {"phone": NORMAL}),
}


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with FakeOllama() as ollama, RunningServer(tmp_path, OLLAMA_BASE_URL=ollama.url, **LIMITS) as server:
        yield Stage(server, ollama)


@pytest.mark.parametrize("name", SCREENS)
def test_axe_finds_nothing_on_any_screen(browser: Browser, stage: Stage, name: str) -> None:
    screen, found = SCREENS[name], list[str]()
    with browser.new_context(
        base_url=stage.server.url, viewport={"width": screen.width, "height": 860}, reduced_motion="reduce"
    ) as context:
        page = context.new_page()
        page.goto("/")
        for scene in SCENES:
            if screen.like in scene.only:
                scene.play(page, stage)
                for setting, values in screen.settings.items():
                    page.emulate_media(**values)
                    found += [f"{scene.name}, {setting}: {problem}" for problem in problems(page)]
    assert found == [], "\n".join(["", *found])


def problems(page: Page) -> Iterator[str]:
    """What axe finds on the page as it is now."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    result: dict[str, Any] = page.evaluate(LOOK, RULES)
    assert result["passes"], "axe has looked at nothing"
    for violation in result["violations"]:
        yield f"{violation['id']} ({violation['help']}): {', '.join(violation['places'])}"
