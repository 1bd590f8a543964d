"""The real browser of the end-to-end tests: the one that is there, or Debian's. It never downloads one by itself."""

from scripts.programs import Program, find

CHROMIUM = Program(
    title="Chromium",
    names=("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    # Without recommended packages there are no fonts, and without fonts text has no size.
    packages=("chromium", "fonts-liberation", "fonts-noto-color-emoji"),
    variable="CHROMIUM",
    how_to="""No Chromium was found for the end-to-end tests. Install one and run the same command again:
  Debian           apt install chromium
  Ubuntu           snap install chromium
  Fedora           dnf install chromium
  macOS            brew install --cask chromium
or name the browser that you have: CHROMIUM=/path/to/chrome make test""",
)


def find_chromium() -> str:
    """The path of a Chromium. Raises `SetupFailed` if none is there and none can be installed."""
    return find(CHROMIUM)
