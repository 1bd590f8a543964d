"""The server is away. It stays away, so this is the end."""

from playwright.sync_api import Page

from scripts.scenes.scene import Scene, go
from scripts.scenes.stage import Stage


def away(page: Page, stage: Stage) -> None:
    go(page, "release-4-2")
    page.get_by_test_id("message").first.wait_for()
    stage.server.kill()
    page.get_by_test_id("connection-banner").wait_for()
    page.get_by_test_id("composer").fill("Back in five minutes.")
    page.keyboard.press("Enter")
    page.wait_for_timeout(400)


SCENES = (Scene("18-offline", away),)
