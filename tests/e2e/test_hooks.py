"""An owner makes an address for a program, sees what is posted there, and takes it back."""

from collections.abc import Callable

import requests
from playwright.sync_api import expect

from tests.e2e.visitor import Visitor
from tests.running_server import RunningServer

Visit = Callable[[RunningServer, str], Visitor]


def test_a_webhook_is_made_used_and_deleted(visit: Visit, ollama_server: RunningServer) -> None:
    hana = visit(ollama_server, "hana").sign_up()
    slug = hana.make_room("builds")
    hana.page.reload()
    hana.open_room(slug)
    hana.get("room-settings").click()
    hana.get("tab-hooks").click()
    hana.get("hook-name").fill("Build server")
    hana.get("create-hook").click()
    address = hana.get("hook-secret").inner_text()
    assert requests.post(address, json={"text": "Build 7 is **green**", "username": "CI"}, timeout=10).ok
    hana.get("hook-done").click()
    expect(hana.get("hook-secret")).to_have_count(0)
    expect(hana.get("hook-item", name="Build server")).to_contain_text("@build-server-bot")
    hana.page.keyboard.press("Escape")
    expect(hana.message("Build 7 is green")).to_contain_text("bot")
    expect(hana.get("member", username="build-server-bot")).to_contain_text("bot")

    hana.get("room-settings").click()
    hana.get("tab-hooks").click()
    hana.get("remove-hook").click()
    hana.get("hook-remove-submit").click()
    expect(hana.get("hook-item")).to_have_count(0)
    assert requests.post(address, json={"text": "still there?"}, timeout=10).status_code == 404
