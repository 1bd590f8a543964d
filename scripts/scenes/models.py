"""The panel of the models, with a load and a queue."""

from playwright.sync_api import Page

from scripts.scenes.scene import Scene, close, go
from scripts.scenes.stage import Stage


def panel(page: Page, stage: Stage) -> None:
    close(page)
    go(page, "release-4-2")
    if not page.get_by_test_id("models-panel").is_visible():
        page.get_by_test_id("toggle-panel").click()
    page.get_by_test_id("models-panel").wait_for()
    page.get_by_test_id("model-charts").first.wait_for()
    page.wait_for_timeout(300)


def queue(page: Page, stage: Stage) -> None:
    stage.behave(load_seconds=30)
    stage.ask()
    stage.mira.send("@llama3 who is on call?", stage.others[0])
    stage.mira.send("@llama3 who leads the interview?", stage.board)
    page.get_by_test_id("queue-entry").nth(2).wait_for()
    page.get_by_test_id("queue-panel").scroll_into_view_if_needed()
    page.wait_for_timeout(300)


def download(page: Page, stage: Stage) -> None:
    page.get_by_test_id("download-model").first.click()
    page.get_by_test_id("download-name").fill("mistral:7b")


SCENES = (Scene("17-panel", panel), Scene("17-queue", queue), Scene("17-download", download))
