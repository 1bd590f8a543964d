"""A page in a real Chromium that notes how it feels (browser_page.js), and what we ask of it."""

import gzip
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, Request, Response, Route, sync_playwright

from bench.heap import Heap, code_bytes
from bench.processes import GENERATOR_CORE, SERVER_CORE, on_core
from scripts.browser import find_chromium
from tests.people import PASSWORD

NOTES = Path(__file__).with_name("browser_page.js").read_text()
# With the last two a frame is drawn when it is ready: to wait for a display takes half a frame and says nothing of us.
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-frame-rate-limit",
    "--disable-gpu-vsync",
)
PATIENCE = 60_000.0  # milliseconds
WIDTH, HEIGHT = 1360, 860
WHEEL = 500  # pixels
KEYS = "abcdefghijklmnopqrstuvwxyz   "
KEY_PAUSE = (60.0, 160.0)  # milliseconds between two keys: a fast typist


@contextmanager
def chromium() -> Iterator[Browser]:
    """On both cores: it is several processes, and the server is idle most of the time."""
    with on_core(SERVER_CORE, GENERATOR_CORE), sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=find_chromium(), args=OPTIONS)
        yield found
        found.close()


class Visit:
    """One browser with one page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._devtools = page.context.new_cdp_session(page)
        self._devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._snapshot: list[str] = []
        self._devtools.on("HeapProfiler.addHeapSnapshotChunk", lambda event: self._snapshot.append(event["chunk"]))

    def get(self, testid: str, **attributes: str) -> Locator:
        more = "".join(f'[data-{name.replace("_", "-")}="{value}"]' for name, value in attributes.items())
        return self.page.locator(f'[data-testid="{testid}"]{more}')

    def slow_down(self, times: int) -> None:
        """The processor, for this page."""
        self._devtools.send("Emulation.setCPUThrottlingRate", {"rate": times})

    def sign_in(self, username: str) -> float:
        """Milliseconds from the submitted form to a room that is painted and can be written in."""
        self.page.goto("/")
        self.get("username").fill(username)
        self.get("password").fill(PASSWORD)
        self.get("auth-submit").click()
        return float(self.page.evaluate("async () => (await bench.readable) - bench.submitted"))

    def reload(self) -> None:
        self.page.reload()
        self.page.evaluate("() => bench.readable")
        self.settle()

    def open_room(self, slug: str) -> None:
        self.get("room-item", room_slug=slug).click()
        self.get("message").last.wait_for()
        self.settle()

    def scroll_up(self, wheels: int) -> None:
        """As a hand at the wheel does; older history comes by itself."""
        self.get("message-list").hover()
        for _ in range(wheels):
            self.page.mouse.wheel(0, -WHEEL)
            self.page.wait_for_timeout(150)
        self.settle()

    def load_everything(self) -> None:
        """The history back to its first message, and the list at its end again."""
        beginning = self.page.get_by_text("This is where the room begins.")
        while not beginning.count():
            self.page.evaluate("document.querySelector('[data-testid=message-list]').scrollTop = 0")
            self.page.wait_for_timeout(10)
        self.get("jump-to-latest").click()
        self.settle()

    def ask(self, question: str) -> None:
        """Until the answer is being written; the focus stays where one types."""
        self.get("composer").fill(question)
        self.get("composer").press("Enter")
        content = self.get("message", status="streaming").get_by_test_id("message-content")
        content.get_by_text(re.compile(".")).first.wait_for()
        self.settle()

    def shown_words(self) -> int:
        """Of the newest message of a model."""
        text = self.get("message").filter(has=self.get("stop-reply")).get_by_test_id("message-content").inner_text()
        return len(text.split())

    def stop(self) -> None:
        self.get("stop-reply").click()
        self.get("stop-reply").wait_for(state="detached")

    def regenerate(self) -> None:
        """The newest answer, until it is whole."""
        self.get("regenerate").last.press("Enter")
        self.get("stop-reply").wait_for()
        self.get("stop-reply").wait_for(state="detached")

    def settle(self) -> None:
        """Until late texts and the colours of code are in their places."""
        self.page.wait_for_timeout(800)

    def press_keys(self, seconds: float) -> list[float]:
        """Types where the focus is; the milliseconds from each key to its paint."""
        self.page.evaluate("bench.keys.splice(0)")
        until = float(self.page.evaluate("performance.now()")) + seconds * 1000
        while self.page.evaluate("performance.now()") < until:
            self.page.keyboard.press(random.choice(KEYS))
            self.page.wait_for_timeout(random.uniform(*KEY_PAUSE))
        keys: list[float] = self.page.evaluate("bench.keys.splice(0)")
        return keys

    def take_shift(self) -> float:
        """How much has jumped since this was last asked."""
        shifts: list[dict[str, Any]] = self.page.evaluate("bench.shifts.splice(0)")
        return float(sum(shift["value"] for shift in shifts))

    def take_long_tasks(self) -> list[float]:
        """Milliseconds of those of more than 50 since this was last asked."""
        tasks: list[float] = self.page.evaluate("bench.longTasks.splice(0)")
        return tasks

    def cpu_seconds(self) -> float:
        """Processor time of the page's main thread so far; another process that takes the core does not count."""
        metrics = {
            metric["name"]: metric["value"] for metric in self._devtools.send("Performance.getMetrics")["metrics"]
        }
        return float(metrics["TaskDuration"])

    def heap(self) -> Heap:
        """What is held when all garbage has gone, and our own notes."""
        self.page.evaluate("[bench.keys, bench.shifts, bench.longTasks].forEach((notes) => notes.splice(0))")
        self._snapshot.clear()
        self._devtools.send("HeapProfiler.takeHeapSnapshot")  # collects the garbage first
        used = self._devtools.send("Runtime.getHeapUsage")["usedSize"]
        return Heap(used / 1e6, code_bytes("".join(self._snapshot)) / 1e6)


@contextmanager
def visit(browser: Browser, url: str) -> Iterator[Visit]:
    with browser.new_context(base_url=url, viewport={"width": WIDTH, "height": HEIGHT}) as context:
        context.add_init_script(NOTES)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        yield Visit(page)


def script_kb(browser: Browser, url: str, username: str) -> tuple[float, float]:
    """Script that the first room waits for, and what comes by itself afterwards; gzipped.

    What the page does not name in its head is held back until the room is there, so the room does without.
    """
    held: list[Route] = []
    loaded: list[Response] = []
    with visit(browser, url) as visitor:
        page = visitor.page
        in_head = set(re.findall(r'(?:src|href)="(/assets/[^"]+\.js)"', page.request.get("/").text()))

        def pass_or_hold(route: Route) -> None:
            if route.request.url.removeprefix(url) in in_head:
                route.continue_()
            else:
                held.append(route)

        page.route("**/*.js", pass_or_hold)
        page.on("requestfinished", lambda request: _keep_script(request, loaded))
        visitor.sign_in(username)
        needed = _size(loaded)
        for route in held:
            route.continue_()
        visitor.settle()
        return needed, _size(loaded) - needed


def _keep_script(request: Request, loaded: list[Response]) -> None:
    if request.resource_type == "script" and (response := request.response()):
        loaded.append(response)


def _size(responses: list[Response]) -> float:
    return sum(len(gzip.compress(response.body())) for response in responses) / 1024


def bare_field(browser: Browser, seconds: float) -> list[float]:
    """What the same keys take in a page with nothing but a text field."""
    page = browser.new_page()
    page.set_content("<textarea autofocus></textarea>")
    page.evaluate(NOTES)
    page.locator("textarea").focus()
    return Visit(page).press_keys(seconds)
