"""The admin's page: somebody is sent away while they look at a room, and comes back with another password."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.visitor import Visitor
from tests.fakes.ollama import FakeOllama
from tests.people import PASSWORD
from tests.running_server import LIMITS, RunningServer

Visit = Callable[[RunningServer, str], Visitor]


def _act(admin: Visitor, username: str, act: str) -> None:
    """By keyboard, from the row's menu to the answer of the dialog."""
    admin.get("person-row", username=username).locator('[data-testid="person-menu"]').press("Enter")
    admin.get(f"person-{act}").press("Enter")
    admin.get("confirm-submit").press("Enter")


def _sign_in(visitor: Visitor, password: str) -> None:
    visitor.get("username").fill(visitor.name)
    visitor.get("password").fill(password)
    visitor.get("auth-submit").click()


def test_an_admin_sends_somebody_away_who_is_connected_and_lets_them_in_again(
    visit: Visit, ollama_server: RunningServer
) -> None:
    ada = visit(ollama_server, "ada").sign_up().open_room()
    mira = visit(ollama_server, "mira").sign_up().open_room()
    mira.say("good morning")
    expect(ada.message("good morning")).to_be_visible()
    ada.get("account-menu").press("Enter")
    ada.get("open-admin").press("Enter")
    expect(ada.page).to_have_url(re.compile("/admin/people$"))
    expect(ada.get("person-row", username="mira")).to_contain_text("1 session")

    _act(ada, "mira", "deactivate")
    expect(mira.get("auth-form")).to_be_visible()
    expect(mira.get("session-ended")).to_contain_text("deactivated by an admin")
    expect(ada.get("person-row", username="mira", gone="true")).to_be_visible()
    _sign_in(mira, PASSWORD)
    expect(mira.get("auth-error")).to_be_visible()

    _act(ada, "mira", "reactivate")
    expect(ada.get("person-row", username="mira", gone="false")).to_be_visible()
    _act(ada, "mira", "password")
    given = ada.get("password-secret").inner_text()
    ada.get("password-handed").press("Enter")
    _sign_in(mira, given)
    mira.get("own-password").fill("a password of my own")
    mira.get("own-password-submit").click()
    expect(mira.get("workspace")).to_be_visible()
    expect(mira.message("good morning")).to_be_visible()

    ada.get("admin-audit").press("Enter")
    for action in ("password_changed", "password_reset", "reactivated", "sign_in_failed", "deactivated"):
        expect(ada.get("audit-row", action=action).first).to_be_visible()
    ada.get("audit-person").fill("mira")
    ada.get("audit-action").select_option("deactivated")
    expect(ada.get("audit-row")).to_have_count(1)
    expect(ada.get("audit-row")).to_contain_text("ada deactivated @mira")
    expect(ada.get("audit-row")).to_contain_text("127.0.0.1")
    ada.page.go_back()
    expect(ada.get("admin-part", part="people")).to_be_visible()
    ada.get("admin-back").press("Enter")
    expect(ada.message("good morning")).to_be_visible()
    expect(ada.page).to_have_url(re.compile("/rooms/general$"))
    ada.page.goto("/admin/cache")
    ada.get("empty-cache").press("Enter")
    ada.page.get_by_role("button", name="Empty it").press("Enter")
    expect(ada.get("toast")).to_contain_text("The cache is empty")
    ada.get("admin-backends").press("Enter")
    ada.get("to-models").press("Enter")
    expect(ada.get("models-panel")).to_be_visible()


