"""Agents join a room with a click, answer by their handles, and as a team in front of everybody."""

import json
from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.visitor import Visitor
from tests.fakes.ollama import FakeOllama
from tests.running_server import RunningServer

Visit = Callable[[RunningServer, str], Visitor]
FINAL = "Ship it on Thursday."


def _says(question: str) -> str:
    if "Plan which of these agents" in question:
        tasks = [
            {"agent": name, "task": f"Look at it as the {name}."} for name in ("researcher", "critic", "summarizer")
        ]
        return json.dumps({"agents": tasks})
    if "<findings>" in question:
        return FINAL
    return "word " * 400 if "slowly" in question else "I see no reason not to."


def test_a_team_is_put_together_asked_watched_and_stopped(
    visit: Visit, ollama_server: RunningServer, ollama: FakeOllama
) -> None:
    ollama.behaviour.text, ollama.behaviour.token_seconds = _says, 0.01
    mira = visit(ollama_server, "mira").sign_up()
    ada = visit(ollama_server, "ada").sign_up()
    slug = ada.make_room("Release", members=["mira"])
    for visitor in (ada, mira):
        visitor.open_room(slug)

    ada.get("manage-agents").click()
    for name in ("researcher", "critic", "summarizer"):
        ada.get("agent-row", handle=name).get_by_test_id("add-agent").click()
        expect(mira.get("agent", handle=name)).to_be_visible()
    ada.get("new-agent").click()
    ada.get("agent-name").fill("Editor")
    ada.get("agent-handle").fill("mira")
    ada.get("save-agent").click()
    expect(ada.get("agent-form").get_by_role("alert")).to_contain_text("taken")
    ada.get("agent-handle").fill("editor")
    ada.get("agent-speaks").select_option("team")
    ada.get("save-agent").click()
    expect(mira.get("agent", handle="editor")).to_contain_text("with the team")
    ada.page.keyboard.press("Escape")
    expect(mira.get("manage-agents")).to_have_count(0)

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
    found = ada.reply("team").locator('[data-action="finding"][data-agent="critic"]')
    found.locator("summary").click()
    expect(found).to_contain_text("I see no reason not to.")

    mira.page.reload()
    expect(mira.reply("team").get_by_test_id("run-toggle")).to_be_visible()
    mira.reply("team").get_by_test_id("run-toggle").click()
    expect(mira.reply("team").locator('[data-action="finding"]')).to_have_count(3)

    mira.say("@critic and you?")
    expect(mira.reply("critic")).to_contain_text("I see no reason not to.")

    ada.say("@team and now slowly, please")
    running = ada.reply("team")
    expect(running.get_by_test_id("stop-reply")).to_be_visible()
    expect(running.locator('[data-action="started"]')).to_have_count(3)
    running.get_by_test_id("stop-reply").click()
    expect(running).to_contain_text("Stopped before it wrote anything.")
    running.get_by_test_id("run-toggle").click()
    expect(running.locator('[data-action="skipped"]')).to_have_count(4)
