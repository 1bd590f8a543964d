"""Two people talk by themselves: begun at a member or in the jump dialog, listed with the other's name and presence."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.visitor import Visitor
from tests.running_server import RunningServer

Visit = Callable[[RunningServer, str], Visitor]


def test_a_conversation_begins_at_a_member_and_shows_who_is_here(visit: Visit, ollama_server: RunningServer) -> None:
    mira, ada = (visit(ollama_server, name).sign_up().open_room() for name in ("mira", "ada"))
    person = ada.get("member", username="mira")
    person.hover()
    person.get_by_test_id("message-member").click()
    expect(ada.get("room-title")).to_contain_text("mira")
    expect(ada.get("direct-list").get_by_test_id("room-item")).to_have_text(re.compile("mira"))
    ada.say("Only for you.")
    theirs = mira.get("direct-list").get_by_test_id("room-item")
    expect(theirs).to_contain_text("ada")
    expect(theirs.get_by_test_id("unread-badge")).to_contain_text("1")
    theirs.click()
    expect(mira.message("Only for you.")).to_be_visible()
    mark = ada.get("direct-list").get_by_test_id("direct-presence")
    expect(mark).to_have_attribute("data-presence", "online")
    mira.page.close()
    expect(mark).to_have_attribute("data-presence", "offline")
    ada.page.reload()
    expect(mark).to_have_attribute("data-presence", "offline")


def test_the_jump_dialog_finds_people_and_rooms_by_a_few_letters(visit: Visit, ollama_server: RunningServer) -> None:
    visit(ollama_server, "jonas").sign_up()
    sam = visit(ollama_server, "sam").sign_up().open_room()
    sam.page.keyboard.press("Control+k")
    sam.get("jump-input").fill("jns")
    expect(sam.get("jump-option", kind="person")).to_contain_text("@jonas")
    sam.page.keyboard.press("Enter")
    expect(sam.get("room-title")).to_contain_text("jonas")
    sam.page.keyboard.press("Control+k")
    sam.get("jump-input").fill("gnrl")
    sam.page.keyboard.press("Enter")
    expect(sam.get("room-title")).to_have_text("general")
    sam.page.keyboard.press("Control+k")
    sam.get("jump-input").fill("jonas")
    expect(sam.get("jump-option")).to_have_count(1)  # not once more as the room with him
    sam.page.keyboard.press("Escape")
    sam.get("start-direct").click()
    sam.get("jump-option").filter(has_text="jonas").click()
    expect(sam.get("room-title")).to_contain_text("jonas")
    expect(sam.get("direct-list").get_by_test_id("room-item")).to_have_count(1)