def test_another_name_is_seen_at_once_on_what_was_said_before(visit: Visit, ollama_server: RunningServer) -> None:
    sam, noor = (visit(ollama_server, name).sign_up().open_room() for name in ("sam", "noor"))
    sam.say("who am I?")
    expect(noor.message("who am I?")).to_be_visible()
    sam.get("account-menu").press("Enter")
    sam.get("open-account").press("Enter")
    sam.get("profile-name").fill("Samira")
    sam.page.keyboard.press("Enter")
    expect(noor.get("message").filter(has_text="Samira").filter(has_text="who am I?")).to_be_visible()
    expect(sam.get("account-me")).to_contain_text("Samira")
    phone = visit(ollama_server, "sam")
    phone.page.goto("/")
    _sign_in(phone, PASSWORD)
    expect(phone.get("workspace")).to_be_visible()
    sam.get("current-password").fill(PASSWORD)
    sam.get("new-password").fill("another good password")
    sam.get("password-save").click()
    expect(sam.get("password-done")).to_contain_text("One other sign-in was ended")
    expect(phone.get("session-ended")).to_contain_text("password was changed")
    expect(sam.get("workspace")).to_be_visible()


def test_a_member_finds_nothing_at_the_address_of_the_admins(visit: Visit, ollama_server: RunningServer) -> None:
    lea = visit(ollama_server, "lea").sign_up()
    lea.get("account-menu").press("Enter")
    expect(lea.get("open-account")).to_be_visible()
    expect(lea.get("open-admin")).to_have_count(0)
    lea.page.goto("/admin/people")
    expect(lea.get("not-admin")).to_contain_text("for admins")
    lea.page.get_by_role("button", name="Back to the rooms").press("Enter")
    expect(lea.get("workspace")).to_be_visible()


def test_an_agent_of_the_server_is_made_switched_off_and_deleted_for_all_rooms(
    visit: Visit, ollama: FakeOllama, tmp_path: Path
) -> None:
    with RunningServer(tmp_path, OLLAMA_BASE_URL=ollama.url, **LIMITS) as server:
        ada, kim = (visit(server, name).sign_up() for name in ("ada", "kim"))
        kim.open_room(kim.make_room("Proofs"))
        _look_after_an_agent(ada, kim)


def _look_after_an_agent(ada: Visitor, kim: Visitor) -> None:
    """Ada as the admin, Kim as the owner of a room."""
    ada.page.goto("/admin/agents")
    ada.get("new-server-agent").press("Enter")
    ada.get("agent-name").fill("Proof reader")
    ada.get("agent-handle").fill("proof")
    ada.get("agent-template").select_option("review")
    ada.get("save-agent").press("Enter")
    row = ada.get("server-agent", handle="proof")
    expect(row).to_contain_text("Proof reader")
    kim.get("manage-agents").click()
    kim.get("agent-row", handle="proof").get_by_test_id("add-agent").click()
    kim.page.keyboard.press("Escape")
    expect(kim.get("agent", handle="proof")).to_be_visible()

    row.get_by_test_id("agent-menu").press("Enter")
    ada.get("agent-edit").press("Enter")
    expect(ada.get("agent-template")).to_have_value("review")
    ada.get("agent-description").fill("Finds what is misspelt")
    ada.get("save-agent").press("Enter")
    expect(row).to_contain_text("Finds what is misspelt")
    row.get_by_test_id("agent-menu").press("Enter")
    ada.get("agent-off").press("Enter")
    expect(kim.get("agent", handle="proof")).to_contain_text("switched off")
    kim.say("@proof are you there?")
    expect(kim.page.get_by_text("@proof is switched off.")).to_be_visible()
    expect(kim.reply("proof")).to_have_count(0)
    row.get_by_test_id("agent-menu").press("Enter")
    ada.get("agent-on").press("Enter")
    expect(kim.get("agent", handle="proof")).not_to_contain_text("switched off")
    kim.say("@proof and now?")
    expect(kim.reply("proof")).to_be_visible()

    row.get_by_test_id("agent-menu").press("Enter")
    ada.get("agent-delete").press("Enter")
    ada.get("confirm-submit").press("Enter")
    expect(kim.get("agent", handle="proof")).to_have_count(0)
    expect(ada.get("server-agent")).to_have_count(0)
    ada.get("admin-audit").press("Enter")
    for action in ("agent_created", "agent_changed", "agent_deleted"):
        expect(ada.get("audit-row", action=action).first).to_contain_text("proof")
