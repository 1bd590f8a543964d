"""A slow query holds up nobody but whoever asked, in every mode."""

import json
import os
import subprocess
import sys

import pytest

from tests.running_server import ROOT


@pytest.mark.parametrize("mode", ["eventlet", "gevent", "threading"])
def test_others_go_on_while_a_query_is_slow(url: str, mode: str) -> None:
    env = {**os.environ, "ASYNC_MODE": mode, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "tests/postgres/waiting.py", url]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["mode"] == mode
    assert told["turns"] >= 5, "while pg_sleep took half a second: a loop that stands still takes one turn or two"
