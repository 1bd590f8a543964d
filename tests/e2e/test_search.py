"""Searching messages: two people, one of them with the keyboard alone."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, expect

from tests.e2e.visitor import Visitor
from tests.running_server import RunningServer


def test_what_somebody_said_is_found_and_shown_in_its_place(
    visit: Callable[[RunningServer, str], Visitor], ollama_server: RunningServer
) -> None:
    ada, mira = (visit(ollama_server, name).sign_up() for name in ("ada", "mira"))
    for person in (ada, mira):
        person.open_room()
    mira.say("The walrus <b>sleeps</b> on the ice")
    expect(ada.message("The walrus")).to_be_visible()
    for number in range(30):
        mira.say(f"and walrus number {number}")
    expect(ada.message("number 29")).to_be_visible()

    # From the composer, by keys alone.
    ada.get("composer").focus()
    ada.page.keyboard.press("Control+Shift+F")
    expect(ada.get("search-input")).to_be_focused()
    ada.page.keyboard.type("walrus")
    expect(ada.get("search-hit")).to_have_count(20)
    expect(ada.get("search-outcome")).to_have_text("20 or more messages, the newest first")
    expect(ada.get("hit-text").first.locator("mark")).to_have_text("walrus")
    expect(ada.get("search-hit").first).to_contain_text("number 29")
    for _ in range(19):
        ada.page.keyboard.press("ArrowDown")
    expect(ada.get("search-hit")).to_have_count(31)  # the end asks for more
    expect(ada.get("search-outcome")).to_have_text("31 messages, the newest first")
    ada.page.keyboard.press("Control+a")
    ada.page.keyboard.type('"walrus sleeps" from:mira')
    expect(ada.get("search-nothing")).to_contain_text("Nothing found in #general")  # <b> stands between the words
    ada.page.keyboard.press("Control+a")
    ada.page.keyboard.type("sle* walrus")
    expect(ada.get("search-hit")).to_have_count(1)
    expect(ada.get("hit-text")).to_have_text("The walrus <b>sleeps</b> on the ice")  # as it was written, no markup
    ada.page.keyboard.press("Enter")
    expect(ada.get("search-input")).to_have_count(0)
    shown = ada.get("message", target="true")
    expect(shown).to_contain_text("The walrus")
    expect(shown).to_be_focused()

    # What was deleted is gone from the next search, which begins with the last one.
    mira.get("message-list").press("Home")
    said = mira.history()[0]
    assert mira.context.request.delete(f"/api/chat/message/{said['id']}", headers={"Origin": ollama_server.url}).ok
    ada.get("search-button").click()
    expect(ada.get("search-input")).to_have_value("sle* walrus")
    expect(ada.get("search-nothing")).to_be_visible()


def test_a_search_goes_from_this_room_to_everywhere_and_into_another_room(
    visit: Callable[[RunningServer, str], Visitor], ollama_server: RunningServer
) -> None:
    nils = visit(ollama_server, "nils").sign_up()
    room = nils.context.request.post(
        "/api/rooms", data={"name": "Archive", "kind": "private"}, headers={"Origin": ollama_server.url}
    ).json()["room"]
    expect(nils.get("room-item", room_slug="archive")).to_be_visible()
    nils.open_room("archive")
    nils.say("the narwhal is kept here")
    expect(nils.message("narwhal")).to_have_attribute("data-status", "sent")
    nils.open_room()
    nils.get("search-button").click()
    expect(nils.get("search-input")).to_be_focused()
    nils.page.keyboard.type("narwhal has:c")
    expect(nils.get("search-error", code="invalid_input")).to_contain_text("code, link, reaction or pin")
    nils.page.keyboard.press("Control+a")
    nils.page.keyboard.type("narwhal")
    nils.get("search-widen").click()
    expect(nils.get("search-hit")).to_have_count(1)
    expect(nils.get("search-room")).to_contain_text("Archive")
    nils.get("search-hint", hint="has:code").click()
    expect(nils.get("search-input")).to_have_value("narwhal has:code")
    expect(nils.get("search-nothing")).to_be_visible()
    expect(nils.get("search-input")).to_be_focused()
    nils.page.keyboard.press("Control+a")
    nils.page.keyboard.type("narwhal")
    nils.get("search-hit").click()
    expect(nils.page).to_have_url(re.compile("/rooms/archive"))
    expect(nils.get("message", target="true")).to_contain_text("narwhal")

    # Somebody else finds nothing of it.
    eve = visit(ollama_server, "eve").sign_up().open_room()
    eve.page.keyboard.press("Control+Shift+F")
    eve.get("search-everywhere").click()
    eve.page.keyboard.type("narwhal")
    expect(eve.get("search-nothing")).to_contain_text("Nothing found in your rooms")
    eve.page.keyboard.press("Control+a")
    eve.page.keyboard.type(f"narwhal in:{room['slug']}")
    expect(eve.get("search-error", code="not_found")).to_contain_text("no such room")
    eve.page.keyboard.press("Escape")
    eve.page.keyboard.press("Escape")
    expect(eve.get("search-input")).to_have_count(0)


def test_a_search_by_meaning_finds_what_was_said_in_other_words(
    visit: Callable[[RunningServer, str], Visitor], meaning_server: RunningServer
) -> None:
    ada, mira = (visit(meaning_server, name).sign_up().open_room() for name in ("ada", "mira"))
    mira.say("The certificate of the web site expires on Friday.")
    mira.say("The plants need water.")
    expect(ada.message("The plants")).to_be_visible()

    # From words, by which nothing is found, to meaning, by keys alone.
    ada.page.keyboard.press("Control+Shift+F")
    expect(ada.get("search-input")).to_be_focused()
    ada.page.keyboard.type("SSL runs out")
    expect(ada.get("search-nothing")).to_contain_text("Nothing found in #general")
    ada.get("search-by-meaning").click()
    expect(ada.get("search-way", way="hybrid")).to_have_attribute("aria-pressed", "true")
    ada.get("search-way", way="text").focus()
    ada.page.keyboard.press("Tab")
    ada.page.keyboard.press("Enter")
    expect(ada.get("search-way", way="semantic")).to_have_attribute("aria-pressed", "true")
    expect(ada.get("search-input")).to_be_focused()
    expect(_until_read(ada)).to_contain_text("certificate")
    ada.page.keyboard.press("Control+a")
    ada.page.keyboard.type("certificate")
    ada.get("search-way", way="hybrid").click()
    expect(ada.get("hit-why").first).to_have_text("by both")
    expect(ada.get("hit-text").first.locator("mark")).to_have_text("certificate")
    ada.page.keyboard.press("Enter")
    expect(ada.get("message", target="true")).to_contain_text("certificate")

    # The way is remembered, and nobody else is told anything by it.
    ada.page.reload()
    ada.get("composer").focus()
    ada.page.keyboard.press("Control+Shift+F")
    expect(ada.get("search-input")).to_be_focused()
    expect(ada.get("search-way", way="hybrid")).to_have_attribute("aria-pressed", "true")
    mira.page.keyboard.press("Control+Shift+F")
    expect(mira.get("search-input")).to_be_focused()
    expect(mira.get("search-way", way="text")).to_have_attribute("aria-pressed", "true")


def _until_read(person: Visitor) -> Locator:
    """The first hit, when the messages have been read: which takes a moment, and the page asks but once."""
    first = person.get("search-hit").first
    for number in range(60):
        if first.is_visible():
            break
        person.get("search-input").fill(f"SSL runs out{' ' * number}?")
        person.page.wait_for_timeout(500)
    return first


def test_a_server_without_a_model_for_meaning_says_that_it_searched_for_words(
    visit: Callable[[RunningServer, str], Visitor], ollama_server: RunningServer
) -> None:
    una = visit(ollama_server, "una").sign_up().open_room()
    una.say("the narwhal swims")
    una.page.keyboard.press("Control+Shift+F")
    expect(una.get("search-input")).to_be_focused()
    una.get("search-way", way="semantic").click()
    expect(una.get("search-input")).to_be_focused()
    una.page.keyboard.type("narwhal swims")
    expect(una.get("search-hit")).to_have_count(1)
    expect(una.get("search-meaning", state="off")).to_contain_text("EMBEDDING_MODEL")
