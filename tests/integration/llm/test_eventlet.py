"""The model layer under eventlet, patched as in the server: it never holds up the others, and cancelling works."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.ollama import FakeOllama, OllamaBehaviour

pytestmark = pytest.mark.alone

ROOT = Path(__file__).parents[3]
# What other work on the machine may add; a blocking call in our code would take as long as the backend is silent.
TOLERATED_SECONDS = 0.15


@pytest.fixture
def server() -> Iterator[FakeOllama]:
    with FakeOllama(OllamaBehaviour(load_seconds=0.5, prompt_seconds=0.3)) as server:
        yield server


def run(scenario: str, url: str = "") -> dict[str, Any]:
    command = [sys.executable, "-W", "ignore", "-m", "tests.integration.llm.under_eventlet", scenario, url]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert result["longest_block"] < TOLERATED_SECONDS, result
    return result


def test_others_go_on_while_a_model_loads_and_reads(server: FakeOllama) -> None:
    result = run("slow_backend", server.url)
    assert result["error"] == "None"
    assert result["phases"] == ["loading", "connected", "prompt", "generating"]
    assert result["text"] == "Hello from the other side."
    assert result["ticks"] > 20


def test_a_green_thread_that_waits_for_a_silent_backend_can_be_cancelled(server: FakeOllama) -> None:
    server.behaviour.fault, server.behaviour.fault_after_words = "stall", 1
    result = run("cancel_while_blocked", server.url)
    assert result["error"] == "Cancelled()"
    assert result["seconds"] < 0.5
    assert server.wait_for(lambda: server.open_connections == 0)


def test_others_go_on_while_a_backend_does_not_say_what_is_loaded(server: FakeOllama) -> None:
    server.behaviour.ps_seconds = 60.0
    assert run("silent_list", server.url)["loaded"] == [None]


def test_followers_of_one_flight_are_green(server: FakeOllama) -> None:
    server.behaviour.token_seconds = 0.02
    result = run("shared_flight", server.url)
    assert result["errors"] == ["None"] * 5
    assert result["texts"] == ["Hello from the other side."] * 5
    assert len([seen for seen in server.chats() if seen.body["messages"]]) == 1


def test_others_go_on_while_the_built_in_model_starts_answers_rests_and_starts_again() -> None:
    result = run("built_in_model")
    assert result["errors"] == ["None"] * 3
    assert result["phases"] == [["loading", "connected", "prompt", "generating"]] * 2
    assert result["was_idle"] and result["ended"]


def test_others_go_on_while_a_built_in_model_that_is_stuck_is_replaced() -> None:
    result = run("stuck_built_in_model")
    assert result["errors"] == ["ModelTimeout('It said nothing for too long.')", "None"]
    assert result["is_another"]
