"""What it costs the server that a fast model answers in a full room: every token is for everybody."""

import json
import statistics
import time
from contextlib import ExitStack

from bench import servers
from bench.crowd import Crowd, Loop, Refused
from bench.frames import new_key
from bench.processes import cpu_seconds
from bench.report import Finding, Measure, Observation, Spread
from bench.rounds import Options
from tests.fakes.ollama import FakeOllama, OllamaBehaviour

MEMBERS, TOKENS_PER_SECOND = 200, 500
TOKEN = "word "
LONGEST_ROUND = 60  # seconds of text that the model has to say
LEAST_CHUNKS = 20  # a second; text that comes in lumps would be cheap
CHUNK = b'42["llm_chunk",'


def measure(options: Options) -> Finding:
    """A new question each round; its clock starts with the first token."""
    seconds = min(options.seconds, LONGEST_ROUND / 2)
    text = TOKEN * (TOKENS_PER_SECOND * LONGEST_ROUND)
    with ExitStack() as stack:
        model = stack.enter_context(FakeOllama(OllamaBehaviour(text=text, token_seconds=1 / TOKENS_PER_SECOND)))
        server = stack.enter_context(servers.ours(MEMBERS, OLLAMA_BASE_URL=model.url))
        room = stack.enter_context(_Listening(Loop(), server))
        room.grow_to(MEMBERS)
        rounds = [room.hear_reply(seconds) for _ in range(options.rounds)]
    percent = Spread.of(observed["server CPU"] * 100 for observed in rounds)
    what = f"{TOKENS_PER_SECOND} tokens/s for {MEMBERS} members: processor time"
    middle = {name: statistics.median(observed[name] for observed in rounds) for name in rounds[0]}
    observation: Observation = {"load": f"{MEMBERS} members, one reply", **middle}
    return Finding([Measure(what, percent, must=25, aim=12, is_cost=True, unit=" %")], [observation])


class _Listening(Crowd):
    """A crowd that hears replies grow. The first member's chunks are read, everybody's are counted."""

    def hear_reply(self, seconds: float) -> dict[str, float]:
        """Asks, listens for `seconds`, stops the reply. Raises `Refused` if the text does not come as fast as told."""
        self._chunks, self._texts = 0, list[str]()
        self._reply_id = ""
        for member in self.members:
            member.listener = self._count
        self.members[0].listener = self._read
        self._ask()
        self.loop.until(lambda: bool(self._texts))
        cpu, chunks, texts, began = cpu_seconds(self.server.pid), self._chunks, len(self._texts), time.perf_counter()
        while time.perf_counter() - began < seconds:
            self.loop.turn(0.05)
        took = time.perf_counter() - began
        share = (cpu_seconds(self.server.pid) - cpu) / took
        tokens = sum(map(len, self._texts[texts:])) / len(TOKEN) / took
        heard = (self._chunks - chunks) / took
        self._stop()
        found = {"tokens/s": tokens, "chunks/s": heard / len(self.members), "deliveries/s": heard, "server CPU": share}
        if abs(tokens - TOKENS_PER_SECOND) > TOKENS_PER_SECOND / 10 or found["chunks/s"] < LEAST_CHUNKS:
            raise Refused(f"the text does not flow: {found}")
        return found

    def _ask(self) -> None:
        question = {"room": self.server.room, "content": f"@llama3 tell me {new_key()}", "client_id": new_key()}
        self.members[0].call("send_message", question, lambda _: None)

    def _stop(self) -> None:
        answered: list[bytes] = []
        self.members[0].call("stop_reply", {"message": self._reply_id}, answered.append)
        self.loop.until(lambda: bool(answered))

    def _count(self, payload: bytes) -> None:
        self._chunks += payload.startswith(CHUNK)

    def _read(self, payload: bytes) -> None:
        if payload.startswith(CHUNK):
            self._chunks += 1
            chunk = json.loads(payload[2:])[1]
            self._reply_id = chunk["reply_id"]
            self._texts.append(chunk["data"]["chunk"])
