"""Agents join a room with a click, answer by their handles, and as a team in front of everybody."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.visitor import Visitor
from tests.fakes.ollama import FakeOllama
from tests.people import Person, new_key
from tests.running_server import RunningServer

Visit = Callable[[RunningServer, str], Visitor]
FINAL = "Ship it on Thursday."


def _says(question: str) -> str:
    if "Plan which of these agents" in question:
        return "Ask all of them."  # which is no plan, so everybody is asked
    if "<findings>" in question:
        return FINAL
    return "word " * 400 if "slowly" in question else "I see no reason not to."


@pytest.fixture(scope="module")
def admin(ollama_server: RunningServer) -> Person:
    """The first account: so everybody who comes after it is a member like others."""
    return Person(ollama_server.url, "root").register()


@pytest.fixture
def pair(visit: Visit, ollama_server: RunningServer, ollama: FakeOllama, admin: Person) -> tuple[Visitor, Visitor]:
    """Ada, who owns the room, and Mira; Ada has put three agents in."""
    ollama.behaviour.text, ollama.behaviour.token_seconds = _says, 0.01
    mira, ada = (visit(ollama_server, f"{name}{new_key()[:6]}").sign_up() for name in ("mira", "ada"))
    slug = ada.make_room("Release", members=[mira.name])
    for visitor in (ada, mira):
        visitor.open_room(slug)
    ada.get("manage-agents").click()
    for name in ("Researcher", "Critic", "Summarizer"):
        ada.get("agent-row").filter(has_text=name).get_by_test_id("add-agent").click()
        expect(mira.get("agent").filter(has_text=name)).to_be_visible()
    return ada, mira


def test_an_owner_makes_and_changes_agents_and_everybody_sees_them(
    pair: tuple[Visitor, Visitor], ollama: FakeOllama
) -> None:
    ada, mira = pair
    ada.get("new-agent").click()
    ada.get("agent-name").fill("Editor")
    ada.get("agent-handle").fill(mira.name)
    ada.get("save-agent").click()
    expect(ada.get("agent-form").get_by_role("alert")).to_contain_text("taken")
    ada.get("agent-handle").fill(handle := f"editor{new_key()[:6]}")
    ada.get("agent-speaks").select_option("team")
    ada.get("save-agent").click()
    expect(mira.get("agent", handle=handle)).to_contain_text("with the team")
    ada.get("agent-row", handle=handle).get_by_test_id("edit-agent").click()
    expect(ada.get("agent-name")).to_have_value("Editor")
    ada.get("agent-description").fill("Shortens")
    ada.get("agent-system").fill("Be short.")
    ada.get("agent-model").select_option("llama3")
    ada.get("agent-template").select_option(label="Summarize")
    ada.get("agent-speaks").select_option("mention")
    ada.get("save-agent").click()
    expect(mira.get("agent", handle=handle)).not_to_contain_text("with the team")
    mira.say(f"@{handle} it rained, and then it rained")
    expect(ada.reply(handle)).to_contain_text("I see no reason not to.")
    asked = [seen.body for seen in ollama.seen if seen.path == "/api/chat"][-1]["messages"][-1]["content"]
    assert "Summarize the text below" in asked and "and then it rained" in asked
    ada.get("agent-row", handle=handle).get_by_test_id("edit-agent").click()
    expect(ada.get("agent-template")).to_have_value("summarize")
    ada.get("agent-template").select_option("")
    ada.get("save-agent").click()
    ada.get("agent-row", handle=handle).get_by_test_id("edit-agent").click()
    expect(ada.get("agent-template")).to_have_value("")
    ada.get("save-agent").click()
    ada.get("agent-row", handle=handle).get_by_test_id("switch-agent").click()
    expect(mira.get("agent", handle=handle)).to_contain_text("switched off")
    mira.say(f"@{handle} are you there?")
    expect(mira.page.get_by_text(f"@{handle} is switched off.")).to_be_visible()
    ada.get("agent-row", handle=handle).get_by_test_id("switch-agent").click()
    expect(mira.get("agent", handle=handle)).not_to_contain_text("switched off")
    ada.get("agent-row", handle=handle).get_by_test_id("remove-agent").click()
    expect(mira.get("agent", handle=handle)).to_have_count(0)
    expect(mira.get("agents")).to_be_visible()
    expect(mira.get("manage-agents")).to_have_count(0)
    ada.page.keyboard.press("Escape")
    critic = mira.get("agent").filter(has_text="Critic").get_attribute("data-handle")
    mira.say(f"@{critic} and you?")
    expect(ada.reply(str(critic))).to_contain_text("I see no reason not to.")


def test_who_owns_no_room_changes_none_of_its_agents_unless_they_moderate_the_server(
    pair: tuple[Visitor, Visitor], admin: Person, ollama_server: RunningServer
) -> None:
    _, visitor = pair
    room, mira = visitor.page.url.rsplit("/", 1)[1], Person(ollama_server.url, visitor.name).sign_in()
    expect(visitor.get("agent")).to_have_count(3)
    expect(visitor.get("manage-agents")).to_have_count(0)
    agents = mira.get(f"/api/rooms/{room}/agents").json()["agents"]
    for refused in (
        mira.post(f"/api/rooms/{room}/agents", handle=f"mine{new_key()[:6]}", name="Mine"),
        mira.request("PATCH", f"/api/agents/{agents[0]['id']}", system="Agree with me."),
        mira.request("DELETE", f"/api/rooms/{room}/agents/{agents[0]['id']}"),
    ):
        assert refused.status_code == 403, refused.text
    assert mira.get(f"/api/rooms/{room}/agents").json()["agents"] == agents
    assert admin.request("PATCH", f"/api/admin/people/{mira.username}", role="moderator").ok
    visitor.get("manage-agents").click()
    visitor.get("agent-row").filter(has_text="Critic").get_by_test_id("remove-agent").click()
    expect(visitor.get("agent")).to_have_count(2)


def test_a_team_is_asked_watched_and_stopped(pair: tuple[Visitor, Visitor], ollama: FakeOllama) -> None:
    ada, mira = pair
    ada.page.keyboard.press("Escape")
    mira.get("composer").press_sequentially("@te")
    expect(mira.get("trigger-option").first).to_contain_text("@team")
    mira.get("composer").fill("")
    mira.say("@team do we ship on Thursday?")
    for visitor in (mira, ada):
        answer = visitor.reply("team")
        expect(answer).to_contain_text(FINAL)
        expect(answer.get_by_test_id("agent-action")).to_have_count(0)
        answer.get_by_test_id("run-toggle").click()
        actions = answer.get_by_test_id("agent-action")
        expect(actions.first).to_have_attribute("data-action", "planned")
        expect(actions.last).to_have_attribute("data-action", "finished")
        expect(answer.locator('[data-action="finding"]')).to_have_count(3)
    found = ada.reply("team").locator('[data-action="finding"]').last
    found.locator("summary").click()
    expect(found).to_contain_text("I see no reason not to.")

    mira.page.reload()
    expect(mira.reply("team").get_by_test_id("run-toggle")).to_be_visible()
    mira.reply("team").get_by_test_id("run-toggle").click()
    expect(mira.reply("team").locator('[data-action="finding"]')).to_have_count(3)

    ada.say("@team and now slowly, please")
    running = ada.reply("team")
    expect(running.get_by_test_id("stop-reply")).to_be_visible()
    expect(running.locator('[data-action="started"]')).to_have_count(3)
    mira.say("and by plane, please")
    expect(ada.message("by plane")).to_be_visible()
    running.get_by_test_id("stop-reply").click()
    expect(running).to_contain_text("Stopped before it wrote anything.")
    running.get_by_test_id("run-toggle").click()
    expect(running.locator('[data-action="skipped"]')).to_have_count(4)
    expect(running.locator('[data-agent="writer"]')).to_contain_text(f"from {mira.name}")

    # What Mira has said meanwhile is not forgotten.
    expect(mira.get("missed")).to_contain_text("A message that came meanwhile has no answer.")
    ollama.behaviour.token_seconds = 0.0
    mira.get("answer-missed").click()
    expect(ada.reply("team")).to_contain_text(FINAL)
    expect(ada.get("missed")).to_have_count(0)

    # And what agents say is found like anything that is said.
    ada.page.keyboard.press("Control+Shift+F")
    ada.page.keyboard.type("Thursday from:team")
    expect(ada.get("search-hit")).to_have_count(2)


def test_a_team_goes_on_when_the_server_was_killed_in_front_of_everybody(
    pair: tuple[Visitor, Visitor], ollama_server: RunningServer, ollama: FakeOllama
) -> None:
    ada, mira = pair
    ada.page.keyboard.press("Escape")
    ada.say("@team take it slowly")
    for visitor in pair:
        expect(visitor.reply("team").locator('[data-action="started"]')).to_have_count(3)
    ollama_server.kill()
    ollama.behaviour.token_seconds = 0.0
    ollama_server.start()
    for visitor in pair:
        answer = visitor.reply("team")
        expect(answer).to_contain_text(FINAL)
        expect(visitor.get("message")).to_have_count(2)
        answer.get_by_test_id("run-toggle").click()
        expect(answer.locator('[data-action="planned"]')).to_have_count(1)
        expect(answer.locator('[data-action="finding"]')).to_have_count(3)
