"""The real browser of the end-to-end tests: the one that is there, or Debian's. It never downloads one by itself."""

import os
import shutil

from scripts.steps import SetupFailed, run, say

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Without recommended packages there are no fonts, and without fonts text has no size.
PACKAGES = ("chromium", "fonts-liberation", "fonts-noto-color-emoji")
HOW_TO = """No Chromium was found for the end-to-end tests. Install one and run the same command again:
  Debian           apt install chromium
  Ubuntu           snap install chromium
  Fedora           dnf install chromium
  macOS            brew install --cask chromium
or name the browser that you have: CHROMIUM=/path/to/chrome make test"""


def find_chromium() -> str:
    """The path of a Chromium. Raises `SetupFailed` if none is there and none can be installed."""
    named = os.environ.get("CHROMIUM")
    if named and not shutil.which(named):
        raise SetupFailed(f"CHROMIUM is set to {named}, which is no program.")
    found = named or _installed()
    if not found and os.geteuid() == 0 and shutil.which("apt-get"):
        _install()
        found = _installed()
    if not found:
        raise SetupFailed(HOW_TO)
    return shutil.which(found) or found


def _installed() -> str | None:
    return next((name for name in NAMES if shutil.which(name)), None)


def _install() -> None:
    say("· Installing Chromium for the end-to-end tests with apt (once, about two minutes)")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-q"], env=env)
    run(["apt-get", "install", "-q", "-y", "--no-install-recommends", *PACKAGES], env=env)
