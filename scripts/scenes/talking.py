"""A room with people and a model in it, through all phases of an answer."""

from playwright.sync_api import Page

from scripts.scenes.scene import Scene, close, go
from scripts.scenes.stage import Stage

LONG = (
    "Two things to check before Thursday: the migration takes a table lock, and the old worker still reads `v1` rows. "
    * 6
)


def warming(page: Page, stage: Stage) -> None:
    close(page)
    go(page, "release-4-2")
    stage.behave(load_seconds=30)
    stage.ask()
    page.locator('[data-testid="phase-line"][data-phase="loading"]').wait_for()


def waiting(page: Page, stage: Stage) -> None:
    stage.mira.send("@llama3 and the migration notes?", stage.room)
    page.locator('[data-testid="phase-line"][data-phase="queued"]').wait_for()


def writing(page: Page, stage: Stage) -> None:
    stage.stop_all()
    stage.behave(is_loaded=True, text=LONG, token_seconds=0.05)
    stage.ask("@llama3 what should we check before Thursday?")
    page.locator('[data-testid="message"][data-status="streaming"]').get_by_text("table lock").first.wait_for()
    page.wait_for_timeout(1500)


def failed(page: Page, stage: Stage) -> None:
    stage.stop_all()
    stage.behave(is_loaded=True, fault="out of memory")
    stage.ask("@llama3 and now in Dutch")
    page.get_by_test_id("reply-problem").last.wait_for()


def details(page: Page, stage: Stage) -> None:
    page.get_by_test_id("message-list").press("Home")
    page.get_by_test_id("reply-details").first.click()
    page.wait_for_timeout(300)


def what_it_saw(page: Page, stage: Stage) -> None:
    close(page)
    page.get_by_test_id("what-it-saw").first.click()
    page.get_by_test_id("context-message").first.wait_for()
    page.wait_for_timeout(300)


def cached(page: Page, stage: Stage) -> None:
    close(page)
    stage.behave(is_loaded=True, text="The importer accepts a trailing comma again.")
    answered = stage.ask("@llama3 one sentence for the changelog")
    stage.ada.wait_closed(answered)
    stage.ada.call("regenerate", {"message": answered, "bypass_cache": False})
    go(page, "release-4-2")
    page.get_by_test_id("ask-again").wait_for()


def mention(page: Page, stage: Stage) -> None:
    close(page)
    page.get_by_test_id("composer").fill("Thanks! @")
    page.get_by_test_id("trigger-list").wait_for()


def typing(page: Page, stage: Stage) -> None:
    page.get_by_test_id("composer").fill("")
    stage.mira.join(stage.room)
    stage.mira.call("typing", {"room": stage.room, "is_typing": True})
    page.get_by_test_id("typing-line").get_by_text("Mira").wait_for()


SCENES = (
    Scene("05-warming-up", warming),
    Scene("06-waiting", waiting),
    Scene("07-writing", writing),
    Scene("08-failed", failed),
    Scene("09-details", details),
    Scene("09-what-it-saw", what_it_saw),
    Scene("09-cached", cached),
    Scene("10-mention", mention),
    Scene("11-typing", typing),
)
