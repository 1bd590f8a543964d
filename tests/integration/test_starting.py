"""A start that cannot work says why in one line; a good one says where it is and which model answers."""

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running_server import ROOT, RunningServer


def _start(tmp_path: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": "/usr/bin:/bin", "DATA_DIR": str(tmp_path), "PORT": "0", "OLLAMA_BASE_URL": "off", **settings}
    return subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=30, check=False
    )


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"LLM_RATE_LIMIT": "many"}, "LLM_RATE_LIMIT='many'"),
        ({"ASYNC_MODE": "asyncio"}, "ASYNC_MODE='asyncio'"),
        ({"OLLAMA_BASE_URL": "http://["}, "OLLAMA_BASE_URL"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL"),
        ({"DATABASE_URL": "oracle+missing://x"}, "DATABASE_URL"),
    ],
)
def test_a_bad_setting_is_one_line(tmp_path: Path, settings: dict[str, str], words: str) -> None:
    ended = _start(tmp_path, **settings)
    assert ended.returncode == 2
    (line,) = [line for line in ended.stderr.splitlines() if "INFO" not in line]
    assert line.startswith("Roundtable cannot start: ") and words in line


def test_a_port_in_use_is_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended = _start(tmp_path, PORT=str(taken.getsockname()[1]))
    assert ended.returncode == 2 and "is in use" in ended.stderr and "Traceback" not in ended.stderr


def test_a_good_start_ends_with_the_address_and_the_model(tmp_path: Path) -> None:
    with RunningServer(tmp_path, LLM_EMBEDDED="on") as server:
        lines = server.log().splitlines()
    ready = next(line for line in lines if line.startswith("Roundtable is ready"))
    assert re.fullmatch(rf"Roundtable is ready after \d+\.\d s: {server.url}", ready)
    assert "The built-in model smollm2:135m answers." in lines[lines.index(ready) + 1]
