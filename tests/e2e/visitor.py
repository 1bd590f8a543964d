"""A person at a browser: what they do and see, by the pages' data-testid."""

import re
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, expect

from tests.people import PASSWORD, new_key
from tests.running_server import RunningServer

LONG = 30_000  # milliseconds; the built-in model is real, and the machine may be busy
expect.set_options(timeout=LONG)
EXPECTED = re.compile("Failed to load resource|WebSocket connection|ERR_")  # what Chromium says when a server is away


class Visitor:
    def __init__(self, context: BrowserContext, server: RunningServer, name: str, url: str = "") -> None:
        """`url` is how the browser comes to the server, if not directly."""
        self.context, self.server, self.name, self.url = context, server, name, url or server.url
        self.problems: list[str] = []
        self.page = context.new_page()
        self.page.set_default_timeout(LONG)
        self.page.on("pageerror", lambda error: self.problems.append(f"{name}: {error}"))
        self.page.on("console", self._on_console)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not EXPECTED.search(message.text):
            self.problems.append(f"{self.name}: {message.text}")

    def get(self, testid: str, **attributes: str) -> Locator:
        """By data-testid and further data- attributes: get("message", status="sent")."""
        more = "".join(f'[data-{name.replace("_", "-")}="{value}"]' for name, value in attributes.items())
        return self.page.locator(f'[data-testid="{testid}"]{more}')

    def sign_up(self) -> "Visitor":
        """Over HTTP, with this browser's cookie: the form is shown by `sign_up_by_form`."""
        self._post("/api/auth/register", username=self.name, password=PASSWORD)
        self.page.goto("/")
        expect(self.get("workspace")).to_be_visible()
        return self

    def sign_up_by_form(self) -> "Visitor":
        self.page.goto("/")
        if self.get("auth-form").get_attribute("data-mode") != "register":
            self.get("auth-toggle").click()
        self.get("username").fill(self.name)
        self.get("password").fill(PASSWORD)
        self.get("auth-submit").click()
        expect(self.get("workspace")).to_be_visible()
        return self

    def open_room(self, slug: str = "general") -> "Visitor":
        self.get("room-item", room_slug=slug).click()
        expect(self.get("composer")).to_be_visible()
        return self

    def make_room(self, name: str, **more: Any) -> str:
        """Over HTTP; its slug."""
        answer = self._post("/api/rooms", name=name, **more)
        return str(answer["room"]["slug"])

    def join_room(self, slug: str) -> "Visitor":
        """A public one that somebody else has made, over HTTP; then opens it."""
        self._post(f"/api/rooms/{slug}/join")
        return self.open_room(slug)

    def post_message(self, text: str, room: str = "general") -> None:
        """Over HTTP, where it does not matter how it got there."""
        self._post("/api/chat/message", room=room, content=text, client_id=new_key())

    def _post(self, path: str, **body: Any) -> dict[str, Any]:
        answer = self.context.request.post(path, data=body, headers={"Origin": self.url})
        assert answer.ok, answer.text()
        told: dict[str, Any] = answer.json()
        return told

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """While the page goes on."""
        until = time.monotonic() + LONG / 1000
        while not is_so():
            assert time.monotonic() < until, "it does not become so"
            self.page.wait_for_timeout(50)

    def say(self, text: str) -> None:
        self.get("composer").fill(text)
        self.page.keyboard.press("Enter")

    def message(self, text: str | re.Pattern[str]) -> Locator:
        return self.get("message").filter(has_text=text)

    def reply(self, handle: str) -> Locator:
        """The newest message of a model."""
        return self.get("message", author=handle).last

    def texts(self) -> list[str]:
        """What each shown message says, top to bottom."""
        return [text.strip() for text in self.get("message-content").all_inner_texts()]

    def history(self, room: str = "general") -> list[dict[str, Any]]:
        """The same over REST, with this browser's cookie."""
        answer = self.context.request.get("/api/chat/history", params={"room": room, "limit": 200})
        assert answer.ok, answer.text()
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages
