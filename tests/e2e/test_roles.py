"""Somebody is made a guest while they look at a room, and brought into one."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.visitor import Visitor
from tests.running_server import RunningServer

Visit = Callable[[RunningServer, str], Visitor]


def test_a_guest_sees_only_the_rooms_that_somebody_brings_them_into(visit: Visit, ollama_server: RunningServer) -> None:
    ada = visit(ollama_server, "ada").sign_up().open_room()
    gwen = visit(ollama_server, "gwen").sign_up().open_room()
    ada.page.goto("/admin/people")
    ada.get("person-row", username="gwen").locator('[data-testid="person-menu"]').press("Enter")
    ada.get("person-guest").press("Enter")
    ada.get("confirm-submit").press("Enter")
    expect(ada.get("person-row", username="gwen").locator('[data-testid="person-role"]')).to_have_text("guest")
    expect(gwen.get("room-list")).to_contain_text("You are in no room yet")
    for hidden in ("browse-rooms", "create-room", "composer"):
        expect(gwen.get(hidden)).to_have_count(0)
    ada.get("admin-back").press("Enter")
    ada.get("invite").click()
    ada.get("invite-username").fill("gwen")
    ada.get("invite-submit").click()
    gwen.open_room()
    gwen.say("thank you for having me")
    expect(ada.message("thank you for having me")).to_be_visible()
    expect(gwen.get("invite")).to_have_count(0)
