"""Patches, builds and serves Roundtable: `python app.py`. For `flask` it has the commands, and patches nothing."""

import os
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

STARTED = time.monotonic()


def _async_mode() -> str:
    """ASYNC_MODE from the environment or `.env`, read by hand: python-dotenv may only be imported after patching."""
    env_file = Path(".env")
    found = re.search(
        r"^\s*ASYNC_MODE\s*=\s*[\"']?(\w+)", env_file.read_text() if env_file.is_file() else "", re.MULTILINE
    )
    return (os.environ.get("ASYNC_MODE", "").strip() or (found.group(1) if found else "eventlet")).lower()


IS_COMMAND = os.environ.get("FLASK_RUN_FROM_CLI") == "true"  # `flask` has imported half of the library by then
ASYNC_MODE = "threading" if IS_COMMAND else _async_mode()
os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")  # its resolver fails on .local names and odd resolv.conf entries
os.environ.setdefault("PSYCOPG_WAIT_FUNC", "wait_selector")  # psycopg's C wait would block the whole loop

if ASYNC_MODE == "eventlet":
    import warnings

    warnings.filterwarnings("ignore", message=r"(?s).*Eventlet is deprecated.*")
    import eventlet

    eventlet.monkey_patch()
elif ASYNC_MODE == "gevent":
    from gevent import monkey

    monkey.patch_all()

from chat.config import Config  # noqa: E402  everything below must see the patched standard library
from chat.settings_reader import ConfigError  # noqa: E402  the same


def main() -> int:
    from chat.launch import launch

    try:
        config = Config.from_env()
    except ConfigError as problem:
        print(f"Roundtable cannot start: {problem}", file=sys.stderr)
        return 2
    return launch(config, STARTED)


def create_app() -> "Flask":
    """What `flask` loads: commands and no routes."""
    from chat.commands import build_commands

    return build_commands()


if __name__ == "__main__":
    sys.exit(main())
