"""One answer through all its phases, by a backend that tells how far it is; and one by a backend that does not."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.visitor import Visitor
from tests.fakes.llama_router import FakeLlamaRouter
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.fakes.openai import OpenAIBehaviour
from tests.running_server import LIMITS, RunningServer

Visit = Callable[[RunningServer, str], Visitor]
TEXT = "word " * 4000


@pytest.fixture
def router() -> Iterator[FakeLlamaRouter]:
    behaviour = OpenAIBehaviour("llama", text=TEXT, load_seconds=3.0, prompt_seconds=2.0, token_seconds=0.05)
    with FakeLlamaRouter(behaviour) as fake:
        yield fake


@pytest.fixture
def quick_ollama() -> Iterator[FakeOllama]:
    with FakeOllama(OllamaBehaviour(text="Done.", load_seconds=0.5)) as fake:
        yield fake


@pytest.fixture
def server(tmp_path: Path, router: FakeLlamaRouter, quick_ollama: FakeOllama) -> Iterator[RunningServer]:
    backends = [
        {"name": "gpu", "url": router.url, "kind": "llama-router"},
        {"name": "box", "url": quick_ollama.url, "kind": "ollama"},
    ]
    with RunningServer(tmp_path, LLM_BACKENDS=json.dumps(backends), **LIMITS) as running:
        yield running


RECORD = """
() => {
  window.phases = [];
  const look = () => document.querySelectorAll('[data-testid="phase-line"]').forEach((line) => {
    const bar = line.querySelector('[role="progressbar"]');
    const isStoppable = line.querySelector('[data-testid="stop-reply"]') !== null;
    const mark = bar === null ? 'no bar' : bar.classList.contains('estimate') ? 'striped' : 'solid';
    const parts = line.querySelectorAll('b, .phase-words span, .phase-note, .writing');
    const words = [...parts].map((part) => part.textContent).join(' ');
    const seen = `${line.dataset.phase}: ${words} [${mark}${isStoppable ? ', stop' : ''}]`;
    if (window.phases.at(-1) !== seen) window.phases.push(seen);
  });
  const all = { childList: true, subtree: true, characterData: true, attributes: true };
  new MutationObserver(look).observe(document.body, all);
}
"""


def _record(visitor: Visitor) -> None:
    """All that the line under a running reply says from here on: a phase may be over before anybody asks for it."""
    visitor.page.evaluate(RECORD)


def _assert_seen(visitor: Visitor, *expected: str) -> None:
    seen: list[str] = visitor.page.evaluate("() => window.phases")
    for pattern in expected:
        assert any(re.fullmatch(pattern, line) for line in seen), (pattern, seen)


def test_what_the_backend_tells_is_solid_and_stop_is_there_in_every_phase(visit: Visit, server: RunningServer) -> None:
    ada, mira = (visit(server, name).sign_up().open_room() for name in ("ada", "mira"))
    for visitor in (ada, mira):
        _record(visitor)
    ada.say("@gpu/llama3 tell me a story")
    mira.say("@gpu/llama3 me too")
    for visitor in (ada, mira):
        writing = visitor.get("phase-line", phase="generating")
        expect(writing).to_contain_text(re.compile(r"writing · [\d.]+ tok/s"))
        _assert_seen(
            visitor,
            r"queued: Waiting, 1 ahead.* \[no bar, stop\]",
            r"loading: Warming up llama3 on gpu · \d+ %.* \[solid, stop\]",
            r"prompt: Reading \d+ %.* \[solid, stop\]",
            r"generating: writing · [\d.]+ tok/s \[no bar, stop\]",
        )
    mira.get("phase-line", phase="generating").get_by_test_id("stop-reply").click()
    for visitor in (ada, mira):
        expect(visitor.get("message", author="llama3").first).to_contain_text("stopped")


def test_our_own_estimate_is_marked_and_gives_way_to_longer_than_usual(
    visit: Visit, server: RunningServer, quick_ollama: FakeOllama
) -> None:
    ada = visit(server, "ada").sign_up().open_room()
    quick_ollama.behaviour.load_seconds = 2.0
    ada.say("@box/llama3 hello")
    expect(ada.message("Done.")).to_have_attribute("data-status", "sent")
    quick_ollama.loaded.clear()
    quick_ollama.behaviour = OllamaBehaviour(text="Then so.", load_seconds=6.0)
    _record(ada)
    ada.say("@box/llama3 and now?")
    expect(ada.message("Then so.")).to_have_attribute("data-status", "sent")
    _assert_seen(
        ada,
        r"loading: Warming up llama3:latest on box · about \d s left.*Estimate from earlier loads.* \[striped, stop\]",
        r"loading: Warming up llama3:latest on box · longer than usual.*You can wait, or stop it.* \[striped, stop\]",
    )


SCROLLED = """
() => new Promise((resolve) => {
  const list = document.querySelector('[data-testid="message-list"]');
  const seen = new Set();
  let scrolls = 0;
  list.addEventListener('scroll', () => { scrolls += 1; });
  const look = () => {
    const stop = document.querySelector('[data-testid="stop-reply"]');
    if (stop && scrolls) seen.add(getComputedStyle(stop).pointerEvents);
    if (scrolls < 100) requestAnimationFrame(look); else resolve([...seen]);
  };
  look();
})
"""


def test_stop_takes_the_pointer_while_the_text_scrolls(
    visit: Visit, server: RunningServer, quick_ollama: FakeOllama
) -> None:
    quick_ollama.behaviour = OllamaBehaviour(text="A line.\n\n" * 3000, token_seconds=0.01)
    ada = visit(server, "ada").sign_up()
    for number in range(40):
        ada.post_message(f"What was said before, {number}")
    ada.open_room()
    ada.get("message-list").hover()
    ada.page.mouse.wheel(0, -400)
    ada.page.wait_for_timeout(300)
    ada.page.mouse.wheel(0, 4000)
    ada.page.wait_for_timeout(300)
    ada.say("@box/llama3 write")
    expect(ada.get("phase-line", phase="generating")).to_be_visible()
    assert ada.page.evaluate(SCROLLED) == ["auto"]
    ada.get("stop-reply").click()
    expect(ada.get("message", author="llama3").first).to_contain_text("stopped")
