"""How long models took to load and how fast they wrote is known to all who ask, and over a restart."""

from typing import Any

import pytest

from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import Person
from tests.running_server import LIMITS, RunningServer


def _history(person: Person) -> list[dict[str, Any]]:
    models: list[dict[str, Any]] = person.get("/api/llm/history").json()["models"]
    return models


def test_loads_and_speeds_are_kept(tmp_path_factory: pytest.TempPathFactory) -> None:
    with FakeOllama(OllamaBehaviour(load_seconds=0.3, text="word " * 20, token_seconds=0.01)) as ollama:
        settings = {"OLLAMA_BASE_URL": ollama.url, "LLM_PARALLEL": "1", **LIMITS}
        with RunningServer(tmp_path_factory.mktemp("data"), **settings) as server:
            ada = Person(server.url, "ada").register().connect()
            assert _history(ada) == []
            for text in ("@llama3 why?", "@llama3 why not?"):
                answer = ada.wait_closed(ada.wait_reply(ada.send(text)["message"]["id"])["id"])
                assert answer["llm"]["phase"] == "done"
            (before,) = _history(ada)
            assert before["id"] == "ollama/llama3:latest"
            assert [load["load_ms"] >= 300 for load in before["loads"]] == [True], "the second answer needed none"
            assert len(before["speeds"]) == 2 and all(speed > 0 for speed in before["speeds"])
            ada.disconnect()
            server.stop()
            server.start()
            ada.connect()
            assert _history(ada) == [before]
            ollama.behaviour = OllamaBehaviour(text="word " * 5000, token_seconds=0.02)
            replies = [ada.wait_reply(ada.send(f"@llama3 {n}?")["message"]["id"])["id"] for n in range(2)]
            place = ada.wait_for("llmStatus", lambda s: s["reply_id"] == replies[1] and s["queue_position"] == 1)
            assert place["estimated"] and place["estimated_time"] > 0, "learned before the restart"
            ada.disconnect()
