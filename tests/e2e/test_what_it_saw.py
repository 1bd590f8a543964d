"""What a model was given to read, shown to everybody in the room; and an answer from the cache, asked again past it."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.visitor import Visitor
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import Person
from tests.running_server import RunningServer

Visit = Callable[[RunningServer, str], Visitor]


def test_what_it_saw_leads_to_each_message_and_forgets_a_deleted_one(
    visit: Visit, ollama_server: RunningServer, ollama: FakeOllama
) -> None:
    ollama.behaviour = OllamaBehaviour(text="The word is elm.")
    ada, mira = visit(ollama_server, "ada").sign_up(), visit(ollama_server, "mira").sign_up()
    room = ada.context.request.post("/api/rooms", data={"name": "woods"}).json()["room"]
    mira.context.request.post(f"/api/rooms/{room['id']}/join")
    for visitor in (ada, mira):
        visitor.open_room("woods")
    mira.say("The word is elm.")
    mira.say("Never mind.")
    expect(ada.message("Never mind.")).to_be_visible()
    ada.say("@llama3 what is the word?")
    ada.reply("llama3").get_by_test_id("what-it-saw").click()
    dialog = ada.page.get_by_role("dialog", name="What llama3:latest saw")
    expect(dialog.get_by_test_id("context-read")).to_contain_text("3 messages and the instructions")
    expect(dialog.get_by_test_id("context-system")).to_contain_text("“woods”")
    first = dialog.get_by_test_id("context-message").first
    expect(first).to_contain_text("The word is elm.")
    first.get_by_role("button").click()
    expect(dialog).to_have_count(0)
    expect(ada.page.locator('[data-testid="message"][data-target="true"]')).to_contain_text("The word is elm.")
    elm = next(m for m in mira.history("woods") if m["author"]["handle"] == "mira")
    mira.context.request.delete(f"/api/chat/message/{elm['id']}")
    ada.reply("llama3").get_by_test_id("what-it-saw").focus()
    ada.page.keyboard.press("Enter")
    expect(dialog.get_by_test_id("context-message").first).to_have_attribute("data-deleted", "true")
    expect(dialog).not_to_contain_text("The word is elm.")
    ada.page.keyboard.press("Escape")
    expect(ada.reply("llama3").get_by_test_id("what-it-saw")).to_be_focused()


def test_a_cached_answer_says_so_and_is_asked_again_past_the_cache(
    visit: Visit, ollama_server: RunningServer, ollama: FakeOllama
) -> None:
    ollama.behaviour = OllamaBehaviour(text="Blue.")
    ada = visit(ollama_server, "gil").sign_up()
    ada.context.request.post("/api/rooms", data={"name": "colours"})
    ada.page.reload()
    ada.open_room("colours").say("@llama3 name a colour")
    reply = ada.reply("llama3")
    expect(reply.get_by_test_id("reply-details")).to_be_visible()
    expect(reply.get_by_test_id("ask-again")).to_have_count(0)
    ollama.behaviour.text = "Red."
    answer = next(m for m in ada.history("colours") if m["llm"])
    program = Person(ollama_server.url, "gil").sign_in().connect()
    assert program.call("regenerate", {"message": answer["id"], "bypass_cache": False})["ok"]
    program.disconnect()
    expect(reply).to_contain_text("cached just now")
    reply.get_by_test_id("reply-details").click()
    expect(ada.page.get_by_label("About this reply")).to_contain_text("Cached since")
    ada.page.keyboard.press("Escape")
    reply.get_by_test_id("ask-again").click()
    expect(reply.get_by_test_id("message-content")).to_have_text("Red.")
    expect(reply.get_by_test_id("ask-again")).to_have_count(0)
