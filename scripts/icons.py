"""Draws the icons of the installed app from the favicon: `.venv/bin/python scripts/icons.py`, when that has changed."""

import os
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.browser import find_chromium
from scripts.steps import FRONTEND

TARGET = FRONTEND / "public" / "icons"
PAPER = "#fbfaf7"
# File, pixels, how much of it the drawing fills, how round its corners are. Systems cut maskable icons into a shape, of
# which only the inner four fifths are sure to be seen; Apple rounds by itself.
ICONS = (
    ("app-192.png", 192, 0.74, "22%"),
    ("app-512.png", 512, 0.74, "22%"),
    ("maskable-512.png", 512, 0.56, "0"),
    ("apple-touch-180.png", 180, 0.68, "0"),
)


def main() -> None:
    drawing = (FRONTEND / "src" / "ui" / "favicon.svg").read_text()
    TARGET.mkdir(exist_ok=True)
    browser_path = os.environ.get("ROUNDTABLE_CHROMIUM") or find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        for name, size, share, corner in ICONS:
            page = browser.new_page(viewport={"width": size, "height": size})
            paper = f"height:100vh;display:grid;place-items:center;background:{PAPER};border-radius:{corner}"
            style = f"body{{margin:0}}div{{{paper}}}svg{{translate:0 6%;width:{share:.0%};height:{share:.0%}}}"
            page.set_content(f"<style>{style}</style><div>{drawing}</div>")
            page.screenshot(path=TARGET / name, omit_background=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
