"""One's own account: another browser is signed out, a key works until it is revoked, the colours stay."""

from collections.abc import Callable

import requests
from playwright.sync_api import expect

from tests.e2e.visitor import Visitor
from tests.people import PASSWORD
from tests.running_server import RunningServer

Visit = Callable[[RunningServer, str], Visitor]


def _open_account(visitor: Visitor, tab: str) -> None:
    visitor.get("account-menu").click()
    visitor.get("open-account").click()
    visitor.get(f"tab-{tab}").click()


def test_another_browser_is_signed_out_from_here(visit: Visit, ollama_server: RunningServer) -> None:
    ada = visit(ollama_server, "ada").sign_up()
    phone = visit(ollama_server, "ada")
    phone.page.goto("/")
    phone.get("username").fill("ada")
    phone.get("password").fill(PASSWORD)
    phone.get("auth-submit").click()
    expect(phone.get("workspace")).to_be_visible()
    _open_account(ada, "sessions")
    expect(ada.get("session-item")).to_have_count(2)
    expect(ada.get("session-item", current="true")).to_contain_text("This browser")
    ada.get("end-session").press("Enter")
    expect(phone.get("auth-form")).to_be_visible()
    expect(ada.get("session-item")).to_have_count(1)
    expect(ada.get("workspace")).to_be_visible()


def test_a_key_is_shown_once_and_works_until_it_is_revoked(visit: Visit, ollama_server: RunningServer) -> None:
    mira = visit(ollama_server, "mira").sign_up()

    def status_with(key: str) -> int:
        headers = {"Authorization": f"Bearer {key}"}
        return requests.get(f"{ollama_server.url}/api/auth/me", headers=headers, timeout=10).status_code

    _open_account(mira, "keys")
    mira.get("key-name").fill("my script")
    mira.page.keyboard.press("Enter")
    secret = mira.get("key-secret").inner_text()
    assert status_with(secret) == 200
    mira.get("copy-key").click()
    expect(mira.get("copy-key")).to_have_text("Copied")
    mira.page.keyboard.press("Escape")
    _open_account(mira, "keys")
    expect(mira.get("key-item", name="my script")).to_contain_text(secret[:6])
    expect(mira.get("key-secret")).to_have_count(0)
    mira.get("revoke-key").click()
    mira.get("revoke-key-sure").click()
    expect(mira.get("key-item")).to_have_count(0)
    assert status_with(secret) == 401


def test_the_colours_are_chosen_by_keyboard_and_kept(visit: Visit, ollama_server: RunningServer) -> None:
    sam = visit(ollama_server, "sam").sign_up()
    sam.get("account-menu").press("Enter")
    sam.get("open-account").press("Enter")
    sam.get("tab-profile").press("ArrowRight")
    sam.get("theme-system").focus()
    sam.page.keyboard.press("ArrowLeft")  # around to the last one
    expect(sam.get("theme-dark")).to_be_checked()
    sam.get("enter-sends").press("Space")
    sam.page.reload()
    expect(sam.page.locator("html")).to_have_attribute("data-theme", "dark")
    sam.open_room().get("composer").press_sequentially("one\ntwo")
    expect(sam.get("message")).to_have_count(0)
