"""The commands of `flask` as somebody types them."""

import subprocess
import sys
from pathlib import Path

from tests.running_server import ROOT

PATIENCE = 60.0  # seconds


def run_flask(data_dir: Path, *arguments: str, typed: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    """`typed` is its standard input."""
    env = {"PATH": "/usr/bin:/bin", "DATA_DIR": str(data_dir), "FLASK_APP": "app.py", "OLLAMA_BASE_URL": "off"}
    return subprocess.run(
        [sys.executable, "-m", "flask", *arguments],
        cwd=ROOT,
        env={**env, **settings},
        input=typed,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def flask(data_dir: Path, *arguments: str, typed: str = "", **settings: str) -> str:
    """What a command that succeeds prints."""
    ended = run_flask(data_dir, *arguments, typed=typed, **settings)
    assert ended.returncode == 0, ended
    return ended.stdout
