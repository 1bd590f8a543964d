"""Who is there and what was said before the pictures are taken, on a server with a pretended Ollama."""

import sqlite3
import time
from contextlib import closing

from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import Person
from tests.running_server import LIMITS, RunningServer

MODELS = {"llama3:latest": {"size": 4_661_224_676}, "qwen-coder:7b": {"size": 5_100_000_000}}
LOADS = (12_400, 11_100, 14_800, 9_600, 13_000, 12_100)  # milliseconds that llama3 took before anybody was here
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


NOBODY = "127.0.0.1:9"  # where nobody listens
SETTINGS = {"EMBEDDING_MODEL": "embedded", "WEBHOOK_HOSTS": NOBODY, **LIMITS}


class Stage:
    """A server with a pretended Ollama, three people, and rooms in which they have talked."""

    def __init__(self, server: RunningServer, ollama: FakeOllama) -> None:
        self.server, self.ollama = server, ollama
        self._remember_loads()
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
        past = self._room("release-4.1", "Shipped in May")
        self.mira.send("That was it. Thank you all!", past)
        self.mira.request("PUT", f"/api/rooms/{past}/archive")
        self.ada.request("PUT", f"/api/rooms/{self.others[0]}/mute")
        self.board = str(self.mira.post("/api/rooms", name="board", kind="private").json()["room"]["id"])
        self.mira.send("Lunch at noon?", self.direct)
        self._talk()

    def _remember_loads(self) -> None:
        """The server learns them when it starts, as from an earlier run."""
        self.server.stop()
        hour = 3_600_000
        now = round(time.time() * 1000)
        rows = [
            (f"00LOAD{number:020}", "ollama", "llama3:latest", load_ms, True, now - (len(LOADS) - number) * hour)
            for number, load_ms in enumerate(LOADS)
        ]
        with closing(sqlite3.connect(self.server.data_dir / "roundtable.db")) as database, database:
            database.executemany("INSERT INTO model_loads VALUES (?, ?, ?, ?, ?, ?)", rows)
        self.server.start()

    def _room(self, name: str, topic: str, kind: str = "public") -> str:
        room = str(self.mira.post("/api/rooms", name=name, topic=topic, kind=kind).json()["room"]["id"])
        for person in (self.ada, self.jonas):
            self.mira.post(f"/api/rooms/{room}/invite", user=person.username)
        return room

    def _talk(self) -> None:
        self.behave(text=ANSWER, is_loaded=True)
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
        """Ends whatever a scene has left running, the newest first, so that none of them begins meanwhile."""
        for room in (self.board, *self.others, self.room):
            for message in reversed(self.mira.history(room)):
                if message["llm"] and message["llm"]["phase"] not in ("done", "stopped", "failed", "interrupted"):
                    self.mira.call("stop_reply", {"message": message["id"]})
                    self.mira.wait_closed(message["id"])
