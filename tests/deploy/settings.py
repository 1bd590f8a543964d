"""The names of all settings, as .env.example has them."""

import re

from tests.running_server import ROOT


def known_settings() -> set[str]:
    return set(re.findall(r"^([A-Z][A-Z0-9_]*)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE))
