"""A room in which people have talked, and what can be done with a message, one after the other."""

from playwright.sync_api import Locator, Page

from scripts.scenes.scene import Scene, close, go
from scripts.scenes.stage import Stage


def _mine(page: Page) -> Locator:
    return page.get_by_test_id("message").filter(has_text="migration test")


def _open(page: Page, item: str = "") -> None:
    message = _mine(page)
    message.get_by_test_id("message-menu").focus()
    page.keyboard.press("Enter")
    page.get_by_test_id("copy-link").wait_for()
    if item:
        page.get_by_test_id(item).click()


def talk(page: Page, stage: Stage) -> None:
    go(page, "release-4-2")
    _mine(page).wait_for()
    page.locator('[data-room-slug="release-4-2"] [data-testid="mention-badge"]').wait_for(state="detached")


def menu(page: Page, stage: Stage) -> None:
    _open(page)


def emoji(page: Page, stage: Stage) -> None:
    page.get_by_test_id("menu-react").click()
    page.get_by_test_id("emoji-option").nth(20).wait_for()


def editing(page: Page, stage: Stage) -> None:
    close(page)
    _open(page, "edit-message")
    page.get_by_test_id("edit-input").wait_for()


def replying(page: Page, stage: Stage) -> None:
    page.get_by_test_id("edit-cancel").click()
    _open(page, "menu-reply")
    page.get_by_test_id("reply-bar").wait_for()


def deleting(page: Page, stage: Stage) -> None:
    page.get_by_test_id("reply-cancel").click()
    _open(page, "delete-message")
    page.get_by_test_id("delete-submit").wait_for()


def pins(page: Page, stage: Stage) -> None:
    close(page)
    _open(page, "pin-message")
    page.get_by_test_id("pinned-mark").wait_for()
    stage.jonas.call("react", {"message": _mine(page).get_attribute("data-message-id"), "emoji": "👍"})
    page.get_by_test_id("pins-button").click()
    page.get_by_test_id("pin").wait_for()


SCENES = (
    Scene("04-room", talk),
    Scene("04-message-menu", menu),
    Scene("04-reaction", emoji),
    Scene("04-editing", editing),
    Scene("04-replying", replying),
    Scene("04-deleting", deleting),
    Scene("04-pins", pins),
)
