"""The command-line tool `llm`, unmodified, against our `/v1`: somebody at a terminal, pipes and all."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import new_key
from tests.running_server import RunningServer

TEXT = "Blue, red and green."
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def llm(server: RunningServer, key: str, tmp_path: Path) -> Run:
    """Runs it in a home of its own, in which three models of ours are written down."""
    api = {"api_base": f"{server.url}/v1", "api_key_name": "roundtable"}
    remembering = {"headers": {"X-Conversation-ID": "terminal"}}
    models = [
        {"model_id": "ours", "model_name": "llama3", **api},
        {"model_id": "ours-with-memory", "model_name": "llama3", **api, **remembering},
        {"model_id": "nobody", "model_name": "nobody", **api},
    ]
    (tmp_path / "extra-openai-models.yaml").write_text(json.dumps(models))  # JSON is YAML, too
    (tmp_path / "keys.json").write_text(json.dumps({"roundtable": key}))
    # Without plugins: the package of the built-in model's weights would be one.
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LLM_USER_PATH": str(tmp_path), "LLM_LOAD_PLUGINS": ""}

    def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "llm", *arguments]
        return subprocess.run(
            command, env=env, input=stdin, capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path
        )

    return run


def _question() -> str:
    return f"Name three colours. ({new_key()})"


def _said(ran: subprocess.CompletedProcess[str]) -> str:
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


@pytest.mark.parametrize("how", [[], ["--no-stream"]])
def test_a_question_is_answered(llm: Run, ollama: FakeOllama, how: list[str]) -> None:
    question = _question()
    options = ["-s", "Be brief.", "-o", "temperature", "0.5", "-o", "max_tokens", "9"]
    assert _said(llm("-m", "ours", *how, *options, question)) == TEXT
    asked = ollama.chats()[-1].body
    assert [(turn["role"], turn["content"]) for turn in asked["messages"]] == [
        ("system", "Be brief."),
        ("user", question),
    ]
    assert asked["options"] == {"temperature": 0.5, "num_predict": 9}


def test_what_is_piped_in_is_asked(llm: Run, ollama: FakeOllama) -> None:
    piped = f"three lines\nof text\n{new_key()}"
    assert _said(llm("-m", "ours", stdin=piped)) == TEXT
    assert ollama.chats()[-1].body["messages"] == [{"role": "user", "content": piped}]


def test_a_conversation_goes_on(llm: Run, ollama: FakeOllama) -> None:
    first, second = _question(), _question()
    assert _said(llm("-m", "ours", first)) == TEXT
    assert _said(llm("-c", second)) == TEXT
    assert [turn["content"] for turn in ollama.chats()[-1].body["messages"]] == [first, TEXT, second]


def test_with_a_header_the_server_itself_remembers(llm: Run, ollama: FakeOllama) -> None:
    first, second = _question(), _question()
    assert _said(llm("-m", "ours-with-memory", "--no-log", first)) == TEXT
    assert _said(llm("-m", "ours-with-memory", "--no-log", second)) == TEXT
    assert [turn["content"] for turn in ollama.chats()[-1].body["messages"]] == [first, TEXT, second]


@pytest.mark.parametrize("how", [[], ["--no-stream"]])
def test_what_fails_says_why_and_what_to_do(llm: Run, behaviour: OllamaBehaviour, how: list[str]) -> None:
    unknown = llm("-m", "nobody", *how, _question())
    assert unknown.returncode == 1 and "ollama pull nobody" in unknown.stderr
    stranger = llm("-m", "ours", *how, "--key", "rt_wrong", _question())
    assert stranger.returncode == 1 and "send a valid API key" in stranger.stderr
    behaviour.fault = "too long"
    too_long = llm("-m", "ours", *how, _question())
    assert too_long.returncode == 1 and "shorten it" in too_long.stderr
    assert unknown.stdout + stranger.stdout + too_long.stdout == ""


def test_an_answer_that_breaks_off_is_an_error_and_no_short_answer(llm: Run, behaviour: OllamaBehaviour) -> None:
    behaviour.fault, behaviour.fault_after_words = "crash", 2
    broken = llm("-m", "ours", _question())
    assert broken.returncode == 1 and broken.stdout.strip() == "Blue, red" and broken.stderr.strip()
