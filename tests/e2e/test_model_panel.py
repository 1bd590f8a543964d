"""The models of a server in its panel: loaded, cancelled, unloaded, downloaded, deleted, with two people looking on."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.visitor import Visitor
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.running_server import LIMITS, RunningServer

Visit = Callable[[RunningServer, str], Visitor]
LLAMA, PHI = "ollama/llama3:latest", "ollama/phi3:latest"
GEMMA = "ollama/gemma3:latest"


@pytest.fixture
def ollama() -> Iterator[FakeOllama]:
    """One of its own for each test: what is on its disk and in its memory changes."""
    models = {"llama3:latest": {"size": 4_661_224_676}, "phi3:latest": {"size": 2_176_178_913}}
    with FakeOllama(OllamaBehaviour(models=models, pullable=("gemma3",))) as fake:
        yield fake


@pytest.fixture
def server(tmp_path: Path, ollama: FakeOllama) -> Iterator[RunningServer]:
    with RunningServer(tmp_path, OLLAMA_BASE_URL=ollama.url, LLM_PARALLEL="1", **LIMITS) as running:
        yield running


@pytest.fixture
def admin(visit: Visit, server: RunningServer) -> Visitor:
    """Who comes first."""
    return visit(server, "ada").sign_up().open_room()


@pytest.fixture
def member(visit: Visit, server: RunningServer, admin: Visitor) -> Visitor:
    return visit(server, "mira").sign_up().open_room()


def _card(visitor: Visitor, model: str) -> Locator:
    return visitor.get("model-card", model=model)


def test_a_load_is_seen_by_everybody_and_told_to_who_began_it(
    admin: Visitor, member: Visitor, ollama: FakeOllama
) -> None:
    ollama.behaviour.load_seconds = 2.0
    button = _card(member, LLAMA).get_by_test_id("load-model")
    button.focus()
    member.page.keyboard.press("Enter")
    for visitor in (admin, member):
        expect(_card(visitor, LLAMA)).to_have_attribute("data-heat", "warming")
        expect(_card(visitor, LLAMA).get_by_test_id("model-load")).to_be_visible()
        expect(_card(visitor, LLAMA).get_by_test_id("cancel-load")).to_be_visible()
    for visitor in (admin, member):
        expect(_card(visitor, LLAMA)).to_have_attribute("data-heat", "warm")
        expect(visitor.get("model-load")).to_have_count(0)
    expect(member.get("toast").filter(has_text="llama3:latest is ready")).to_be_visible()
    expect(admin.get("toast")).to_have_count(0)
    expect(_card(member, LLAMA).get_by_role("button")).to_have_count(0)
    _card(admin, LLAMA).get_by_test_id("unload-model").click()
    for visitor in (admin, member):
        expect(_card(visitor, LLAMA)).to_have_attribute("data-heat", "cold")
    assert ollama.loaded == set()


def test_its_progress_comes_as_events_and_else_by_asking(admin: Visitor) -> None:
    seen: list[tuple[str, str]] = []
    admin.page.on("request", lambda request: seen.append((request.resource_type, request.url.split("?")[0])))
    stream = f"{admin.server.url}/api/llm/load_stream"
    _card(admin, LLAMA).get_by_test_id("load-model").click()
    expect(admin.get("toast").filter(has_text="llama3:latest is ready")).to_be_visible()
    assert ("eventsource", stream) in seen and ("fetch", stream) not in seen
    admin.page.route("**/api/llm/load_stream*", lambda route: route.abort())
    _card(admin, PHI).get_by_test_id("load-model").click()
    expect(admin.get("toast").filter(has_text="phi3:latest is ready")).to_be_visible()
    assert ("fetch", stream) in seen and ("fetch", f"{admin.server.url}/api/llm/load") in seen


def test_two_at_once_of_which_one_is_cancelled(admin: Visitor, member: Visitor, ollama: FakeOllama) -> None:
    ollama.behaviour.load_seconds = 60.0
    _card(admin, LLAMA).get_by_test_id("load-model").click()
    _card(admin, PHI).get_by_test_id("load-model").click()
    expect(admin.get("model-load")).to_have_count(2)
    expect(member.get("model-load")).to_have_count(2)
    expect(member.get("cancel-load")).to_have_count(0)
    admin.page.reload()
    expect(admin.get("cancel-load")).to_have_count(2)
    _card(admin, PHI).get_by_test_id("cancel-load").click()
    for visitor in (admin, member):
        expect(_card(visitor, PHI).get_by_test_id("model-load")).to_have_count(0)
        expect(_card(visitor, LLAMA).get_by_test_id("model-load")).to_be_visible()


def test_a_load_that_fails_says_what_to_do(admin: Visitor, ollama: FakeOllama) -> None:
    ollama.behaviour.fault = "out of memory"
    _card(admin, LLAMA).get_by_test_id("load-model").click()
    failure = _card(admin, LLAMA).get_by_test_id("model-load-failed")
    expect(failure).to_contain_text("Choose a smaller model")
    expect(failure).to_have_attribute("data-code", "model_out_of_memory")
    expect(admin.get("toast")).to_contain_text(
        "llama3:latest was not loaded. ollama has not enough memory", ignore_case=True
    )
    _card(admin, LLAMA).get_by_test_id("dismiss-load").click()
    expect(failure).to_have_count(0)


def test_an_admin_downloads_a_model_and_deletes_it(admin: Visitor, member: Visitor, ollama: FakeOllama) -> None:
    ollama.behaviour.pull_seconds = 4.0
    expect(member.get("download-model")).to_have_count(0)
    admin.get("download-model").click()
    admin.get("download-name").fill("gemma3")
    admin.get("download-submit").click()
    for visitor in (admin, member):
        coming = visitor.get("model-coming", model="ollama/gemma3")
        expect(coming).to_contain_text("of 2.1 GB")
        expect(coming.get_by_role("progressbar")).to_be_visible()
    expect(admin.get("toast")).to_contain_text("gemma3 was downloaded")
    for visitor in (admin, member):
        expect(_card(visitor, GEMMA)).to_be_visible()
        expect(visitor.get("model-coming")).to_have_count(0)
    _card(admin, GEMMA).get_by_test_id("delete-model").click()
    admin.get("delete-model-submit").click()
    for visitor in (admin, member):
        expect(_card(visitor, GEMMA)).to_have_count(0)
    assert "gemma3:latest" not in ollama.behaviour.models


def test_a_download_of_what_there_is_not_says_so(admin: Visitor) -> None:
    admin.get("download-model").click()
    admin.get("download-name").fill("evil.example/some/model")
    admin.get("download-submit").click()
    expect(admin.get("download-form").get_by_role("alert")).to_contain_text("hf.co")
    admin.get("download-name").fill("no-such-model")
    admin.page.keyboard.press("Enter")
    failure = admin.get("model-coming", model="ollama/no-such-model").get_by_test_id("model-load-failed")
    expect(failure).to_contain_text("Not downloaded")
    expect(admin.get("toast")).to_contain_text("no-such-model was not downloaded")
    failure.get_by_test_id("dismiss-load").click()
    expect(admin.get("model-coming")).to_have_count(0)


def test_the_queue_names_whom_one_may_know_and_leads_there(admin: Visitor, member: Visitor, ollama: FakeOllama) -> None:
    ollama.loaded.add("llama3:latest")
    ollama.behaviour.text, ollama.behaviour.token_seconds = "word " * 5000, 0.02
    expect(member.get("queue-empty")).to_be_visible()
    vault = admin.context.request.post("/api/rooms", data={"name": "vault", "kind": "private"}).json()["room"]
    admin.open_room(vault["slug"]).say("@llama3 where is the treasure?")
    expect(admin.get("queue-entry", position="0")).to_contain_text("You in #vault")
    expect(member.get("queue-entry", position="0")).to_contain_text("Somebody in another room")
    expect(member.get("queue-entry").get_by_role("button")).to_have_count(0)
    member.say("@llama3 and what is for lunch?")
    for visitor, who in ((admin, "mira in #general"), (member, "You in #general")):
        expect(visitor.get("queue-entry", position="1")).to_contain_text(who)
    admin.get("queue-entry", position="1").get_by_test_id("queue-show").click()
    expect(admin.page).to_have_url(f"{admin.server.url}/rooms/general")
    waiting = admin.get("phase-line", phase="queued")
    expect(waiting).to_contain_text("Waiting, 1 ahead")
    expect(admin.page.locator('[data-testid="message"][data-target="true"]')).to_be_visible()
    admin.page.reload()
    expect(admin.get("queue-entry")).to_have_count(2)
    waiting.get_by_test_id("stop-reply").click()
    expect(member.get("queue-entry")).to_have_count(1)
    admin.open_room("vault").get("stop-reply").click()
    for visitor in (admin, member):
        expect(visitor.get("queue-empty")).to_be_visible()
    assert "treasure" not in member.page.content() and "vault" not in member.page.content()


def test_the_card_shows_how_long_loads_took_and_how_fast_it_wrote(admin: Visitor, ollama: FakeOllama) -> None:
    ollama.behaviour.load_seconds, ollama.behaviour.text = 1.0, "word " * 30
    expect(admin.get("model-charts")).to_have_count(0)
    admin.say("@llama3 hello")
    expect(_card(admin, LLAMA)).to_have_attribute("data-heat", "warming")
    expect(_card(admin, LLAMA).get_by_test_id("load-chart").get_by_role("img")).to_have_accessible_name(
        re.compile(r"^Load times\. Loads in [\d.]+ s, last time$")
    )
    expect(_card(admin, LLAMA).get_by_test_id("speed-chart")).to_contain_text("tok/s, last time")
    expect(_card(admin, PHI).get_by_test_id("model-charts")).to_have_count(0)


def test_a_closed_panel_keeps_no_stream_and_hears_no_queue_but_the_end_is_told(
    admin: Visitor, member: Visitor, ollama: FakeOllama
) -> None:
    ended: list[str] = []
    frames: list[str] = []
    for event in ("requestfinished", "requestfailed"):
        member.page.on(event, lambda request: ended.append(request.url.split("?")[0]))
    member.page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(str(frame))))
    member.page.reload()
    ollama.behaviour.load_seconds = 4.0
    _card(member, LLAMA).get_by_test_id("load-model").click()
    expect(_card(member, LLAMA).get_by_test_id("model-load")).to_be_visible()
    expect(_card(member, LLAMA).get_by_test_id("cancel-load")).to_be_visible()
    stream = f"{member.server.url}/api/llm/load_stream"
    assert stream not in ended
    member.get("toggle-panel").click()
    expect(member.get("models-panel")).to_have_count(0)
    expect(member.get("toast").filter(has_text="llama3:latest is ready")).to_be_visible()
    assert stream in ended
    frames.clear()
    admin.say("@llama3 hello")
    expect(member.reply("llama3").get_by_test_id("reply-details")).to_be_visible()
    assert any("llmStatus" in frame for frame in frames)
    assert not [frame for frame in frames if "queue_changed" in frame]
    member.get("toggle-panel").click()
    expect(member.get("queue-panel")).to_be_visible()
