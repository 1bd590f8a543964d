"""What models remember of a room: written by its model, changed by an owner, and seen by everybody at once."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.visitor import Visitor
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import Person, new_key
from tests.running_server import RunningServer

Visit = Callable[[RunningServer, str], Visitor]
MADE = "They want to ship on Thursday."


def _edit(owner: Visitor) -> None:
    """The panel is closed in the middle of it."""
    owner.get("memory-edit").press("Enter")
    expect(owner.get("memory-text")).to_have_value(MADE)
    owner.get("memory-text").fill("Ship on Friday.")
    owner.page.keyboard.press("Escape")
    expect(owner.get("memory-part")).to_have_count(0)
    owner.get("room-settings").click()
    owner.get("tab-memory").click()
    expect(owner.get("memory-note")).to_have_text(MADE)
    owner.get("open-unsaved").press("Enter")
    expect(owner.get("memory-text")).to_have_value("Ship on Friday.")
    owner.get("memory-save").press("Enter")
    expect(owner.get("memory-note")).to_have_text("Ship on Friday.")
    expect(owner.get("memory-edit")).to_be_focused()


def test_a_note_is_made_seen_edited_switched_off_and_in_doubt_when_a_message_goes(
    visit: Visit, ollama_server: RunningServer, ollama: FakeOllama
) -> None:
    ollama.behaviour = OllamaBehaviour(text=MADE)
    ada, mira = visit(ollama_server, "ada").sign_up(), visit(ollama_server, "mira").sign_up()
    slug = ada.make_room("Long talk", kind="private", members=["mira"])
    program = Person(ollama_server.url, "mira").sign_in()
    sent = [
        program.post("/api/chat/message", room=slug, content=f"remark {number}", client_id=new_key()).json()["message"]
        for number in range(55)
    ]
    for visitor in (ada, mira):
        visitor.open_room(slug)
    mira.get("room-settings").click()
    mira.get("show-memory").press("Enter")
    expect(mira.get("memory-empty")).to_contain_text("There is no note yet.")
    expect(mira.get("memory-now")).to_contain_text("the newest 50 messages")
    expect(mira.get("memory-edit")).to_have_count(0)

    ada.say("@llama3 when do we ship?")
    expect(mira.get("memory-note")).to_have_text(MADE)  # although the page was open before there was one
    expect(mira.get("memory-part")).to_contain_text("llama3")

    ada.get("room-settings").click()
    ada.get("tab-memory").click()
    _edit(ada)
    expect(mira.get("memory-note")).to_have_text("Ship on Friday.")

    assert program.request("DELETE", f"/api/chat/message/{sent[3]['id']}").ok
    for visitor in (ada, mira):
        expect(visitor.get("memory-doubtful")).to_contain_text("was edited or deleted")

    ada.page.keyboard.press("Escape")
    ada.say("@llama3 and when now?")
    expect(ada.page.locator('[data-testid="message"][data-author="llama3"]')).to_have_count(2)
    ada.reply("llama3").get_by_test_id("what-it-saw").click()
    expect(ada.get("context-note")).to_contain_text("The room’s note (version")
    ada.page.keyboard.press("Escape")

    ada.get("room-settings").click()
    ada.get("tab-memory").click()
    ada.get("memory-switch").press("Space")
    expect(ada.get("memory-switch")).not_to_be_checked()
    ada.get("memory-clear").click()
    expect(ada.get("memory-empty")).to_contain_text("none is written while this is off")
    expect(mira.get("memory-empty")).to_be_visible()
