"""A thousand equal prompts at once: one call to the backend, a thousand equal answers. `-s` prints the figures."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.processes import Held
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.fakes.serving import Exchange
from tests.fakes.speech import stage_of
from tests.integration.engine.many import Answer, ask_all_at_once
from tests.people import Person, new_key
from tests.running_server import LIMITS, RunningServer

pytestmark = pytest.mark.alone

AT_ONCE = 1000
QUIET_SECONDS = 3.0  # in which a busy machine gets from reading a request to waiting for its answer
TEXT = "It is one answer, and everybody gets it."
# Without a cache, so that whoever comes late would be another call.
SETTINGS = {**LIMITS, "LLM_RATE_LIMIT": "1000000", "REQUEST_RATE_LIMIT": "1000000", "LLM_CACHE_TTL": "0"}


@pytest.fixture(scope="module")
def server(ollama: FakeOllama, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    ollama.behaviour = OllamaBehaviour(text=TEXT)
    ollama.loaded.add("llama3:latest")
    with RunningServer(tmp_path_factory.mktemp("data"), OLLAMA_BASE_URL=ollama.url, **SETTINGS) as running:
        yield running


@pytest.fixture(scope="module")
def key(server: RunningServer) -> str:
    ada = Person(server.url, "ada").register()
    return str(ada.post("/api/keys", name="script").json()["key"])


def _wait_until_all_is_read(port: int) -> None:
    """Until the server has had nothing to read for a while: then it has taken up all that came."""
    quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < QUIET_SECONDS:
        time.sleep(0.05)
        if _unread_bytes(port):
            quiet_since = time.monotonic()


def _unread_bytes(port: int) -> int:
    """In the receive buffers of all connections to a port of this machine."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(int(row[4].partition(":")[2], 16) for row in rows if int(row[1].partition(":")[2], 16) == port)


def _text(answer: Answer, is_stream: bool) -> str:
    status, body = answer
    assert status == 200, body
    if not is_stream:
        told: dict[str, Any] = json.loads(body)
        return str(told["text"] if "text" in told else told["choices"][0]["message"]["content"])
    events = [line.removeprefix(b"data: ") for line in body.split(b"\n") if line.startswith(b"data: {")]
    return "".join(c["delta"].get("content", "") for event in events for c in json.loads(event)["choices"])


@pytest.mark.parametrize(
    ("path", "is_stream"),
    [("/v1/chat/completions", True), ("/v1/chat/completions", False), ("/api/llm/generate", False)],
)
def test_a_thousand_equal_prompts_are_one_call(
    server: RunningServer, ollama: FakeOllama, key: str, path: str, is_stream: bool
) -> None:
    assert server.process
    before = len(ollama.chats())

    def hold(exchange: Exchange) -> bool:
        if stage_of("ollama", exchange.seen) == "answer":
            _wait_until_all_is_read(server.port)
        return False

    ollama.intercept = hold
    prompt = f"Who are you? ({new_key()})"
    asked = {"prompt": prompt} if path.startswith("/api") else {"messages": [{"role": "user", "content": prompt}]}
    body = {"model": "llama3", "stream": is_stream, **asked}
    began = time.monotonic()
    answers = ask_all_at_once(server.url, key, path, body, AT_ONCE)
    took, held = time.monotonic() - began, Held.by(server.process.pid)
    calls, texts = len(ollama.chats()) - before, {_text(answer, is_stream) for answer in answers}
    print(f"\n{path}, stream {is_stream}: {AT_ONCE} prompts, {calls} call, {len(texts)} different answer", end="")
    print(f", {took:.1f} s, {held.resident_mb:.0f} MB resident")
    assert (calls, texts, len(answers)) == (1, {TEXT}, AT_ONCE)
