"""The server goes away, the limit is reached, the page is opened twice: nothing is lost, doubled or hidden."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.visitor import Visitor
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.running_server import LIMITS, RunningServer

Visit = Callable[[RunningServer, str], Visitor]


@pytest.fixture
def server(tmp_path: Path, ollama: FakeOllama) -> Iterator[RunningServer]:
    settings = {**LIMITS, "LLM_RATE_LIMIT": "1", "OLLAMA_BASE_URL": ollama.url}
    with RunningServer(tmp_path, **settings) as running:
        yield running


def test_what_is_said_while_the_server_is_away_arrives_once(visit: Visit, server: RunningServer) -> None:
    ada, mira = (visit(server, name).sign_up().open_room() for name in ("ada", "mira"))
    ada.say("before")
    expect(mira.message("before")).to_be_visible()
    server.kill()
    expect(ada.get("connection-banner", phase="offline")).to_be_visible()
    ada.say("said into the void")
    expect(ada.message("said into the void")).to_have_attribute("data-status", "sending")
    ada.page.goto("about:blank")  # the page may be closed as well: what was said is kept in the browser
    server.start()
    ada.page.goto("/")
    ada.open_room()
    for visitor in (ada, mira):
        expect(visitor.message("said into the void")).to_have_attribute("data-status", "sent")
        expect(visitor.message("said into the void")).to_have_count(1)
    assert [m["content"] for m in mira.history()] == ["before", "said into the void"]


def test_a_reply_that_the_server_died_on_is_shown_as_interrupted_and_can_be_asked_again(
    visit: Visit, server: RunningServer, ollama: FakeOllama
) -> None:
    ada = visit(server, "ada").sign_up().open_room()
    ollama.loaded.add("llama3:latest")
    ollama.behaviour = OllamaBehaviour(text=" ".join(f"part {n}." for n in range(1000)), token_seconds=0.01)
    ada.say("@llama3 go on and on")
    expect(ada.reply("llama3").get_by_test_id("message-content")).to_contain_text("part 40.")
    server.kill()
    ollama.behaviour = OllamaBehaviour(text="Whole this time.")
    server.start()
    interrupted = ada.reply("llama3").get_by_test_id("reply-problem")
    expect(interrupted).to_be_visible()
    expect(ada.reply("llama3").get_by_test_id("message-content")).to_contain_text("part 3.")
    ada.reply("llama3").get_by_test_id("retry-reply").click()
    expect(ada.reply("llama3")).to_contain_text("Whole this time.")


def test_asking_too_often_counts_down_and_keeps_the_text(
    visit: Visit, server: RunningServer, ollama: FakeOllama
) -> None:
    ada = visit(server, "ada").sign_up().open_room()
    ollama.behaviour = OllamaBehaviour(text="Fine.")
    ada.say("@llama3 the first question")
    expect(ada.reply("llama3")).to_contain_text("Fine.")
    ada.say("@llama3 the second question")
    expect(ada.get("cooldown")).to_be_visible()
    expect(ada.message("the second question")).to_have_attribute("data-status", "failed")
    expect(ada.message("the second question").get_by_test_id("retry-send")).to_have_text(re.compile(r"Retry in \d+ s"))
    ada.say("and the third")
    expect(ada.get("composer")).to_have_value("and the third")
    expect(ada.get("send")).to_be_disabled()
    expect(ada.get("send")).to_have_text(re.compile(r"Ready in \d+ s"))
    ada.message("the second question").get_by_test_id("discard-send").click()
    expect(ada.message("the second question")).to_have_count(0)
    assert len(ada.history()) == 2


def test_all_tabs_of_one_person_agree(visit: Visit, server: RunningServer) -> None:
    ada, mira = visit(server, "ada").sign_up().open_room(), visit(server, "mira").sign_up().open_room()
    ada.page.evaluate(
        "fetch('/api/rooms', {method: 'POST', headers: {'content-type': 'application/json'}, "
        "body: JSON.stringify({name: 'Elsewhere'})})"
    )
    ada.get("room-item", room_slug="elsewhere").click()
    second = ada.context.new_page()
    second.goto("/")
    second.locator('[data-room-slug="elsewhere"][data-testid="room-item"]').click()
    mira.say("@ada this one is for you")
    badge = '[data-testid="room-item"][data-room-slug="general"] [data-testid="mention-badge"]'
    for page in (ada.page, second):
        expect(page.locator(badge)).to_contain_text("@1")
    ada.page.bring_to_front()  # only what somebody looks at is read
    ada.open_room()
    for page in (ada.page, second):
        expect(page.locator(badge)).to_have_count(0)


def test_signing_out_ends_the_session_in_every_tab(visit: Visit, server: RunningServer) -> None:
    ada = visit(server, "ada").sign_up().open_room()
    second = ada.context.new_page()
    second.goto("/")
    expect(second.locator('[data-testid="workspace"]')).to_be_visible()
    ada.get("account-menu").click()
    ada.get("sign-out").click()
    expect(ada.get("auth-form")).to_be_visible()
    expect(second.locator('[data-testid="auth-form"]')).to_be_visible()
    assert ada.context.request.get("/api/auth/me").status == 401
