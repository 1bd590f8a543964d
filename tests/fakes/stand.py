"""One kind of backend that tells the truth, and a person in a room who asks it: what is shown, beside what is true."""

import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.timelines import Honesty, Moment, compare
from tests.fakes.ollama import OllamaBehaviour
from tests.fakes.openai import OpenAIBehaviour
from tests.fakes.truth import Span, TrueLlamaRouter, TrueLmStudio, TrueLmStudioV0, TrueOllama, TrueOpenAI
from tests.people import Person, new_key

KINDS = ("ollama", "lmstudio", "lmstudio-v0", "llama", "llama-router", "openai")
OVER = ("done", "stopped", "failed")
TEXT = "one two three four five six seven eight"
Server = TrueOllama | TrueOpenAI

# What may be shown while something is true. Between the load and the question, the model idles and waits for us.
_SHOWN = {
    "waiting": {"queued", "routing"},
    "loading": {"loading"},
    "idle": {"connected", "prompt", "routing"},
    "prompt": {"connected", "prompt"},
    "generating": {"generating"},
    "over": set(OVER),
}
# A stream over HTTP knows fewer words: everything between the load and the first text is `loading`.
_STREAMED = {
    "waiting": {"routing"},
    "loading": {"loading"},
    "idle": {"loading", "routing"},
    "prompt": {"loading"},
    "generating": {"generating"},
    "over": {"done", "error"},
}


def acceptable(kind: str, *, is_stream: bool = False) -> dict[str, frozenset[str]]:
    """A server of which only OpenAI's API is known tells nothing before its headers: that it loads shows as waiting."""
    table = {truth: frozenset(shown) for truth, shown in (_STREAMED if is_stream else _SHOWN).items()}
    return table | ({"loading": frozenset({"queued", "routing"})} if kind == "openai" else {})


class Witness(Person):
    """Knows when each status came."""

    def __init__(self, url: str, username: str) -> None:
        super().__init__(url, username)
        self.statuses: list[tuple[float, dict[str, Any]]] = []

    def _keep(self, name: str, data: dict[str, Any]) -> None:
        if name == "llmStatus" and data["reply_id"]:
            self.statuses.append((time.monotonic(), data))
        super()._keep(name, data)


@dataclass
class Asked:
    """One question: the words by which the backend's log is searched, and what was shown."""

    key: str
    model: str
    streamed: list[Moment] = field(default_factory=list)  # over HTTP
    who: Witness | None = None  # or in a room
    reply: str = ""
    stopped_at: float | None = None

    @property
    def shown(self) -> list[Moment]:
        statuses = self.who.statuses if self.who else ()
        return self.streamed or [(at, told["phase"]) for at, told in statuses if told["reply_id"] == self.reply]

    def wait_for(self, *phases: str) -> None:
        assert self.who
        self.who.wait_for("llmStatus", lambda s: s["reply_id"] == self.reply and s["phase"] in phases, 30)

    def stop(self) -> None:
        assert self.who
        self.stopped_at = time.monotonic()
        self.who.call("stop_reply", {"message": self.reply})
        self.wait_for(*OVER)


class Stand:
    """`asked` are the questions so far; `honesty` compares them all. All times are multiplied by `pace`."""

    def __init__(self, kind: str, pace: float = 1.0) -> None:
        self.kind, self.pace, self.asked = kind, pace, list[Asked]()
        self.server = _server(kind, 0).start()
        self._ended = list[Server]()

    @property
    def setting(self) -> dict[str, Any]:
        """Its entry in LLM_BACKENDS."""
        return {"name": self.kind, "url": self.server.url, "kind": self.kind}

    def enter(self, url: str) -> None:
        """Two people come, each into a room of their own."""
        self.people = [Witness(url, f"{self.kind}-{number}") for number in range(2)]
        for person in self.people:
            person.register().connect()
            person.room = person.post("/api/rooms", name=new_key()[:8]).json()["room"]["id"]
            person.join(person.room)

    def behave(self, **changes: Any) -> None:
        """Changes how long the backend takes for everything, or how it fails; what is not named is as usual."""
        names = {"load_seconds": 0.0, "prompt_seconds": 0.0, "token_seconds": 0.03, "fault": ""}
        for name, value in {**names, **changes}.items():
            setattr(self.server.behaviour, name, value if name == "fault" else value * self.pace)

    def cool(self, load_seconds: float) -> None:
        """Nothing is in memory any more."""
        self.behave(load_seconds=load_seconds, prompt_seconds=0.3)
        if isinstance(self.server, TrueLlamaRouter):
            self.server.states = dict.fromkeys(self.server.states, "unloaded")
        elif self.kind == "llama":
            assert isinstance(self.server, TrueOpenAI)
            self.server.begin_load()
        else:
            self.server.loaded.clear()

    def ask(self, model: str = "llama3", person: int = 0, until: Sequence[str] = OVER) -> Asked:
        """In the person's room; returns when the reply is in one of these phases."""
        key, who = new_key(), self.people[person]
        question = who.send(f"Say {key}", who.room, model=self._id(model))["message"]
        asked = Asked(key, model, who=who, reply=who.wait_reply(question["id"])["id"])
        self.asked.append(asked)
        asked.wait_for(*until)
        return asked

    def stream(self, model: str = "llama3") -> None:
        """The same over HTTP."""
        asked = Asked(new_key(), model)
        who = self.people[0]
        messages = [{"role": "user", "content": f"Say {asked.key}"}]
        body = {"model": self._id(model), "messages": messages, "stream": True}
        with who.http.post(f"{who.url}/v1/chat/completions", json=body, stream=True, timeout=30) as answer:
            for line in answer.iter_lines(chunk_size=1):
                status = json.loads(line[6:]).get("status") if line.startswith(b"data: {") else None
                if status:
                    asked.streamed.append((time.monotonic(), status))
        self.asked.append(asked)

    def restart(self) -> None:
        """The backend is killed and started again, with nothing in memory."""
        port = self.server.port
        self.server.stop()
        self._ended.append(self.server)
        self.server = _server(self.kind, port).start()

    def close(self) -> None:
        for person in self.people:
            person.disconnect()
        self.server.stop()

    def honesty(self) -> list[Honesty]:
        return [
            compare(asked.shown, self.truth(asked), acceptable(self.kind, is_stream=bool(asked.streamed)))
            for asked in self.asked
        ]

    def _id(self, model: str) -> str:
        return f"{self.kind}/{model}:latest" if self.kind == "ollama" else f"{self.kind}/{model}"

    def spans(self) -> list[Span]:
        """All that the backend has done, before and after it was killed."""
        return [span for server in (*self._ended, self.server) for span in server.truth.spans]

    def truth(self, asked: Asked) -> list[Moment]:
        """What the backend did for one question, and when; it waits for us until then."""
        spans = self.spans()
        answering = [span for span in spans if span.of.rstrip().endswith(asked.key)]  # the newest words come last
        began, ended = asked.shown[0][0], answering[0].began if answering else asked.shown[-1][0]
        moments: list[Moment] = [(began - 60.0, "waiting")]
        for span in spans:
            is_its = span.work == "loading" and span.of.removesuffix(":latest") == asked.model
            if is_its and span.ended > began and span.began < ended:
                moments += [(span.began, "loading"), (min(span.ended, ended), "idle")]
        moments += [(span.began, span.work) for span in answering]
        if answering:
            moments.append((answering[-1].ended, "over"))
        else:
            loaded = [at for at, what in moments if what == "idle"]  # or failed to
            moments = [(at, what) for at, what in moments if what != "idle"]
            moments.append((asked.stopped_at or max(loaded, default=ended), "over"))
        return sorted(moments, key=lambda moment: moment[0])


