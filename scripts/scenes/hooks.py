"""Webhooks of a room, as an owner makes them and looks after them."""

import requests
from playwright.sync_api import Page

from scripts.scenes.scene import Scene, close, go
from scripts.scenes.stage import NOBODY, Stage

_IS_FAILING = """async () => {
    const {hooks} = await (await fetch("/api/rooms/roadmap/outgoing-hooks")).json();
    return hooks[0].last_error;
}"""


def _open(page: Page) -> None:
    close(page)
    go(page, "roadmap")
    page.get_by_test_id("room-settings").click()
    page.get_by_test_id("tab-hooks").click()
    page.get_by_test_id("create-outgoing").wait_for()


def none(page: Page, stage: Stage) -> None:
    _open(page)


def made(page: Page, stage: Stage) -> None:
    page.get_by_test_id("hook-name").fill("Build server")
    page.get_by_test_id("create-hook").click()
    page.get_by_test_id("hook-item").wait_for()
    address = page.get_by_test_id("hook-secret").inner_text()
    for text in ("Build 513 is **green**", "Build 514 is **red**: `test_importer` fails"):
        requests.post(address, json={"text": text, "username": "CI"}, timeout=10)


def refused(page: Page, stage: Stage) -> None:
    page.get_by_test_id("hook-done").click()
    page.get_by_test_id("outgoing-name").fill("Archive")
    page.get_by_test_id("outgoing-url").fill("http://10.0.0.7/messages")
    page.get_by_test_id("create-outgoing").click()
    page.get_by_text("This server does not call").scroll_into_view_if_needed()


def key(page: Page, stage: Stage) -> None:
    page.get_by_test_id("outgoing-url").fill(f"http://{NOBODY}/messages")
    page.get_by_test_id("create-outgoing").click()
    page.get_by_test_id("outgoing-secret").scroll_into_view_if_needed()


def failing(page: Page, stage: Stage) -> None:
    """Nobody is at that address."""
    stage.ada.send("Let us look at both on Monday.", "roadmap")
    page.wait_for_function(_IS_FAILING)
    _open(page)
    page.get_by_text("not arriving").scroll_into_view_if_needed()


def deleting(page: Page, stage: Stage) -> None:
    page.get_by_test_id("remove-outgoing").click()
    page.get_by_test_id("remove-outgoing-sure").wait_for()


def bot(page: Page, stage: Stage) -> None:
    close(page)
    go(page, "roadmap")
    page.get_by_text("Build 514").wait_for()


SCENES = (
    Scene("17-hooks-none", none),
    Scene("17-hooks-made", made),
    Scene("17-hooks-refused", refused),
    Scene("17-hooks-key", key),
    Scene("17-hooks-failing", failing),
    Scene("17-hooks-deleting", deleting),
    Scene("17-hooks-bot", bot),
)
