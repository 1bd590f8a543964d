"""What admins see. Ada has the first account."""

from collections.abc import Callable

from playwright.sync_api import Page

from scripts.scenes.scene import Scene, close
from scripts.scenes.stage import Stage


def _part(name: str, ready: str) -> Callable[[Page, Stage], None]:
    def play(page: Page, stage: Stage) -> None:
        close(page)
        page.goto(f"/admin/{name}")
        page.get_by_test_id(ready).first.wait_for()

    return play


def people(page: Page, stage: Stage) -> None:
    """Mira moderates, and Jonas has been sent away."""
    stage.ada.request("PATCH", "/api/admin/people/mira", role="moderator")
    stage.jonas.disconnect()
    stage.ada.request("PATCH", "/api/admin/people/jonas", is_active=False)
    _part("people", "person-row")(page, stage)


def role(page: Page, stage: Stage) -> None:
    page.locator('[data-username="mira"]').get_by_test_id("person-menu").click()
    page.get_by_test_id("person-guest").wait_for()


def deactivate(page: Page, stage: Stage) -> None:
    page.get_by_test_id("person-deactivate").click()
    page.get_by_test_id("confirm-submit").wait_for()
    page.wait_for_timeout(300)


def password(page: Page, stage: Stage) -> None:
    close(page)
    page.locator('[data-username="mira"]').get_by_test_id("person-menu").click()
    stage.mira.disconnect()
    page.get_by_test_id("person-password").click()
    page.get_by_test_id("confirm-submit").click()
    page.get_by_test_id("password-secret").wait_for()


def new_bot(page: Page, stage: Stage) -> None:
    close(page)
    page.get_by_test_id("new-bot").click()
    page.get_by_test_id("bot-name").fill("Build helper")


def agents(page: Page, stage: Stage) -> None:
    """One of the server's, and one that is switched off."""
    for handle, name, about in (
        ("release-editor", "Release editor", "Writes for people who update"),
        ("translator", "Translator", "Puts everything into plain German"),
    ):
        stage.ada.post("/api/agents", handle=handle, name=name, description=about, speaks="mention")
    _part("agents", "server-agent")(page, stage)
    page.locator('[data-handle="translator"]').get_by_test_id("agent-menu").click()
    page.get_by_test_id("agent-off").click()
    page.get_by_text("switched off").first.wait_for()


def agent_form(page: Page, stage: Stage) -> None:
    page.locator('[data-handle="release-editor"]').get_by_test_id("agent-menu").click()
    page.get_by_test_id("agent-edit").click()
    page.get_by_test_id("agent-form").wait_for()


def member(page: Page, stage: Stage) -> None:
    """Somebody who can no longer sign in, among the members beside the room."""
    page.goto("/rooms/release-4-2")
    page.get_by_text("deactivated").first.wait_for()


SCENES = (
    Scene("19-admin-people", people),
    Scene("19-admin-role", role),
    Scene("19-admin-deactivate", deactivate),
    Scene("19-admin-password", password),
    Scene("19-admin-bot", new_bot),
    Scene("19-admin-rooms", _part("rooms", "room-row")),
    Scene("19-admin-agents", agents),
    Scene("19-admin-agent", agent_form),
    Scene("19-admin-backends", _part("backends", "backend-card")),
    Scene("19-admin-limits", _part("limits", "limits-table")),
    Scene("19-admin-cache", _part("cache", "cache-figures")),
    Scene("19-admin-audit", _part("audit", "audit-row")),
    Scene("19-admin-gone", member, only=("light", "dark")),
)
