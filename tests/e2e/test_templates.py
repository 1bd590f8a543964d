"""An owner makes a template for a room and everybody there uses it; one's own is nobody else's."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.visitor import Visitor
from tests.running_server import RunningServer

Visit = Callable[[RunningServer, str], Visitor]
BODY = "Write release notes for {{ audience }} from these commits.\n\n{{ content }}"


def _write_template(owner: Visitor) -> None:
    """By the keyboard alone, from the button on."""
    keyboard = owner.page.keyboard
    owner.get("new-template").press("Enter")
    expect(owner.get("template-title")).to_be_focused()
    keyboard.type("Release notes")
    owner.get("template-body").fill(BODY)
    expect(owner.page.get_by_role("alert")).to_contain_text("Line 1: no variable is called “audience”")
    owner.get("add-variable").press("Enter")
    expect(owner.get("variable-name")).to_be_focused()
    keyboard.type("audience")
    owner.get("variable-label").fill("For whom")
    owner.get("variable-required").check()
    owner.get("template-system").fill("You leave out what nobody sees.")
    expect(owner.get("preview-prompt")).to_contain_text("notes for ‹For whom› from")
    expect(owner.get("preview-system")).to_have_text("You leave out what nobody sees.")


def _change_and_bring_back(ada: Visitor) -> None:
    mine = ada.get("template-item", title="Release notes")
    mine.get_by_test_id("edit-template").click()
    ada.get("template-body").fill("Only {{ content }}{% if audience %} for {{ audience }}{% endif %}.")
    ada.get("template-save").click()
    expect(mine).to_contain_text("version 2")
    mine.get_by_test_id("open-versions").click()
    old = ada.get("template-version", version="1")
    old.get_by_test_id("show-version").click()
    expect(ada.get("version-body")).to_have_text(BODY)
    old.get_by_test_id("bring-back").click()
    expect(ada.get("template-version", version="3")).to_contain_text("in use")
    ada.get("versions-back").click()


def _copy_as_member(mira: Visitor) -> None:
    mira.get("room-settings").click()
    mira.get("show-templates").press("Enter")
    theirs = mira.get("template-item", title="Release notes")
    expect(theirs).to_have_attribute("data-scope", "room")
    for act in ("edit-template", "delete-template"):
        expect(theirs.get_by_test_id(act)).to_have_count(0)
    theirs.get_by_test_id("copy-template").press("Enter")
    mira.get("template-save").click()
    expect(mira.get("template-item", title="Release notes (copy)")).to_have_attribute("data-scope", "own")
    mira.page.keyboard.press("Escape")


def test_a_rooms_template_is_made_used_changed_brought_back_and_deleted(
    visit: Visit, ollama_server: RunningServer
) -> None:
    ada = visit(ollama_server, "ada").sign_up()
    mira = visit(ollama_server, "mira").sign_up()
    slug = ada.make_room("Releases", kind="private", members=["mira"])
    for visitor in (ada, mira):
        visitor.open_room(slug)
    mira.get("composer").press("/")
    expect(mira.get("trigger-option").filter(has_text="/translate")).to_contain_text("built in")

    ada.get("room-settings").click()
    ada.get("tab-templates").click()
    expect(ada.get("templates-part")).to_contain_text("This room has no templates yet.")
    _write_template(ada)
    ada.get("template-back").press("Enter")
    ada.page.keyboard.press("Escape")
    ada.get("room-settings").click()
    ada.get("tab-templates").click()
    ada.get("open-unsaved").press("Enter")  # what was written is still there
    expect(ada.get("template-body")).to_have_value(BODY)
    ada.get("template-save").press("Enter")
    mine = ada.get("template-item", title="Release notes")
    expect(mine).to_contain_text("version 1 · ada")
    expect(ada.get("new-template")).to_be_focused()

    offered = mira.get("trigger-option").filter(has_text="/release-notes")
    expect(offered).to_contain_text("this room")  # although the list was open before there was one
    mira.get("composer").press_sequentially("release")
    mira.get("composer").press("Enter")
    expect(mira.get("template-field", name="audience")).to_be_focused()
    mira.get("template-field", name="audience").fill("operators")
    mira.get("template-field", name="audience").press("Enter")
    mira.get("composer").fill("fix the disk alarm")
    mira.get("composer").press("Enter")
    expect(ada.get("template-mark")).to_contain_text("Release notes")
    expect(mira.reply("llama3")).to_be_visible()

    _copy_as_member(mira)
    _change_and_bring_back(ada)
    mine.get_by_test_id("delete-template").click()
    mine.get_by_test_id("delete-template-submit").click()
    expect(mine).to_have_count(0)
    mira.get("composer").fill("")
    mira.get("composer").press_sequentially("/rel")
    expect(mira.get("trigger-option").filter(has_text="/release-notes")).to_have_text([re.compile("copy.*yours")])
    expect(mira.get("template-mark")).to_contain_text("Release notes")


def test_one_makes_a_copy_for_oneself_that_nobody_else_sees(visit: Visit, ollama_server: RunningServer) -> None:
    sam = visit(ollama_server, "sam").sign_up()
    priya = visit(ollama_server, "priya").sign_up()
    for visitor in (sam, priya):
        visitor.open_room()
    sam.get("account-menu").click()
    sam.get("open-account").click()
    sam.get("tab-templates").click()
    built_in = sam.get("template-item", title="Summarize")
    expect(built_in.get_by_test_id("edit-template")).to_have_count(0)
    built_in.get_by_test_id("copy-template").click()
    expect(sam.get("template-title")).to_have_value("Summarize (copy)")
    sam.get("template-title").fill("Summarize for mail")
    sam.get("add-variable").click()
    sam.get("variable-name").last.fill("greeting")
    sam.get("variable-label").last.fill("With a greeting")
    sam.get("variable-type").last.select_option("switch")
    sam.get("template-body").click()
    sam.get("insert-name", name="greeting").click()
    expect(sam.get("template-body")).to_have_value(re.compile(re.escape("{{ greeting }}")))
    sam.get("template-save").click()
    expect(sam.get("template-item", title="Summarize for mail")).to_have_attribute("data-scope", "own")
    sam.page.keyboard.press("Escape")

    for visitor, count in ((sam, 1), (priya, 0)):
        visitor.get("composer").press_sequentially("/")
        expect(visitor.get("trigger-option").filter(has_text="/translate")).to_be_visible()
        expect(visitor.get("trigger-option").filter(has_text="/summarize-for-mail")).to_have_count(count)
    sam.get("composer").press_sequentially("summarize-for")
    expect(sam.get("trigger-option").first).to_contain_text("yours")
    sam.get("composer").press("Tab")
    sam.get("template-field", name="greeting").check()
    sam.get("composer").fill("We have moved the release to Thursday.")
    sam.get("composer").press("Enter")
    sam.get("template-mark").click()
    expect(sam.get("template-facts")).to_contain_text("With a greeting")
    expect(priya.get("template-mark")).to_contain_text("Summarize for mail")
