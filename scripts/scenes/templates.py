"""Templates: those of a room and one's own, written, tried out, and as they were before."""

from playwright.sync_api import Page

from scripts.scenes.scene import Scene, close, go, open_drawer
from scripts.scenes.stage import Stage

BODY = "Write release notes for {{ audience }} from these commits.\n\n{{ content }}"


def of_room(page: Page, stage: Stage) -> None:
    close(page)
    go(page, "roadmap")
    page.get_by_test_id("room-settings").click()
    page.get_by_test_id("tab-templates").click()
    page.locator('[data-testid="template-item"][data-scope="built_in"]').first.wait_for()


def editor(page: Page, stage: Stage) -> None:
    page.get_by_test_id("new-template").click()
    page.get_by_test_id("template-title").fill("Release notes")
    page.get_by_test_id("template-description").fill("What has changed, in words for those who use it.")
    page.get_by_test_id("template-body").fill(BODY)
    page.get_by_test_id("add-variable").click()
    page.get_by_test_id("variable-name").fill("audience")
    page.get_by_test_id("variable-label").fill("For whom")
    page.get_by_test_id("variable-required").check()
    page.get_by_test_id("template-output").fill("A list with the most important change first.")
    page.get_by_test_id("preview-prompt").get_by_text("for ‹For whom› from").wait_for()
    page.get_by_test_id("template-title").focus()


def editor_wrong(page: Page, stage: Stage) -> None:
    page.get_by_test_id("template-body").fill(BODY.replace("audience", "readers"))
    page.locator('[data-testid="template-editor"] [role="alert"]').wait_for()


def versions(page: Page, stage: Stage) -> None:
    page.get_by_test_id("template-body").fill(BODY)
    page.get_by_test_id("template-save").click()
    item = page.locator('[data-testid="template-item"][data-title="Release notes"]')
    item.get_by_test_id("edit-template").click()
    page.get_by_test_id("template-body").fill(f"{BODY}\n\nLeave out what nobody sees.")
    page.get_by_test_id("template-save").click()
    item.get_by_text("version 2").wait_for()
    item.get_by_test_id("open-versions").click()
    page.locator('[data-testid="template-version"][data-version="1"]').get_by_test_id("show-version").click()
    page.get_by_test_id("version-body").wait_for()


def of_room_with_some(page: Page, stage: Stage) -> None:
    page.get_by_test_id("versions-back").click()
    page.locator('[data-testid="template-item"][data-scope="room"]').get_by_test_id("delete-template").click()


def offered(page: Page, stage: Stage) -> None:
    close(page)
    page.get_by_test_id("composer").fill("")
    page.get_by_test_id("composer").type("/")
    page.get_by_test_id("trigger-option").get_by_text("/release-notes").wait_for()


def own(page: Page, stage: Stage) -> None:
    close(page)
    page.get_by_test_id("composer").fill("")
    open_drawer(page)
    page.get_by_test_id("account-menu").click()
    page.get_by_test_id("open-account").click()
    page.get_by_test_id("tab-templates").click()
    page.locator('[data-testid="template-item"]').first.wait_for()


SCENES = (
    Scene("17-templates", of_room),
    Scene("17-template-editor", editor),
    Scene("17-template-wrong", editor_wrong),
    Scene("17-template-versions", versions),
    Scene("17-templates-some", of_room_with_some),
    Scene("17-templates-offered", offered),
    Scene("17-templates-own", own),
)
