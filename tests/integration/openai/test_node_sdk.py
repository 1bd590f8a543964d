"""OpenAI's official SDK for Node, unmodified, against our `/v1`; tests/node/ask.mjs is the program that uses it."""

import base64
import json
import os
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.embeddings import vector_of
from tests.fakes.ollama import OllamaBehaviour
from tests.people import new_key
from tests.running_server import RunningServer

PROGRAM = Path(__file__).parents[2] / "node" / "ask.mjs"
TEXT = "Blue, red and green."
Ask = Callable[..., Any]


@pytest.fixture
def ask(server: RunningServer, key: str) -> Ask:
    def ask(how: str, **request: Any) -> Any:
        messages = [{"role": "user", "content": f"Name three colours. ({new_key()})"}]
        body = json.dumps({"model": "llama3", "messages": messages, **request})
        env = {**os.environ, "OPENAI_BASE_URL": f"{server.url}/v1", "OPENAI_API_KEY": key}
        ran = subprocess.run(
            ["node", str(PROGRAM), how, body], env=env, capture_output=True, text=True, timeout=60, check=False
        )
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    return ask


def test_an_answer_comes_whole(ask: Ask) -> None:
    answer = ask("whole")
    assert answer["text"] == TEXT and answer["usage"]["total_tokens"] > 0


def test_the_plain_loop_reads_the_text_and_the_status(ask: Ask) -> None:
    answer = ask("loop")
    assert answer["text"] == TEXT
    assert answer["statuses"][0] == "routing" and answer["statuses"][-2:] == ["generating", "done"]


def test_without_status_only_openais_fields_come(ask: Ask) -> None:
    answer = ask("loop", stream_options={"include_status": False})
    assert answer == {"text": TEXT, "statuses": []}


def test_the_stream_helper_puts_the_answer_together(ask: Ask) -> None:
    answer = ask("helper", stream_options={"include_usage": True})
    assert answer["text"] == TEXT and answer["usage"]["completion_tokens"] > 0


def test_models_are_listed(ask: Ask) -> None:
    assert set(ask("models")["ids"]) == {"auto", "llama3", "nomic-embed-text"}


@pytest.mark.parametrize("form", [{}, {"encoding_format": "float"}, {"encoding_format": "base64"}])
def test_texts_become_vectors(ask: Ask, form: dict[str, str]) -> None:
    made = ask("embed", model="nomic-embed-text", input=["one", "two"], **form)
    vectors = [vector_of("one"), vector_of("two")]
    if form.get("encoding_format") == "base64":
        vectors = [base64.b64encode(struct.pack("<8f", *vector)).decode() for vector in vectors]
    assert made == {"vectors": vectors, "usage": {"prompt_tokens": 2, "total_tokens": 2}, "backend": "ollama"}


def test_a_model_that_makes_no_embeddings_is_not_found(ask: Ask) -> None:
    refused = ask("embed_error", model="llama3", input="one")
    assert (refused["kind"], refused["status"], refused["code"]) == ("NotFoundError", 404, "model_not_found")


def test_failures_have_the_classes_that_programs_expect(ask: Ask, behaviour: OllamaBehaviour) -> None:
    unknown = ask("error", model="nobody")
    assert (unknown["kind"], unknown["status"], unknown["code"]) == ("NotFoundError", 404, "model_not_found")
    behaviour.fault, behaviour.fault_after_words = "crash", 2
    broken = ask("error")
    assert broken["kind"] == "APIError" and broken["code"] == "model_refused"


def test_whoever_leaves_frees_the_model(ask: Ask, behaviour: OllamaBehaviour) -> None:
    behaviour.text, behaviour.token_seconds = "word " * 1000, 0.02
    assert ask("leave")["left"]
    behaviour.text, behaviour.token_seconds = TEXT, 0.0
    assert ask("whole")["text"] == TEXT
