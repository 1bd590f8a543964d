"""Many pages that talk all the time and come back whenever they are cut off, as the front end does."""

import random
import threading
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor

from tests.people import Person, new_key
from tests.stored import Server, StoredRoom, stored_room, whole_history
from tests.tabs import PAUSE, Tab

TABS_EACH = 2
MODEL = "llama3"
PATIENCE = 2.0  # seconds without an answer, after which a page takes its connection for dead
SETTLE_SECONDS = 60.0


class Crowd:
    """`size` pages, two for each person, in one new room. They talk from entering until leaving."""

    def __init__(
        self,
        server: Server,
        size: int,
        url: str = "",
        pause: float = 0.2,
        *,
        patience: float = PATIENCE,
        ask_every: int = 0,
        is_one_process: bool = True,
    ) -> None:
        """`url` is where they connect, by default the server; `pause` the seconds between two messages of a page.

        With `ask_every` one of so many messages asks a model.
        """
        self._server, self._pause, self._ask_every = server, pause, ask_every
        people = [Person(server.url, f"c{new_key()[:12]}").register() for _ in range(size // TABS_EACH)]
        self.host = people[0]
        self.room = str(self.host.post("/api/rooms", name=f"room {new_key()[:8]}").json()["room"]["id"])
        self.tabs = [Tab(person, self.room, url, patience) for person in people for _ in range(TABS_EACH)]
        for tab in self.tabs:
            tab.model.is_one_process = is_one_process
        self._silence, self._stop = threading.Event(), threading.Event()
        self._pool = ThreadPoolExecutor(size)
        self._running: list[Future[None]] = []
        self.written = 0
        self._writing = threading.Lock()

    def __enter__(self) -> "Crowd":
        self._running = [self._pool.submit(self._talk, tab) for tab in self.tabs]
        return self

    def __exit__(self, *_: object) -> None:
        self.be_quiet()
        for tab in self.tabs:
            tab.close()

    def _talk(self, tab: Tab) -> None:
        chance = random.Random()
        self._stop.wait(self._pause * chance.random())
        while not self._stop.is_set():
            if not tab.catch_up():
                time.sleep(PAUSE)
                continue
            if not self._silence.is_set():
                tab.write(self._next_text())
            tab.send_outbox()
            tab.hear_for(PAUSE if self._silence.is_set() else self._pause * 2 * chance.random())

    def _next_text(self) -> str:
        with self._writing:
            self.written += 1
            number = self.written
        asks = self._ask_every and number % self._ask_every == 0
        return f"@{MODEL} what of text {number}?" if asks else f"text {number}"

    def fall_silent(self) -> None:
        """Writes nothing new, and goes on hearing."""
        self._silence.set()

    def be_quiet(self) -> None:
        """Stops talking; what goes wrong in a page comes out here."""
        self._stop.set()
        for talking in self._running:
            talking.result(SETTLE_SECONDS)
        self._running = []
        self._pool.shutdown()

    def check_kept(self) -> StoredRoom:
        """Nothing that was acknowledged until now is missing in the database, or there twice."""
        promised = [message for tab in self.tabs for message in list(tab.acknowledged.values())]
        stored = stored_room(self._server, self.room)
        stored.check_kept(promised)
        return stored

    def check(self) -> None:
        """After the talking: everything written is stored once, and every page shows exactly what is stored."""
        self.be_quiet()
        for tab in self.tabs:
            tab.bring_up_to_date(SETTLE_SECONDS)
        stored = self.check_kept()
        shown = whole_history(self.host, self.room)
        stored.check(shown)
        acknowledged = {key for tab in self.tabs for key in tab.acknowledged}
        said = {row["client_id"] for row in stored.rows if row["model"] is None}
        assert acknowledged == said and len(acknowledged) == self.written
        for tab in self.tabs:
            tab.hear_until(stored.last_rev)
            tab.load_older()
            assert tab.model.complaints == []
            assert [(m["id"], m["rev"], m["content"]) for m in tab.model.shown()] == [
                (m["id"], m["rev"], m["content"]) for m in shown
            ]

    def counts(self) -> dict[str, object]:
        """For whoever reads the test's output."""
        sent = sum(tab.sent for tab in self.tabs)
        acknowledged = sum(len(tab.acknowledged) for tab in self.tabs)
        refused: Counter[str] = sum((tab.refusals for tab in self.tabs), start=Counter())
        return {
            "written": self.written,
            "sent again": sent - self.written,
            "acknowledged": acknowledged,
            "connections": sum(tab.connects for tab in self.tabs),
            "refused": dict(refused),
        }
