"""One screen to take a picture of, and the ways to it that several share."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from scripts.scenes.stage import Stage
from tests.people import PASSWORD


@dataclass(frozen=True)
class Scene:
    """`play` brings the page there; `only` names the looks that it makes sense in."""

    name: str
    play: Callable[[Page, Stage], None]
    only: tuple[str, ...] = ("light", "dark", "phone")


def enter(page: Page, room: str = "release-4-2") -> None:
    page.goto("/")
    page.get_by_test_id("username").fill("ada")
    page.get_by_test_id("password").fill(PASSWORD)
    page.get_by_test_id("auth-submit").click()
    page.get_by_test_id("workspace").wait_for()
    go(page, room)


def go(page: Page, room: str) -> None:
    page.goto(f"/rooms/{room}")
    page.get_by_test_id("composer").wait_for()


def open_drawer(page: Page) -> None:
    if page.get_by_test_id("open-drawer").is_visible():
        page.get_by_test_id("open-drawer").click()
        page.wait_for_timeout(300)


def close(page: Page) -> None:
    """Leaves a dialog or a menu, and one that it was opened from."""
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
