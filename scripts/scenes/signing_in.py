"""Before somebody is in a room."""

from playwright.sync_api import Page

from scripts.scenes.scene import Scene, enter
from scripts.scenes.stage import Stage


def sign_in(page: Page, stage: Stage) -> None:
    page.get_by_test_id("auth-form").wait_for()


def sign_in_by_provider(page: Page, stage: Stage) -> None:
    """As it is where a provider is set up; the server of the pictures has none."""
    ways = {"passwords": True, "provider": {"name": "Example ID", "path": "/api/auth/oidc/start"}}
    page.route("**/api/auth/ways", lambda route: route.fulfill(json=ways))
    page.reload()
    page.get_by_test_id("provider-sign-in").wait_for()
    page.unroute("**/api/auth/ways")


def create_account(page: Page, stage: Stage) -> None:
    page.get_by_test_id("auth-toggle").click()
    page.get_by_test_id("username").fill("A!")
    page.get_by_test_id("password").fill("short")
    page.get_by_test_id("auth-submit").click()


def empty_room(page: Page, stage: Stage) -> None:
    enter(page, "lighthouse")
    page.get_by_test_id("who-answers").wait_for()


SCENES = (
    Scene("01-sign-in", sign_in),
    Scene("01-sign-in-by-provider", sign_in_by_provider),
    Scene("02-create-account", create_account),
    Scene("03-empty-room", empty_room),
)
