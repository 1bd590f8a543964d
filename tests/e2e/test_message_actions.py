"""What can be done with a message: react, reply, edit, pin, copy its link, delete; by mouse, keyboard and touch."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e.visitor import Visitor
from tests.running_server import LIMITS, RunningServer

Visit = Callable[[RunningServer, str], Visitor]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with RunningServer(tmp_path_factory.mktemp("data"), **LIMITS) as running:
        yield running


def _open_menu(visitor: Visitor, text: str) -> Locator:
    row = visitor.message(text)
    row.hover()
    row.get_by_test_id("message-menu").click()
    expect(visitor.get("copy-link")).to_be_visible()
    return row


def test_reactions_are_toggled_by_everybody_and_say_whose_they_are(visit: Visit, server: RunningServer) -> None:
    ada, mira = (visit(server, name).sign_up().open_room() for name in ("ada", "mira"))
    ada.say("shall we ship on Thursday?")
    mira.message("ship on Thursday").hover()
    mira.message("ship on Thursday").get_by_test_id("react").click()
    mira.get("emoji-input").fill("rock")
    mira.page.keyboard.press("Enter")
    theirs = ada.message("ship on Thursday").get_by_test_id("reaction")
    expect(theirs).to_have_text("🚀 1")
    expect(theirs).to_have_attribute("aria-label", "🚀 1: mira")
    expect(theirs).to_have_attribute("aria-pressed", "false")
    theirs.click()
    expect(theirs).to_have_attribute("aria-pressed", "true")
    expect(mira.message("ship on Thursday").get_by_test_id("reaction")).to_have_attribute(
        "aria-label", "🚀 2: You and ada"
    )
    _open_menu(ada, "ship on Thursday")
    ada.page.keyboard.press("ArrowDown")
    ada.page.keyboard.press("Enter")
    expect(mira.message("ship on Thursday").get_by_test_id("reaction")).to_have_text(["🚀 2", "👍 1"])
    theirs.first.click()
    expect(mira.message("ship on Thursday").get_by_test_id("reaction")).to_have_text(["🚀 1", "👍 1"])


def test_the_last_own_message_is_edited_with_the_arrow_key(visit: Visit, server: RunningServer) -> None:
    noor, omar = (visit(server, name).sign_up().open_room() for name in ("noor", "omar"))
    noor.say("the tset is green")
    expect(noor.message("the tset is green")).to_have_attribute("data-status", "sent")
    noor.page.keyboard.press("ArrowUp")
    expect(noor.get("edit-input")).to_be_focused()
    noor.page.keyboard.press("Escape")
    expect(noor.get("edit-field")).to_have_count(0)
    expect(noor.get("composer")).to_be_focused()
    noor.page.keyboard.press("ArrowUp")
    noor.get("edit-input").fill("the test is green")
    noor.page.keyboard.press("Enter")
    for visitor in (noor, omar):
        expect(visitor.message("the test is green")).to_contain_text("(edited)")
    expect(noor.get("composer")).to_be_focused()
    _open_menu(omar, "the test is green")
    for word in ("edit-message", "delete-message"):
        expect(omar.get(word)).to_have_count(0)


def test_a_reply_quotes_and_esc_replies_to_nothing(visit: Visit, server: RunningServer) -> None:
    lea, theo = (visit(server, name).sign_up().open_room() for name in ("lea", "theo"))
    lea.say("who takes the release notes?")
    theo.message("who takes the release notes?").hover()
    theo.message("who takes the release notes?").get_by_test_id("reply").click()
    expect(theo.get("reply-bar")).to_contain_text("lea who takes the release notes?")
    expect(theo.get("composer")).to_be_focused()
    theo.page.keyboard.press("Escape")
    expect(theo.get("reply-bar")).to_have_count(0)
    _open_menu(theo, "who takes the release notes?")
    theo.get("menu-reply").click()
    expect(theo.get("composer")).to_be_focused()
    theo.say("I do, by noon")
    for visitor in (lea, theo):
        expect(visitor.message("I do, by noon").get_by_test_id("quote")).to_contain_text("lea")
    expect(theo.get("reply-bar")).to_have_count(0)
    theo.say("and the tag")
    expect(lea.message("and the tag").get_by_test_id("quote")).to_have_count(0)


def test_a_message_is_deleted_after_a_question_and_for_everybody(visit: Visit, server: RunningServer) -> None:
    sam, kim = (visit(server, name).sign_up().open_room() for name in ("sam", "kim"))
    sam.say("my password is hunter2")
    expect(kim.message("hunter2")).to_be_visible()
    _open_menu(sam, "hunter2")
    sam.get("delete-message").click()
    sam.page.keyboard.press("Escape")
    expect(sam.get("delete-submit")).to_have_count(0)
    row = _open_menu(sam, "hunter2")
    number = row.get_attribute("data-seq")
    sam.get("delete-message").click()
    sam.get("delete-submit").click()
    for visitor in (sam, kim):
        expect(visitor.get("message", seq=str(number)).get_by_test_id("message-deleted")).to_be_visible()
        expect(visitor.message("hunter2")).to_have_count(0)


def test_on_a_phone_everything_is_in_the_menu(browser: Browser, server: RunningServer, tmp_path: Path) -> None:
    context = browser.new_context(
        base_url=server.url, viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True
    )
    with context:
        ines = Visitor(context, server, "ines").sign_up()
        ines.say("from the train")
        row = ines.message("from the train")
        expect(row).to_have_attribute("data-status", "sent")
        expect(row.get_by_test_id("react")).not_to_be_visible()
        row.get_by_test_id("message-menu").tap()
        for word in (
            "quick-emoji",
            "menu-react",
            "menu-reply",
            "menu-copy",
            "copy-link",
            "pin-message",
            "delete-message",
        ):
            expect(ines.get(word).first).to_be_in_viewport()
        ines.get("menu-react").tap()
        ines.get("emoji-option").first.tap()
        expect(row.get_by_test_id("reaction")).to_have_text("👍 1")
        assert ines.page.evaluate("document.documentElement.scrollWidth") == 320
        assert ines.problems == []
