"""Axe finds nothing on any screen, in light, dark and high contrast, on a desk and on a phone.

The screens are those of `make screenshots`: scripts/scenes/.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page

from scripts.scenes import SCENES, Stage
from tests.fakes.ollama import FakeOllama
from tests.running_server import LIMITS, ROOT, RunningServer

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass(frozen=True)
class Look:
    """What the person has set in their system; `like` names the look whose scenes are played."""

    like: str
    scheme: Literal["light", "dark"]
    contrast: Literal["more", "no-preference"] = "no-preference"
    width: int = 1360


LOOKS = {
    "light": Look("light", "light"),
    "dark": Look("dark", "dark"),
    "high contrast": Look("dark", "dark", contrast="more"),
    "phone": Look("phone", "light", width=390),
}


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with FakeOllama() as ollama, RunningServer(tmp_path, OLLAMA_BASE_URL=ollama.url, **LIMITS) as server:
        yield Stage(server, ollama)


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_on_any_screen(browser: Browser, stage: Stage, look: str) -> None:
    found: list[str] = []
    with browser.new_context(
        base_url=stage.server.url,
        viewport={"width": LOOKS[look].width, "height": 860},
        color_scheme=LOOKS[look].scheme,
        contrast=LOOKS[look].contrast,
        reduced_motion="reduce",
    ) as context:
        page = context.new_page()
        page.goto("/")
        for scene in SCENES:
            if LOOKS[look].like in scene.only:
                scene.play(page, stage)
                found += [f"{scene.name}: {problem}" for problem in problems(page)]
    assert found == [], "\n".join(["", *found])


def problems(page: Page) -> Iterator[str]:
    """What axe finds on the page as it is now."""
    page.evaluate(AXE.read_text())
    result: dict[str, Any] = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    assert result["passes"], "axe has looked at nothing"
    for violation in result["violations"]:
        places = ", ".join(str(node["target"][0]) for node in violation["nodes"])
        yield f"{violation['id']} ({violation['help']}): {places}"
