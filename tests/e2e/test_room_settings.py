"""An owner sets a room up and takes somebody out of it; a member only reads how it is."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.visitor import Visitor
from tests.running_server import RunningServer

Visit = Callable[[RunningServer, str], Visitor]


def _make_room(owner: Visitor, name: str, members: list[str]) -> str:
    body = {"name": name, "kind": "private", "members": members}
    answer = owner.context.request.post("/api/rooms", data=body, headers={"Origin": owner.server.url})
    assert answer.ok, answer.text()
    return str(answer.json()["room"]["slug"])


def test_settings_are_seen_by_everybody_at_once(visit: Visit, ollama_server: RunningServer) -> None:
    mira = visit(ollama_server, "mira").sign_up()
    ada = visit(ollama_server, "ada").sign_up()
    slug = _make_room(ada, "Planning", ["mira"])
    for visitor in (ada, mira):
        visitor.open_room(slug)

    ada.get("room-settings").click()
    expect(ada.get("kind-private")).to_be_checked()
    ada.get("room-name").fill("Something else")
    ada.page.keyboard.press("Escape")
    ada.get("room-settings").click()
    expect(ada.get("room-name")).to_have_value("Planning")  # Escape kept nothing
    ada.get("room-name").fill("Release 4.2")
    ada.get("room-topic").fill("Ship on Thursday")
    ada.get("policy-always").check()
    ada.get("room-model").select_option("llama3")
    ada.get("room-settings-submit").press("Enter")
    for visitor in (ada, mira):
        expect(visitor.get("room-title")).to_have_text("Release 4.2")
        expect(visitor.get("room-item", room_slug=slug)).to_contain_text("Release 4.2")
    expect(ada.get("room-settings-form")).to_have_count(0)

    mira.say("Is anybody here?")
    expect(mira.reply("llama3")).to_be_visible()
    mira.get("room-settings").press("Enter")
    expect(mira.get("room-facts")).to_contain_text("Ship on Thursday")
    expect(mira.get("room-settings-form")).to_have_count(0)
    expect(mira.get("remove-member")).to_have_count(0)


def test_who_is_taken_out_sees_the_room_no_more(visit: Visit, ollama_server: RunningServer) -> None:
    sam = visit(ollama_server, "sam").sign_up()
    priya = visit(ollama_server, "priya").sign_up()
    slug = _make_room(priya, "Hiring", ["sam"])
    for visitor in (priya, sam):
        visitor.open_room(slug)
    priya.get("room-settings").click()
    priya.get("tab-people").click()
    person = priya.get("room-person", username="sam")
    person.get_by_test_id("remove-member").click()
    person.get_by_test_id("remove-submit").press("Enter")
    expect(person).to_have_count(0)
    expect(sam.get("room-item", room_slug=slug)).to_have_count(0)
    expect(sam.get("room-title")).to_have_text("general")
    expect(sam.get("toast")).to_have_text("priya took you out of #Hiring")

    priya.get("tab-end").click()
    priya.get("settings-leave").click()
    priya.get("leave-submit").click()
    expect(priya.page.get_by_role("alert")).to_contain_text("You are its only owner")  # and so she stays
    priya.page.keyboard.press("Escape")
    expect(priya.get("room-title")).to_have_text("Hiring")
