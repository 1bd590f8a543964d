"""The panel of the models."""

from playwright.sync_api import Page

from scripts.scenes.scene import Scene, go
from scripts.scenes.stage import Stage


def panel(page: Page, stage: Stage) -> None:
    go(page, "release-4-2")
    page.get_by_test_id("toggle-panel").click()
    page.get_by_test_id("models-panel").wait_for()
    page.wait_for_timeout(300)


SCENES = (Scene("17-panel", panel, only=("phone",)),)
