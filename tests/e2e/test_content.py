"""What a message can say, as it is drawn: formulas, code, footnotes, links; while a model writes it and after."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from scripts.scenes.content import FORMULAS
from tests.e2e.visitor import Visitor
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.running_server import RunningServer

Visit = Callable[[RunningServer, str], Visitor]
CODE = "```kotlin\n" + "\n".join(f"val number{n} = {n} // {'wide ' * 60}" for n in range(5_000)) + "\n```"
# Notes whether something that was drawn as a formula is ever shown as its source again, and the sources on the way.
WATCH = """() => {
    window.drawn = 0;
    window.flickers = [];
    new MutationObserver(() => {
        const now = document.querySelectorAll(".formula .katex").length;
        if (now < window.drawn) window.flickers.push([window.drawn, now]);
        window.drawn = now;
    }).observe(document.querySelector('[data-testid="message-list"]'), { subtree: true, childList: true });
}"""
ENDLESS = """document.getAnimations()
    .filter(({ effect }) => effect.getTiming().iterations === Infinity)
    .map(({ animationName, effect }) => `${animationName} of ${effect.target.className}`)"""


def test_formulas_are_drawn_as_they_are_written_and_copied_as_they_were(
    visit: Visit, ollama_server: RunningServer, ollama: FakeOllama
) -> None:
    noether = visit(ollama_server, "noether").sign_up().open_room()
    loaded: list[str] = []
    noether.page.on("request", lambda request: loaded.append(request.url))
    noether.say("first a message **without** any")
    expect(noether.message("without").locator("strong")).to_be_visible()
    assert not [url for url in loaded if "KaTeX" in url or "drawFormula" in url], "nobody needs it yet"
    ollama.loaded.add("llama3:latest")
    ollama.behaviour = OllamaBehaviour(text=FORMULAS.replace("[^1]: ", "Note: "), token_seconds=0.02)
    noether.page.evaluate(WATCH)
    noether.say("@llama3 how sure is that mean?")
    reply = noether.reply("llama3")
    expect(reply.locator(".katex").first).to_be_visible()
    assert reply.get_attribute("data-status") == "streaming", "drawn before all of it is there"
    assert noether.page.evaluate(ENDLESS) == [], "a key would wait for frames that nobody needs"
    expect(reply).to_have_attribute("data-status", "sent")
    expect(reply.get_by_test_id("formula")).to_have_count(7)
    expect(reply.locator(".formula.display")).to_have_count(2)
    expect(reply.get_by_test_id("formula-source")).to_have_count(0)
    expect(reply).to_contain_text("a run costs $5 to $10 either way")
    assert noether.page.evaluate("window.flickers") == []
    assert all(url.startswith(ollama_server.url) for url in loaded), loaded
    assert [url for url in loaded if re.search(r"KaTeX.*woff2", url)], "its fonts are ours"
    noether.context.grant_permissions(["clipboard-read", "clipboard-write"])
    content = reply.get_by_test_id("message-content")
    content.evaluate("(element) => getSelection().selectAllChildren(element)")
    noether.page.keyboard.press("Control+c")
    copied = noether.page.evaluate("navigator.clipboard.readText()")
    assert "over $n$ samples falls with $\\sqrt{n}$" in copied
    assert "\\hat{\\beta} = (X^\\top X)^{-1} X^\\top y" in copied
    assert copied.count("\n") > 8, "the lines stay lines"


def test_links_say_where_they_lead_and_footnotes_stay_in_their_message(
    visit: Visit, ollama_server: RunningServer
) -> None:
    gauss = visit(ollama_server, "gauss").sign_up().open_room()
    gauss.say(FORMULAS)
    content = gauss.get("message", author="gauss").get_by_test_id("message-content")
    expect(content.get_by_test_id("link-target")).to_have_text("(elsewhere.example)")
    content.locator("sup a").click()
    expect(content.locator(".footnotes li a")).to_be_focused()
    assert gauss.page.url.endswith("/rooms/general")


def test_five_thousand_lines_of_code_are_folded(visit: Visit, ollama_server: RunningServer, ollama: FakeOllama) -> None:
    hopper = visit(ollama_server, "hopper").sign_up().open_room()
    hopper.page.set_viewport_size({"width": 320, "height": 700})
    ollama.loaded.add("llama3:latest")
    ollama.behaviour = OllamaBehaviour(text=CODE)
    hopper.say("@llama3 all of it")
    reply = hopper.reply("llama3")
    expect(reply).to_have_attribute("data-status", "sent")
    code = reply.locator("pre")
    expect(code.locator(".hljs-keyword").first).to_be_visible()
    assert reply.evaluate("(row) => row.offsetHeight") < 2_000
    assert code.evaluate("(pre) => pre.scrollWidth > 4 * pre.clientWidth"), "wide lines scroll in their box"
    assert hopper.page.evaluate("document.scrollingElement.scrollWidth") == 320
    reply.get_by_role("button", name="Show all 5,000 lines").click()
    expect(code).to_contain_text("number4999")
    expect(hopper.get("composer")).to_be_visible()
    hopper.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reply.get_by_test_id("copy-code").click()
    expect(reply.get_by_test_id("copy-code")).to_have_text("Copied")
    assert hopper.page.evaluate("navigator.clipboard.readText()").count("\n") == 4_999
    reply.get_by_test_id("code-fold").click()
    expect(code).not_to_contain_text("number4999")
