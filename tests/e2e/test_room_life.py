"""A room from its second owner to its end, and what each of two people keeps to themselves: muted, unread, begun."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, expect

from tests.e2e.visitor import Visitor
from tests.running_server import RunningServer

Visit = Callable[[RunningServer, str], Visitor]


def _make_room(owner: Visitor, name: str, member: str) -> str:
    body = {"name": name, "kind": "private", "members": [member]}
    answer = owner.context.request.post("/api/rooms", data=body, headers={"Origin": owner.server.url})
    assert answer.ok, answer.text()
    return str(answer.json()["room"]["slug"])


def _settings(visitor: Visitor, tab: str = "") -> None:
    visitor.get("room-settings").click()
    if tab:
        visitor.get(f"tab-{tab}").click()


def _choose(message: Locator, item: str) -> None:
    message.hover()
    message.get_by_test_id("message-menu").click()
    message.page.get_by_test_id(item).click()


def test_a_room_is_handed_on_archived_used_again_and_deleted(visit: Visit, ollama_server: RunningServer) -> None:
    mira = visit(ollama_server, "mira").sign_up()
    ada = visit(ollama_server, "ada").sign_up()
    slug = _make_room(ada, "Launch", "mira")
    for visitor in (ada, mira):
        visitor.open_room(slug)
    ada.say("We have launched.")
    expect(mira.message("We have launched.")).to_be_visible()

    _settings(mira)
    expect(mira.page.get_by_text("ada can change this.")).to_be_visible()
    mira.page.keyboard.press("Escape")
    _settings(ada, "people")
    ada.get("room-person", username="mira").get_by_test_id("member-role").select_option("owner")
    expect(ada.get("room-person", username="mira", role="owner")).to_be_visible()
    ada.get("tab-end").click()
    ada.get("archive-room").click()
    ada.page.keyboard.press("Escape")
    for visitor in (ada, mira):
        expect(visitor.get("archived-bar")).to_be_visible()
        expect(visitor.get("composer")).to_have_count(0)
        expect(visitor.get("archived-list").get_by_test_id("room-item")).to_contain_text("Launch")
    message = mira.message("We have launched.")
    message.hover()
    message.get_by_test_id("message-menu").click()
    expect(mira.get("copy-link")).to_be_visible()
    expect(mira.get("menu-reply")).to_have_count(0)
    mira.page.keyboard.press("Escape")

    mira.get("unarchive").click()
    for visitor in (ada, mira):
        expect(visitor.get("composer")).to_be_visible()
        expect(visitor.get("archived-rooms")).to_have_count(0)

    _settings(mira, "end")
    mira.get("delete-room").click()
    mira.get("delete-room-name").fill("launch")
    expect(mira.get("delete-room-submit")).to_be_disabled()
    mira.get("delete-room-name").fill("Launch")
    mira.page.keyboard.press("Enter")
    expect(ada.get("toast").last).to_have_text("mira deleted #Launch")
    for visitor in (ada, mira):
        expect(visitor.get("room-title")).to_have_text("general")
        expect(visitor.get("room-item", room_slug=slug)).to_have_count(0)


def test_what_is_muted_unread_and_begun_is_in_the_list_of_all_own_tabs(
    visit: Visit, ollama_server: RunningServer
) -> None:
    noor = visit(ollama_server, "noor").sign_up()
    jonas = visit(ollama_server, "jonas").sign_up()
    slug = _make_room(jonas, "Alarms", "noor")
    jonas.open_room(slug)
    noor.open_room(slug)
    second = Visitor(noor.context, ollama_server, "noor")
    second.page.goto("/rooms/general")
    here, there = (tab.get("room-item", room_slug=slug) for tab in (noor, second))
    for text in ("one", "two", "three"):
        jonas.say(text)
        expect(noor.message(text)).to_be_visible()
    expect(there.get_by_test_id("unread-badge")).to_have_count(0)

    _choose(noor.message("two"), "mark-unread")
    expect(noor.get("new-messages-line")).to_be_visible()
    for item in (here, there):
        expect(item.get_by_test_id("unread-badge")).to_contain_text("2")

    noor.get("composer").fill("I am on my way")
    noor.page.keyboard.press("Alt+ArrowDown")
    expect(noor.get("room-title")).to_have_text("general")
    for item in (here, there):
        expect(item.get_by_test_id("draft-mark")).to_be_visible()
    noor.page.keyboard.press("Alt+Shift+ArrowUp")
    expect(noor.get("room-title")).to_have_text("Alarms")
    expect(noor.get("composer")).to_have_value("I am on my way")
    expect(there.get_by_test_id("unread-badge")).to_have_count(0)

    _settings(noor)
    noor.get("mute-room").click()
    for item in (here, there):
        expect(item.get_by_test_id("muted-mark")).to_be_visible()
    noor.page.keyboard.press("Escape")
    noor.open_room("general")
    jonas.say("four")
    expect(there).to_have_attribute("data-unread", "1")
    expect(there.get_by_test_id("unread-badge")).to_have_count(0)
    expect(there).not_to_have_class(re.compile(r"\bunread\b"))
    jonas.say("@noor, and five")
    for item in (here, there):
        expect(item.get_by_test_id("mention-badge")).to_contain_text("1")
    noor.page.reload()
    expect(here.get_by_test_id("muted-mark")).to_be_visible()
    noor.page.keyboard.press("Control+k")
    expect(noor.get("jump-input")).to_be_focused()
    assert second.problems == []
