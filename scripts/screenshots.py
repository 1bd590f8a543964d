"""Pictures of the main screens, to look at before a change is called done: light, dark and phone."""

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

from playwright.sync_api import Browser, Page, sync_playwright

from scripts.steps import ROOT, say
from tests.people import PASSWORD, Person
from tests.running_server import RunningServer

TARGET = ROOT / "test-results" / "screenshots"
TALK = (
    "Morning! The nightly import is slow again.",
    "I saw. **12 minutes** instead of 4:\n\n```sql\nVACUUM ANALYZE;\n```",
)
QUESTION = "@{handle} what would you look at first?"


@dataclass(frozen=True)
class Look:
    name: str
    width: int
    height: int
    scheme: Literal["light", "dark"]


LOOKS = [Look("light", 1360, 860, "light"), Look("dark", 1360, 860, "dark"), Look("phone", 390, 844, "light")]


def main() -> None:
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as data, RunningServer(Path(data), LLM_SCRIPTED="on") as server:
        _talk(server.url)
        with _browser() as browser:
            for look in LOOKS:
                _take(browser, server.url, look)
    say(f"{len(list(TARGET.glob('*.png')))} pictures in {TARGET.relative_to(ROOT)}")


def _talk(url: str) -> None:
    ada, ben = Person(url, "ada").register(), Person(url, "ben").register()
    room = ada.get("/api/rooms").json()["rooms"][0]["id"]
    handle = ada.get("/api/llm/models").json()["models"][0]["handle"]
    said = [(ada, TALK[0]), (ben, TALK[1]), (ada, QUESTION.format(handle=handle))]
    for number, (person, content) in enumerate(said):
        person.post(f"/api/rooms/{room}/join")
        person.post("/api/chat/message", room=room, content=content, client_id=f"picture-{number}").raise_for_status()


@contextmanager
def _browser() -> Iterator[Browser]:
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["ROUNDTABLE_CHROMIUM"], args=options)
        try:
            yield browser
        finally:
            browser.close()


def _take(browser: Browser, url: str, look: Look) -> None:
    size = {"width": look.width, "height": look.height}
    with browser.new_context(viewport=size, color_scheme=look.scheme, reduced_motion="reduce") as context:  # type: ignore[arg-type]  # a ViewportSize is this dict
        page = context.new_page()
        page.goto(url)
        page.get_by_test_id("auth-form").wait_for()
        _keep(page, look, "sign-in")
        page.get_by_test_id("username").fill("ada")
        page.get_by_test_id("password").fill(PASSWORD)
        page.get_by_test_id("auth-submit").click()
        page.get_by_test_id("message").nth(len(TALK) + 1).wait_for()
        page.get_by_test_id("stop-reply").wait_for(state="detached")
        page.get_by_test_id("message-list").locator("pre").first.wait_for()  # Markdown is fetched when first needed
        _keep(page, look, "room")


def _keep(page: Page, look: Look, screen: str) -> None:
    page.screenshot(path=TARGET / f"{screen}-{look.name}.png")


if __name__ == "__main__":
    main()
