"""Rooms are made, found, joined, shared and left, and messages handled, by their buttons; two people."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.visitor import Visitor
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.running_server import RunningServer

Visit = Callable[[RunningServer, str], Visitor]


def test_a_room_is_made_found_joined_and_left(visit: Visit, ollama_server: RunningServer) -> None:
    olga, pete = (visit(ollama_server, name).sign_up() for name in ("olga", "pete"))
    olga.get("create-room").click()
    olga.get("create-room-form").get_by_test_id("room-name").fill("Launch")
    olga.get("create-room-submit").click()
    expect(olga.get("room-title")).to_have_text("Launch")
    expect(olga.get("empty-room")).to_contain_text("This is #Launch")

    pete.get("browse-rooms").click()
    pete.get("browse-item", room_slug="launch").get_by_test_id("join-room").click()
    expect(pete.get("room-title")).to_have_text("Launch")
    expect(olga.get("members-panel").get_by_test_id("member")).to_have_count(2)
    pete.get("leave-room").click()
    pete.get("leave-submit").click()
    expect(pete.get("room-list").get_by_test_id("room-item")).to_have_count(1)
    pete.page.goto("/rooms/launch")
    pete.get("join-here").click()
    expect(pete.get("composer")).to_be_visible()
    pete.get("jump").click()
    pete.get("jump-input").fill("gener")
    pete.get("jump-option").first.click()
    expect(pete.get("room-title")).to_have_text("general")

    olga.get("create-room").click()
    olga.get("room-name").fill("Hiring")
    olga.get("kind-private").check()
    olga.get("create-room-submit").click()
    olga.get("invite").click()
    olga.get("invite-username").fill("pete")
    olga.get("invite-submit").click()
    expect(pete.get("room-item", room_slug="hiring")).to_be_visible()


def test_a_suggestion_is_asked_copied_and_answered_anew(
    visit: Visit, ollama_server: RunningServer, ollama: FakeOllama
) -> None:
    rosa = visit(ollama_server, "rosa").sign_up()
    rosa.open_room(rosa.make_room("colours"))
    ollama.behaviour = OllamaBehaviour(text="Red, green, blue.")
    rosa.get("suggestion").first.click()
    expect(rosa.get("composer")).to_have_value("@llama3 Name three colours.")
    rosa.get("send").click()
    expect(rosa.reply("llama3")).to_contain_text("Red, green, blue.")
    rosa.reply("llama3").hover()
    rosa.reply("llama3").get_by_test_id("copy").click()
    expect(rosa.reply("llama3").get_by_role("button", name="Copied")).to_be_visible()
    ollama.behaviour = OllamaBehaviour(text="Ochre, teal, plum.")
    rosa.reply("llama3").get_by_test_id("message-menu").click()
    rosa.get("menu-regenerate").click()
    expect(rosa.reply("llama3")).to_contain_text("Ochre, teal, plum.")


def test_what_was_begun_is_left_by_its_button(visit: Visit, ollama_server: RunningServer) -> None:
    tara = visit(ollama_server, "tara").sign_up()
    tara.open_room(tara.make_room("drafts"))
    tara.say("nearly right")
    row = tara.message("nearly right")
    expect(row).to_have_attribute("data-status", "sent")
    row.hover()
    row.get_by_test_id("message-menu").click()
    tara.get("edit-message").click()
    tara.get("edit-input").fill("something else")
    tara.get("edit-cancel").click()
    expect(row).to_contain_text("nearly right")
    expect(tara.get("composer")).to_be_focused()
    row.hover()
    row.get_by_test_id("reply").click()
    tara.get("reply-cancel").click()
    expect(tara.get("reply-bar")).to_have_count(0)
    tara.get("mention-button").click()
    expect(tara.get("composer")).to_have_value("@")
    expect(tara.get("composer")).to_be_focused()


def test_on_a_phone_the_rooms_come_and_go(visit: Visit, ollama_server: RunningServer) -> None:
    uma = visit(ollama_server, "uma")
    uma.page.set_viewport_size({"width": 390, "height": 844})
    uma.sign_up()
    uma.get("open-drawer").click()
    expect(uma.get("room-list")).to_be_in_viewport()
    uma.get("close-drawer").click()
    expect(uma.get("room-list")).not_to_be_in_viewport()
    uma.get("template-button").click()
    expect(uma.get("trigger-list", sign="/")).to_be_visible()


def test_lists_at_their_signs_are_used_by_the_mouse(visit: Visit, ollama_server: RunningServer) -> None:
    vera, will = (visit(ollama_server, name).sign_up().open_room() for name in ("vera", "will"))
    vera.make_room("Archive of cats")
    field, options = vera.get("composer"), vera.get("trigger-option")
    field.click()
    for typed, chosen in (("@wil", "will"), ("see #arch", "archive-of-cats"), (":tad", ":tada:")):
        vera.page.keyboard.type(typed)
        options.filter(has_text=chosen).click()
        expect(vera.get("trigger-list")).to_have_count(0)
        expect(field).to_be_focused()
    vera.get("send").click()
    expect(will.message("see")).to_contain_text("@will see #archive-of-cats 🎉")
    expect(field).to_be_focused()
    vera.get("template-button").click()
    options.filter(has_text="/translate").click()
    expect(vera.get("template-form", template="translate")).to_be_visible()
    vera.get("template-remove").click()
    expect(vera.get("template-form")).to_have_count(0)


def test_messages_of_one_person_share_a_header_and_tell_their_time(visit: Visit, ollama_server: RunningServer) -> None:
    xena, yann = (visit(ollama_server, name).sign_up() for name in ("xena", "yann"))
    slug = xena.make_room("headers")
    xena.open_room(slug)
    yann.join_room(slug)
    for text in ("first", "second"):
        xena.say(text)
        expect(yann.message(text)).to_be_visible()
    yann.say("third")
    expect(yann.page.get_by_text("Today", exact=True)).to_have_count(1)
    heads = yann.get("message").locator(".who b")
    expect(heads).to_have_text(["xena", "yann"])
    time = yann.message("second").locator("time")
    expect(time).to_have_css("opacity", "0")
    yann.message("second").hover()
    expect(time).to_have_css("opacity", "1")
    assert yann.message("second").locator("time").get_attribute("title")
