"""An admin makes a bot, brings it into a room, and sees what it writes and that a bot did."""

from collections.abc import Callable

import requests
from playwright.sync_api import expect

from tests.e2e.visitor import Visitor
from tests.people import new_key
from tests.running_server import RunningServer

Visit = Callable[[RunningServer, str], Visitor]


def _write(server: RunningServer, key: str, text: str) -> int:
    post = {"room": "general", "content": text, "client_id": new_key()}
    return requests.post(
        f"{server.url}/api/chat/message", json=post, headers={"X-API-Key": key}, timeout=10
    ).status_code


def test_a_bot_is_made_brought_in_and_given_another_key(visit: Visit, ollama_server: RunningServer) -> None:
    ada = visit(ollama_server, "ada").sign_up()
    ada.page.goto("/admin/people")
    ada.get("new-bot").click()
    ada.get("bot-name").fill("Helper")
    ada.get("bot-submit").click()
    key = ada.get("bot-secret").inner_text()
    ada.get("bot-done").click()
    row = ada.get("person-row", username="helper-bot")
    expect(row).to_contain_text("bot")
    assert _write(ollama_server, key, "too early") == 404
    ada.get("admin-back").click()
    ada.open_room()
    ada.get("invite").click()
    ada.get("invite-username").fill("helper-bot")
    ada.get("invite-submit").click()
    expect(ada.get("member", username="helper-bot")).to_contain_text("bot")
    expect(ada.get("members").get_by_role("heading")).to_have_text("Here now1 of 1")
    assert _write(ollama_server, key, "at your service") == 201
    expect(ada.message("at your service")).to_contain_text("bot")
    ada.page.goto("/admin/people")
    row.locator('[data-testid="person-menu"]').click()
    ada.get("person-key").click()
    ada.get("confirm-submit").click()
    expect(ada.get("password-secret")).to_contain_text("rt_")
    assert _write(ollama_server, key, "with the old key") == 401
