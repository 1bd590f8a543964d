"""The screens that `make screenshots` takes pictures of: who is there, what was said, and what the model is doing."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import PASSWORD, Person
from tests.running_server import RunningServer

MODELS = {"llama3:latest": {"size": 4_661_224_676}, "qwen-coder:7b": {"size": 5_100_000_000}}
ANSWER = """Strip the empty last field before the column check, so that a real missing column still fails:

```python
row = line.rstrip("\\n").split(",")
if row[-1] == "":      # trailing comma, not a column
    row.pop()
```

| file | rows | broken |
|---|---|---|
| june.csv | 12,480 | 3 |
| july.csv | 9,112 | 0 |
"""
LONG = (
    "Two things to check before Thursday: the migration takes a table lock, and the old worker still reads `v1` rows. "
    * 6
)


class Stage:
    """A server with a pretended Ollama, three people, and rooms in which they have talked."""

    def __init__(self, server: RunningServer, ollama: FakeOllama) -> None:
        self.server, self.ollama = server, ollama
        self.ada, self.mira, self.jonas = (
            Person(server.url, username).register(name).connect()
            for username, name in (("ada", "Ada Lovelace"), ("mira", "Mira Okafor"), ("jonas", "Jonas Weber"))
        )
        self.room = self._room("release-4.2", "Ship Thursday. Changelog, migration notes, who tests what.")
        self.others = [self._room(name, "") for name in ("incidents", "data-team")]
        self.hiring = self._room("hiring", "Only those who interview", kind="private")
        self.empty = self._room("lighthouse", "A new room")
        own = {"name": "roadmap", "topic": "What comes after 4.2", "kind": "private", "members": ["mira", "jonas"]}
        self.ada.post("/api/rooms", **own)
        direct = self.mira.post("/api/rooms", name="Ada", kind="direct", members=["ada"]).json()["room"]
        self.direct = str(direct["slug"])
        self.mira.send("Lunch at noon?", self.direct)
        self._talk()

    def _room(self, name: str, topic: str, kind: str = "public") -> str:
        room = str(self.mira.post("/api/rooms", name=name, topic=topic, kind=kind).json()["room"]["id"])
        for person in (self.ada, self.jonas):
            self.mira.post(f"/api/rooms/{room}/invite", user=person.username)
        return room

    def _talk(self) -> None:
        self.behave(text=ANSWER, load_seconds=0.6)
        self.jonas.send("Build 511 is green, 512 is running.", self.room)
        self.mira.send(
            "The importer fails on rows with a **trailing comma**. @llama3 what is the smallest fix?", self.room
        )
        self.mira.wait_for("message_updated", lambda e: e["message"]["llm"]["phase"] == "done")
        self.ada.send("Nice. I will take the migration test.", self.room)
        self.ada.call("mark_read", {"room": self.room, "seq": 4})
        self.mira.send("Then I write the changelog. See you at the `release` call, @ada.", self.room)
        for number in range(3):
            self.jonas.send(f"Disk alarm number {number + 1} on build-07", self.others[0])
        self.mira.send("@ada could you look at the dashboard?", self.others[1])

    def behave(self, *, is_loaded: bool = False, **behaviour: object) -> None:
        self.ollama.loaded.clear()
        self.ollama.loaded.add("qwen-coder:7b")
        if is_loaded:
            self.ollama.loaded.add("llama3:latest")
        self.ollama.behaviour = OllamaBehaviour(models=MODELS, **behaviour)  # type: ignore[arg-type]  # passed through

    def ask(self, text: str = "@llama3 draft the changelog entry for it, two sentences.") -> str:
        question = self.ada.send(text, self.room)["message"]
        return str(self.ada.wait_reply(question["id"])["id"])

    def stop_all(self) -> None:
        """Ends whatever a scene has left running."""
        for message in self.ada.history(self.room):
            if message["llm"] and message["llm"]["phase"] not in ("done", "stopped", "failed", "interrupted"):
                self.ada.call("stop_reply", {"message": message["id"]})
                self.ada.wait_closed(message["id"])


@dataclass(frozen=True)
class Scene:
    """`play` brings the page there; `only` names the looks that it makes sense in."""

    name: str
    play: Callable[[Page, Stage], None]
    only: tuple[str, ...] = ("light", "dark", "phone")


def sign_in(page: Page, stage: Stage) -> None:
    page.get_by_test_id("auth-form").wait_for()


def create_account(page: Page, stage: Stage) -> None:
    page.get_by_test_id("auth-toggle").click()
    page.get_by_test_id("username").fill("A!")
    page.get_by_test_id("password").fill("short")
    page.get_by_test_id("auth-submit").click()


def enter(page: Page, room: str = "release-4-2") -> None:
    page.goto("/")
    page.get_by_test_id("username").fill("ada")
    page.get_by_test_id("password").fill(PASSWORD)
    page.get_by_test_id("auth-submit").click()
    page.get_by_test_id("workspace").wait_for()
    _go(page, room)


def _go(page: Page, room: str) -> None:
    page.goto(f"/rooms/{room}")
    page.get_by_test_id("composer").wait_for()


def empty_room(page: Page, stage: Stage) -> None:
    enter(page, "lighthouse")
    page.get_by_test_id("who-answers").wait_for()


def talk(page: Page, stage: Stage) -> None:
    _go(page, "release-4-2")
    page.locator("table").wait_for()


def warming(page: Page, stage: Stage) -> None:
    stage.behave(load_seconds=30)
    stage.ask()
    page.locator('[data-testid="phase-line"][data-phase="loading"]').wait_for()


def waiting(page: Page, stage: Stage) -> None:
    stage.mira.send("@llama3 and the migration notes?", stage.room)
    page.locator('[data-testid="phase-line"][data-phase="queued"]').wait_for()


def writing(page: Page, stage: Stage) -> None:
    stage.stop_all()
    stage.behave(is_loaded=True, text=LONG, token_seconds=0.05)
    stage.ask("@llama3 what should we check before Thursday?")
    page.locator('[data-testid="message"][data-status="streaming"]').get_by_text("table lock").first.wait_for()
    page.wait_for_timeout(1500)


def failed(page: Page, stage: Stage) -> None:
    stage.stop_all()
    stage.behave(is_loaded=True, fault="out of memory")
    stage.ask("@llama3 and now in Dutch")
    page.get_by_test_id("reply-problem").last.wait_for()


def details(page: Page, stage: Stage) -> None:
    page.get_by_test_id("reply-details").first.scroll_into_view_if_needed()
    page.get_by_test_id("reply-details").first.click()
    page.wait_for_timeout(300)


def mention(page: Page, stage: Stage) -> None:
    page.keyboard.press("Escape")
    page.get_by_test_id("composer").fill("Thanks! @")
    page.get_by_test_id("mention-list").wait_for()


def typing(page: Page, stage: Stage) -> None:
    page.get_by_test_id("composer").fill("")
    stage.mira.join(stage.room)
    stage.mira.call("typing", {"room": stage.room, "is_typing": True})
    page.get_by_test_id("typing-line").get_by_text("Mira").wait_for()


def create_room(page: Page, stage: Stage) -> None:
    _open_drawer(page)
    page.get_by_test_id("create-room").click()
    page.get_by_test_id("room-name").fill("Postmortem 17")


def browse(page: Page, stage: Stage) -> None:
    page.keyboard.press("Escape")
    _open_drawer(page)
    page.get_by_test_id("browse-rooms").click()
    page.wait_for_timeout(300)


def jump(page: Page, stage: Stage) -> None:
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.get_by_test_id("jump-input").fill("d")


def account(page: Page, stage: Stage) -> None:
    page.keyboard.press("Escape")
    _open_drawer(page)
    page.get_by_test_id("account-menu").click()
    page.wait_for_timeout(300)


def account_dialog(page: Page, stage: Stage) -> None:
    page.get_by_test_id("open-account").click()
    page.get_by_test_id("theme-dark").wait_for()


def account_sessions(page: Page, stage: Stage) -> None:
    page.get_by_test_id("tab-sessions").click()
    page.get_by_test_id("session-item").first.wait_for()


def account_keys(page: Page, stage: Stage) -> None:
    page.get_by_test_id("tab-keys").click()
    page.get_by_test_id("key-name").fill("Changelog script")
    page.keyboard.press("Enter")
    page.get_by_test_id("key-item").first.wait_for()


def room_settings(page: Page, stage: Stage) -> None:
    page.keyboard.press("Escape")
    _go(page, "roadmap")
    page.get_by_test_id("room-settings").click()
    page.get_by_test_id("room-settings-form").wait_for()


def about_room(page: Page, stage: Stage) -> None:
    page.keyboard.press("Escape")
    _go(page, "release-4-2")
    page.get_by_test_id("room-settings").click()
    page.get_by_test_id("room-facts").wait_for()


def direct(page: Page, stage: Stage) -> None:
    page.keyboard.press("Escape")
    _go(page, stage.direct)
    page.get_by_test_id("message").first.wait_for()


def rooms(page: Page, stage: Stage) -> None:
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    _go(page, "release-4-2")
    _open_drawer(page)


def panel(page: Page, stage: Stage) -> None:
    _go(page, "release-4-2")
    page.get_by_test_id("toggle-panel").click()
    page.get_by_test_id("models-panel").wait_for()
    page.wait_for_timeout(300)


def away(page: Page, stage: Stage) -> None:
    _go(page, "release-4-2")
    page.get_by_test_id("message").first.wait_for()
    stage.server.kill()
    page.get_by_test_id("connection-banner").wait_for()
    page.get_by_test_id("composer").fill("Back in five minutes.")
    page.keyboard.press("Enter")
    page.wait_for_timeout(400)


def _open_drawer(page: Page) -> None:
    if page.get_by_test_id("open-drawer").is_visible():
        page.get_by_test_id("open-drawer").click()
        page.wait_for_timeout(300)


SCENES = (
    Scene("01-sign-in", sign_in),
    Scene("02-create-account", create_account),
    Scene("03-empty-room", empty_room),
    Scene("04-room", talk),
    Scene("05-warming-up", warming),
    Scene("06-waiting", waiting),
    Scene("07-writing", writing),
    Scene("08-failed", failed),
    Scene("09-details", details),
    Scene("10-mention", mention),
    Scene("11-typing", typing),
    Scene("12-create-room", create_room),
    Scene("13-browse", browse),
    Scene("14-jump", jump),
    Scene("15-account", account),
    Scene("15-account-appearance", account_dialog),
    Scene("15-account-sessions", account_sessions),
    Scene("15-account-keys", account_keys),
    Scene("16-room-settings", room_settings),
    Scene("16-room-about", about_room),
    Scene("16-direct", direct),
    Scene("16-rooms", rooms, only=("phone",)),
    Scene("17-panel", panel, only=("phone",)),
    Scene("18-offline", away),
)
