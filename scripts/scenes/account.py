"""One's own account."""

from playwright.sync_api import Page

from scripts.scenes.scene import Scene, close, open_drawer
from scripts.scenes.stage import Stage


def account(page: Page, stage: Stage) -> None:
    close(page)
    open_drawer(page)
    page.get_by_test_id("account-menu").click()
    page.wait_for_timeout(300)


def account_dialog(page: Page, stage: Stage) -> None:
    page.get_by_test_id("open-account").click()
    page.get_by_test_id("password-form").wait_for()


def account_appearance(page: Page, stage: Stage) -> None:
    page.get_by_test_id("tab-appearance").click()
    page.get_by_test_id("theme-dark").wait_for()


def account_sessions(page: Page, stage: Stage) -> None:
    page.get_by_test_id("tab-sessions").click()
    page.get_by_test_id("session-item").first.wait_for()


def account_keys(page: Page, stage: Stage) -> None:
    page.get_by_test_id("tab-keys").click()
    page.get_by_test_id("key-name").fill("Changelog script")
    page.keyboard.press("Enter")
    page.get_by_test_id("key-item").first.wait_for()


def account_shortcuts(page: Page, stage: Stage) -> None:
    page.get_by_test_id("tab-shortcuts").click()
    page.get_by_test_id("shortcuts").wait_for()


SCENES = (
    Scene("15-account", account),
    Scene("15-account-profile", account_dialog),
    Scene("15-account-appearance", account_appearance),
    Scene("15-account-sessions", account_sessions),
    Scene("15-account-keys", account_keys),
    Scene("15-account-shortcuts", account_shortcuts),
)
