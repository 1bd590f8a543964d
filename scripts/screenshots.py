"""Pictures of all screens, to look at before a change is called done: light, dark and phone."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Browser, sync_playwright

from scripts.scenes import SCENES, SETTINGS, Stage
from scripts.steps import ROOT, say
from tests.fakes.ollama import FakeOllama
from tests.running_server import RunningServer

TARGET = ROOT / "test-results" / "screenshots"


@dataclass(frozen=True)
class Look:
    name: str
    width: int
    height: int
    scheme: Literal["light", "dark"]


LOOKS = (Look("light", 1360, 860, "light"), Look("dark", 1360, 860, "dark"), Look("phone", 390, 844, "light"))


def main() -> None:
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    with _browser() as browser:
        for look in LOOKS:
            with _stage() as stage:
                _take_all(browser, look, stage)
    say(f"{len(list(TARGET.glob('*.png')))} pictures in {TARGET.relative_to(ROOT)}")


@contextmanager
def _stage() -> Iterator[Stage]:
    with (
        tempfile.TemporaryDirectory() as data,
        FakeOllama() as ollama,
        RunningServer(Path(data), OLLAMA_BASE_URL=ollama.url, **SETTINGS) as server,
    ):
        yield Stage(server, ollama)


@contextmanager
def _browser() -> Iterator[Browser]:
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["ROUNDTABLE_CHROMIUM"], args=options)
        try:
            yield browser
        finally:
            browser.close()


def _take_all(browser: Browser, look: Look, stage: Stage) -> None:
    """One person's way through the scenes; each begins where the one before it ended."""
    size = {"width": look.width, "height": look.height}
    with browser.new_context(
        base_url=stage.server.url,
        viewport=size,  # type: ignore[arg-type]  # a ViewportSize is this dict
        color_scheme=look.scheme,
        reduced_motion="reduce",
    ) as context:
        page = context.new_page()
        page.goto("/")
        for scene in SCENES:
            if look.name in scene.only:
                scene.play(page, stage)
                page.screenshot(path=TARGET / f"{scene.name}-{look.name}.png")


if __name__ == "__main__":
    main()
