"""Agents of a room: put in with a click, made, at work together, and what they found."""

import json

from playwright.sync_api import Page

from scripts.scenes.scene import Scene, close, go
from scripts.scenes.stage import Stage

PLAN = json.dumps(
    {
        "agents": [
            {"agent": "researcher", "task": "What the notes must say about the importer."},
            {"agent": "critic", "task": "What could go wrong for those who update on Thursday."},
        ]
    }
)
FINDING = (
    "- The importer drops rows with a **trailing comma**: 3 of 12,480 in `june.csv`.\n- Nobody has tested a restore."
)
FINAL = (
    "Ship on Thursday, with two additions to the notes: say that rows with a trailing comma are kept now, and ask for "
    "a backup before the migration. The agents disagree on one point: whether the restore must be tested first."
)


def _says(question: str) -> str:
    if "Plan which of these agents" in question:
        return PLAN
    return FINAL if "<findings>" in question else FINDING


def _says_slowly(question: str) -> str:
    found = _says(question)
    return found * 300 if found == FINDING else found


def none_yet(page: Page, stage: Stage) -> None:
    close(page)
    stage.behave(is_loaded=True, text=_says)
    go(page, "roadmap")
    _manage(page)


def _manage(page: Page) -> None:
    """On a small page the panel lies over the messages."""
    if not page.get_by_test_id("manage-agents").is_visible():
        page.get_by_test_id("toggle-panel").click()
    page.get_by_test_id("manage-agents").click()
    page.get_by_test_id("add-agent").first.wait_for()


def some(page: Page, stage: Stage) -> None:
    for handle in ("researcher", "critic"):
        page.locator(f'[data-testid="agent-row"][data-handle^="{handle}"]').get_by_test_id("add-agent").click()
        page.locator(f'[data-testid="agent-row"][data-handle^="{handle}"]').get_by_test_id("remove-agent").wait_for()


def form(page: Page, stage: Stage) -> None:
    page.get_by_test_id("new-agent").click()
    page.get_by_test_id("agent-name").fill("Release editor")
    page.get_by_test_id("agent-handle").fill("team")
    page.get_by_test_id("agent-description").fill("Writes for people who update")
    page.get_by_test_id("agent-system").fill("Write as if the reader had five minutes before a maintenance window.")
    page.get_by_test_id("save-agent").click()
    page.get_by_test_id("agent-form").get_by_role("alert").wait_for()


def at_work(page: Page, stage: Stage) -> None:
    close(page)
    go(page, "roadmap")
    stage.behave(is_loaded=True, text=_says_slowly, token_seconds=0.02)
    page.get_by_test_id("composer").fill("@team do we ship on Thursday?")
    page.keyboard.press("Enter")
    page.locator('[data-testid="agent-action"][data-action="started"]').nth(1).wait_for()


def answered(page: Page, stage: Stage) -> None:
    page.get_by_test_id("stop-reply").click()
    page.get_by_text("Stopped before it wrote anything.").wait_for()
    stage.behave(is_loaded=True, text=_says)
    page.get_by_test_id("composer").fill("@team once more, please")
    page.keyboard.press("Enter")
    page.get_by_test_id("message-content").get_by_text("Ship on Thursday, with two additions").wait_for()


def unfolded(page: Page, stage: Stage) -> None:
    page.get_by_test_id("run-toggle").last.click()
    page.locator('[data-action="finding"] summary').last.click()
    page.get_by_test_id("run").last.scroll_into_view_if_needed()


SCENES = (
    Scene("18-agents-none", none_yet),
    Scene("18-agents", some),
    Scene("18-agent-form", form),
    Scene("18-team-at-work", at_work),
    Scene("18-team-answered", answered),
    Scene("18-team-unfolded", unfolded),
)
