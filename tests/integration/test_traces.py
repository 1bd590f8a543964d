"""What a collector is told: a question from its event to the last token, and nothing of what was said."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.collector import FakeCollector, Told
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import Person
from tests.running_server import LIMITS, ROOT, RunningServer

MODES = ["eventlet", "gevent", "threading"]


@pytest.fixture
def collector() -> Iterator[FakeCollector]:
    with FakeCollector() as made:
        yield made


@pytest.fixture
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama(OllamaBehaviour(text="The answer is plugh.", load_seconds=0.3, token_seconds=0.01)) as fake:
        yield fake


def _server(tmp_path: Path, collector: FakeCollector, ollama: FakeOllama, **settings: str) -> RunningServer:
    told = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OLLAMA_BASE_URL": ollama.url, "LLM_MAX_RETRIES": "0"}
    return RunningServer(tmp_path, **LIMITS, **{**told, **settings})


def _within(inner: Told, outer: Told) -> bool:
    return outer.began <= inner.began and inner.ended <= outer.ended


@pytest.mark.parametrize("mode", MODES)
def test_a_question_is_followed_from_its_event_to_the_last_token(
    tmp_path: Path, collector: FakeCollector, ollama: FakeOllama, mode: str
) -> None:
    more = {"OTEL_EXPORTER_OTLP_HEADERS": "x-key=a%20key", "OTEL_SERVICE_NAME": "tables"}
    with _server(tmp_path, collector, ollama, ASYNC_MODE=mode, **more) as server:
        ada = Person(server.url, "ada").register().connect()
        ada.wait_closed(ada.wait_reply(ada.send("@llama3 say xyzzy")["message"]["id"])["id"])
        ada.disconnect()
        event = collector.wait_for(lambda span: span.name == "send_message")
        attempt = collector.wait_for(lambda span: span.name.startswith("chat llama3"))
        reply = collector.wait_for(lambda span: span.id == attempt.parent)
    assert (event.kind, event.parent, event.service) == ("server", "", "tables")
    assert collector.headers["x-key"] == "a key"
    assert reply.name == "reply" and reply.parent == event.id and reply.trace == attempt.trace == event.trace
    assert reply.facts["roundtable.phase"] == "done" and f" {reply.facts['roundtable.job']} the job" in server.log()
    assert _within(attempt, reply) and attempt.facts["gen_ai.usage.output_tokens"] == 4
    assert attempt.facts["gen_ai.request.model"] == "llama3:latest" and attempt.facts["roundtable.backend"] == "ollama"
    below = collector.beneath(attempt)
    phases = [span for span in below if span.kind == "internal"]
    assert [span.name for span in phases][:1] == ["queued"] and {"loading", "generating"} <= {s.name for s in phases}
    assert all(before.ended <= after.began for before, after in zip(phases, phases[1:], strict=False))
    (load,) = [span for span in phases if span.name == "loading"]
    assert load.ended - load.began > 0.2e9
    asked = [span for span in below if span.name == "POST /api/chat"]
    assert asked and all(_within(span, attempt) for span in [*phases, *asked])
    assert asked[-1].kind == "client" and asked[-1].facts["http.response.status_code"] == 200
    for text in (b"xyzzy", b"plugh"):
        assert text not in collector.said


@pytest.mark.parametrize("mode", MODES)
def test_a_request_and_what_fails_are_told_as_well(
    tmp_path: Path, collector: FakeCollector, ollama: FakeOllama, mode: str
) -> None:
    ollama.behaviour.fault = "500"
    with _server(tmp_path, collector, ollama, ASYNC_MODE=mode) as server:
        ada = Person(server.url, "ada").register().connect()
        assert ada.post("/api/llm/generate", prompt="say xyzzy", model="llama3").status_code >= 500
        assert not ada.call("join_room", {"room": "nowhere"})["ok"]
        ada.disconnect()
    request = collector.wait_for(lambda span: span.name == "POST /api/llm/generate")
    assert request.facts["http.response.status_code"] == 502 and request.kind == "server"
    (attempt,) = [span for span in collector.beneath(request) if span.name == "chat llama3:latest"]
    assert attempt.is_error and str(attempt.facts["error.type"]).startswith("Model")
    refused = collector.wait_for(lambda span: span.name == "join_room")
    assert refused.is_error and refused.facts["error.type"] == "not_found" and refused.trace != request.trace
    assert not [span for span in collector.spans if not span.parent and span.kind == "client"], "looks at backends"
    assert b"xyzzy" not in collector.said


def test_a_collector_that_is_away_is_told_of_once_and_holds_nobody_up(tmp_path: Path, ollama: FakeOllama) -> None:
    with FakeCollector() as gone:
        pass
    with _server(tmp_path, gone, ollama) as server:
        ada = Person(server.url, "ada").register().connect()
        for _ in range(3):
            assert ada.get("/api/rooms").ok
        ada.disconnect()
        status, seconds = server.stop()
    assert status == 0 and seconds < 8
    assert server.log().count("takes nothing") == 1 and "Traceback" not in server.log()


def test_without_the_setting_nothing_of_it_is_there(tmp_path: Path) -> None:
    program = """
import json, sys
from chat.bootstrap import create_app
from chat.config import Config
from chat.tracing import NO_SPAN, begin, span
create_app(Config.from_env({"DATA_DIR": sys.argv[1], "ASYNC_MODE": "threading", "LLM_EMBEDDED": "off"})).close()
with span("a") as made:
    sends = [name for name in sys.modules if name.startswith(("chat.otlp", "opentelemetry.exporter"))]
    print(json.dumps([made is begin("b") is NO_SPAN, sends]))
"""
    ran = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert json.loads(ran.stdout) == [True, []]
