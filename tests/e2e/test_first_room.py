"""Two people and a model in one room: the whole product once through, in two browsers."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.visitor import LONG, Visitor
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.running_server import RunningServer

Visit = Callable[[RunningServer, str], Visitor]
RELOADS = 5
STORY = " ".join(f"Word {number} of the story." for number in range(150))


def _phases_shown(visitor: Visitor) -> None:
    """Notes every phase that the page shows, from now on."""
    visitor.page.evaluate(
        """() => {
            window.phases = [];
            const note = () => document.querySelectorAll('[data-testid="phase-line"]').forEach((line) => {
                if (window.phases.at(-1) !== line.dataset.phase) window.phases.push(line.dataset.phase);
            });
            new MutationObserver(note).observe(document.body, {subtree: true, childList: true, attributes: true});
        }"""
    )


def _heard(visitor: Visitor) -> list[str]:
    phases: list[str] = visitor.page.evaluate("window.phases")
    return phases


def _talk(ada: Visitor, mira: Visitor) -> None:
    ada.say("Hello **Mira**, shall we ask the model?")
    expect(mira.message("shall we ask the model?").locator("strong")).to_have_text("Mira")
    mira.say("Yes, please do.")
    expect(ada.message("Yes, please do.")).to_be_visible()
    expect(ada.message("shall we ask the model?")).to_have_attribute("data-status", "sent")


def _ask_and_reload(ada: Visitor, mira: Visitor, handle: str, question: str) -> dict[str, Any]:
    """Ada asks, both watch; Mira reloads in the middle and sees the whole text go on. Gives the stored reply."""
    _phases_shown(ada)
    _phases_shown(mira)
    early, phases = _reloaded_while_it_writes(ada, mira, handle, question)
    after = mira.reply(handle).get_by_test_id("message-content").inner_text()
    assert len(after) >= len(early) > 0, "the text so far is there at once"
    for visitor in (ada, mira):
        expect(visitor.reply(handle)).to_have_attribute("data-status", "sent", timeout=LONG * 2)
        expect(visitor.get("phase-line")).to_have_count(0)
        expect(visitor.get("heat")).to_have_attribute("data-heat", "warm")
    assert "generating" in phases and phases == [p for p in _heard(ada)[: len(phases)]], (phases, _heard(ada))
    stored = mira.history()[-1]
    assert stored["llm"]["phase"] == "done"
    return stored


def _reloaded_while_it_writes(ada: Visitor, mira: Visitor, handle: str, question: str) -> tuple[str, list[str]]:
    """The text and the phases that Mira saw before. A real model may be done too soon: then it is asked again."""
    before = "none"
    for _ in range(RELOADS):
        ada.say(question)
        if all([_is_being_written(visitor, handle, before) for visitor in (ada, mira)]):
            early = mira.reply(handle).get_by_test_id("message-content").inner_text()
            phases = _heard(mira)
            mira.page.reload()
            expect(mira.reply(handle)).to_be_visible()
            if mira.reply(handle).get_attribute("data-status") == "streaming":
                return early, phases
        before = mira.reply(handle).get_attribute("data-message-id") or ""
        expect(mira.reply(handle)).to_have_attribute("data-status", "sent", timeout=LONG * 2)
        _phases_shown(ada)
        _phases_shown(mira)
    raise AssertionError(f"in {RELOADS} tries no answer was still being written when the page was back")


def _is_being_written(visitor: Visitor, handle: str, before: str) -> bool:
    """Once the reply after the one with the id `before` has some text."""
    reply = visitor.reply(handle)
    expect(reply).to_have_attribute("data-message-id", re.compile(f"^(?!{before}$)"))
    expect(reply.get_by_test_id("message-content")).not_to_be_empty()
    return reply.get_attribute("data-status") == "streaming"


def _same_on_screen_as_over_rest(visitor: Visitor) -> None:
    """Every stored message stands on the page once, in order, with its words."""
    visitor.page.set_viewport_size({"width": 1280, "height": 8000})  # the list draws only what can be seen
    stored = visitor.history()
    expect(visitor.get("message")).to_have_count(len(stored))
    shown = [row.get_attribute("data-message-id") for row in visitor.get("message").all()]
    assert shown == [message["id"] for message in stored]
    for message, text in zip(stored, visitor.texts(), strict=True):
        assert _words(text) == _words(message["content"])


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def test_with_the_built_in_model(visit: Visit, embedded_server: RunningServer) -> None:
    ada, mira = (visit(embedded_server, name).sign_up().open_room() for name in ("ada", "mira"))
    expect(ada.get("who-answers")).to_contain_text("Ollama")
    _talk(ada, mira)
    reply = _ask_and_reload(
        ada, mira, "smollm2:135m", "@smollm2 Write a story about a lighthouse keeper, in 400 words."
    )
    assert reply["llm"]["backend"] == "embedded" and len(reply["content"]) > 100
    for visitor in (ada, mira):
        _same_on_screen_as_over_rest(visitor)
    assert ada.context.request.get("/api/llm/status").json()["status"] == ""


def test_with_ollama(visit: Visit, ollama_server: RunningServer, ollama: FakeOllama) -> None:
    ada, mira = (visit(ollama_server, name).sign_up_by_form().open_room() for name in ("ada", "mira"))
    _talk(ada, mira)
    ollama.behaviour = OllamaBehaviour(text=STORY, load_seconds=1.5, prompt_seconds=0.3, token_seconds=0.005)
    ollama.loaded.clear()
    ada.page.wait_for_timeout(100)
    reply = _ask_and_reload(ada, mira, "llama3", "@llama3 tell us a story")
    assert reply["content"] == STORY and reply["llm"]["load_ms"] >= 1400
    for visitor in (ada, mira):
        _same_on_screen_as_over_rest(visitor)


def test_a_cold_ollama_is_shown_warming_up_and_then_reading(
    visit: Visit, ollama_server: RunningServer, ollama: FakeOllama
) -> None:
    jonas = visit(ollama_server, "jonas").sign_up().open_room()
    ollama.behaviour = OllamaBehaviour(text="Done.", load_seconds=1.0, prompt_seconds=1.0)
    ollama.loaded.clear()
    jonas.say("@llama3 are you there?")
    expect(jonas.get("phase-line", phase="loading")).to_contain_text(re.compile("[Ww]arming up llama3"))
    expect(jonas.get("phase-line", phase="prompt")).to_be_visible()
    expect(jonas.message("Done.")).to_have_attribute("data-status", "sent")


@pytest.mark.parametrize(
    ("fault", "words"),
    [("out of memory", "memory"), ("not found", "ollama pull"), ("crash", "model"), ("500", "Ollama")],
)
def test_an_error_is_a_message_that_says_what_to_do(
    visit: Visit, ollama_server: RunningServer, ollama: FakeOllama, fault: str, words: str
) -> None:
    name = f"priya-{fault.replace(' ', '-')}"
    priya = visit(ollama_server, name).sign_up().open_room()
    ollama.loaded.add("llama3:latest")
    ollama.behaviour = OllamaBehaviour(text="one two three four", fault=fault, fault_after_words=2)
    priya.say(f"@llama3 this fails by {fault}")
    problem = priya.reply("llama3").get_by_test_id("reply-problem")
    expect(problem).to_contain_text(words)
    ollama.behaviour = OllamaBehaviour(text=f"It works after {fault}.")
    priya.reply("llama3").get_by_test_id("retry-reply").click()
    expect(priya.reply("llama3")).to_contain_text(f"It works after {fault}.")
    expect(problem).to_have_count(0)


def test_stop_keeps_what_was_written_and_it_can_be_continued(
    visit: Visit, ollama_server: RunningServer, ollama: FakeOllama
) -> None:
    sam = visit(ollama_server, "sam").sign_up().open_room()
    ollama.loaded.add("llama3:latest")
    ollama.behaviour = OllamaBehaviour(text=STORY, token_seconds=0.02)
    sam.say("@llama3 a long one please")
    expect(sam.reply("llama3").get_by_test_id("message-content")).to_contain_text("Word 3")
    sam.reply("llama3").get_by_test_id("stop-reply").click()
    expect(sam.reply("llama3")).to_have_attribute("data-status", "sent")
    assert sam.history()[-1]["llm"]["phase"] == "stopped"
    expect(sam.reply("llama3").get_by_test_id("message-content")).to_contain_text("Word 3")
    ollama.behaviour = OllamaBehaviour(text=" and that is all.")
    sam.reply("llama3").get_by_test_id("continue-reply").click()
    expect(sam.reply("llama3").get_by_test_id("message-content")).to_contain_text("and that is all.")
    expect(sam.reply("llama3").get_by_test_id("message-content")).to_contain_text("Word 3")
    expect(sam.reply("llama3").get_by_test_id("continue-reply")).to_have_count(0)
