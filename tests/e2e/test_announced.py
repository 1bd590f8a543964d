"""What a screen reader is told, word for word: phases and the finished reply once, the connection, a mention."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.visitor import Visitor
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.running_server import LIMITS, RunningServer

Visit = Callable[[RunningServer, str], Visitor]

# Everything that comes to stand in a live region, in order, as it would be read aloud.
LISTEN = """() => {
    window.heard = [];
    const said = new WeakMap();
    const regions = '[aria-live="polite"], [aria-live="assertive"], [role="status"], [role="alert"]';
    const look = () => document.querySelectorAll(regions).forEach((region) => {
        const text = region.innerText.trim();
        if (said.get(region) === text) return;
        said.set(region, text);
        if (text) window.heard.push(text);
    });
    look();
    window.heard = [];
    new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""

OF_MIRA = "window.heard.filter((words) => words.startsWith('mira')).length"


@pytest.fixture
def server(tmp_path: Path, ollama: FakeOllama) -> Iterator[RunningServer]:
    with RunningServer(tmp_path, OLLAMA_BASE_URL=ollama.url, **LIMITS) as running:
        yield running


def _heard(visitor: Visitor) -> list[str]:
    words: list[str] = visitor.page.evaluate("window.heard.splice(0)")
    return words


def test_a_reply_is_told_by_its_phases_and_once_when_it_is_whole(
    visit: Visit, server: RunningServer, ollama: FakeOllama
) -> None:
    ada, mira = (visit(server, name).sign_up().open_room() for name in ("ada", "mira"))
    text = " ".join(f"word{number}" for number in range(80))
    ollama.behaviour = OllamaBehaviour(text=text, load_seconds=1.0, prompt_seconds=0.3, token_seconds=0.02)
    mira.page.evaluate(LISTEN)
    ada.say("@llama3 tell us")
    expect(mira.reply("llama3")).to_have_attribute("data-status", "sent")
    mira.wait_until(lambda: mira.page.evaluate("window.heard.length") >= 3)
    heard = _heard(mira)
    assert [words for words in heard if "warming up" in words] == [heard[0]], heard
    assert heard[1:] == ["llama3:latest is writing.", f"llama3:latest answered: {text[:200].strip()}"]
    ollama.behaviour = OllamaBehaviour(text="x", fault="out of memory")
    ada.say("@llama3 and now?")
    expect(mira.reply("llama3").get_by_test_id("reply-problem")).to_be_visible()
    failure = [words for words in _heard(mira) if words.startswith("llama3:latest could not answer. ")]
    assert len(failure) == 1 and "memory" in failure[0]


def test_the_connection_and_what_it_brings_are_told(visit: Visit, server: RunningServer) -> None:
    ada = visit(server, "ada").sign_up().open_room()
    ada.page.evaluate(LISTEN)
    server.kill()
    expect(ada.get("connection-banner", phase="offline")).to_be_visible()
    assert _heard(ada) == ["Reconnecting…"]
    server.start()
    expect(ada.get("connection-banner", phase="online")).to_be_visible()
    assert set(_heard(ada)) == {"Back online"}


def test_a_mention_is_told_wherever_one_is_and_other_talk_is_not(visit: Visit, server: RunningServer) -> None:
    ada, mira = (visit(server, name).sign_up().open_room() for name in ("ada", "mira"))
    slug = ada.make_room("elsewhere")
    ada.page.reload()
    ada.open_room(slug)
    ada.page.evaluate(LISTEN)
    mira.say("nothing for anybody")
    mira.say("@ada could you look at build 512?")
    ada.wait_until(lambda: ada.page.evaluate(OF_MIRA) == 1)
    assert "mira mentioned you in #general: @ada could you look at build 512?" in _heard(ada)
    ada.open_room()
    ada.page.evaluate("window.heard.splice(0)")
    mira.say("one more, in the room where ada is")
    mira.say("@ada thank you")
    ada.wait_until(lambda: ada.page.evaluate(OF_MIRA) == 1)
    assert "mira mentioned you: @ada thank you" in _heard(ada)