def _server(kind: str, port: int) -> Server:
    models = ("llama3", "mistral")
    if kind == "ollama":
        return TrueOllama(OllamaBehaviour(text=TEXT, models={f"{name}:latest": {} for name in models}), port)
    if kind == "lmstudio":
        return TrueLmStudio(OpenAIBehaviour("lmstudio", TEXT, models=models), port)
    if kind == "lmstudio-v0":
        return TrueLmStudioV0(OpenAIBehaviour("lmstudio", TEXT, models=models), port)
    if kind == "llama-router":
        return TrueLlamaRouter(OpenAIBehaviour("llama", TEXT, models=models), port)
    if kind == "llama":
        return TrueOpenAI(OpenAIBehaviour("llama", TEXT), port)
    server = TrueOpenAI(OpenAIBehaviour("openai", TEXT, models=models), port)
    server.is_silent = True
    return server


def warm(stand: Stand) -> None:
    stand.behave(prompt_seconds=0.4)
    stand.ask()
    stand.stream()


def cold(stand: Stand) -> None:
    for load_seconds in (0.8, 1.2):
        stand.cool(load_seconds)
        stand.ask()
    stand.cool(0.8)
    stand.stream()


def long_prompt(stand: Stand) -> None:
    stand.behave(prompt_seconds=1.5)
    stand.ask()


def two_at_once(stand: Stand) -> None:
    """The second waits in our line for the first."""
    stand.behave(prompt_seconds=0.4, token_seconds=0.08)
    first = threading.Thread(target=stand.ask)
    first.start()
    time.sleep(0.2 * stand.pace)
    stand.ask(person=1)
    first.join()


def stopped(stand: Stand) -> None:
    stand.behave(token_seconds=0.3)
    stand.ask(until=["generating"]).stop()
    stand.behave(prompt_seconds=3.0)
    stand.ask(until=["prompt"]).stop()
    if stand.kind not in ("llama", "openai"):
        stand.cool(3.0)
        asked = stand.ask(until=["loading"])
        time.sleep(0.4 * stand.pace)
        asked.stop()


def failing(stand: Stand) -> None:
    stand.behave(prompt_seconds=0.3, fault="die")
    stand.server.behaviour.fault_after_words, stand.server.behaviour.fault_times = 3, 1
    stand.ask()


def failing_load(stand: Stand) -> None:
    if isinstance(stand.server, TrueLlamaRouter):
        stand.cool(0.8)
        stand.server.exit_code = 1
        stand.ask()
        stand.server.exit_code = None


def other_model(stand: Stand) -> None:
    if stand.kind != "llama":
        stand.cool(0.6)
        stand.ask("mistral")
        stand.ask("llama3")


def restarted(stand: Stand) -> None:
    stand.behave(token_seconds=0.2)
    asked = stand.ask(until=["generating"])
    stand.restart()
    asked.wait_for(*OVER)
    stand.behave(prompt_seconds=0.3)
    stand.ask()


SCENARIOS: tuple[Callable[[Stand], None], ...] = (
    warm,
    cold,
    long_prompt,
    two_at_once,
    stopped,
    failing,
    failing_load,
    other_model,
    restarted,
)
