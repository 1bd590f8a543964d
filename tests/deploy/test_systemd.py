"""The systemd unit: systemd itself finds nothing wrong, it gives the server few rights, and time to drain."""

import configparser
import os
import subprocess
import sys
from pathlib import Path

import pytest

from chat.launch import HARD_DEADLINE_SECONDS
from tests.deploy.settings import known_settings
from tests.running_server import ROOT

UNIT = ROOT / "deploy" / "systemd" / "roundtable.service"
MOST_EXPOSED = 20  # of 100, as `systemd-analyze security` counts: up to 20 is "OK", the best that it says


def _analyze(*words: str) -> subprocess.CompletedProcess[str]:
    command = [os.environ["ROUNDTABLE_SYSTEMD_ANALYZE"], *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The unit where its program exists."""
    place = tmp_path / "roundtable.service"
    text = UNIT.read_text()
    assert "ExecStart=/opt/roundtable/.venv/bin/python app.py" in text
    text = text.replace("/opt/roundtable/.venv/bin/python", sys.executable).replace("/opt/roundtable", str(ROOT))
    place.write_text(text)
    return place


def test_systemd_finds_nothing_wrong(installed: Path) -> None:
    checked = _analyze("verify", "--man=no", str(installed))
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def test_systemd_sees_a_fault(installed: Path) -> None:
    installed.write_text(installed.read_text().replace("LimitNOFILE=65536", "LimitNOFILES=65536"))
    assert "LimitNOFILES" in _analyze("verify", "--man=no", str(installed)).stderr


def test_the_server_has_few_rights(installed: Path) -> None:
    checked = _analyze("security", "--offline=yes", "--no-pager", f"--threshold={MOST_EXPOSED}", str(installed))
    assert checked.returncode == 0, checked.stdout


def test_it_is_stopped_as_the_server_expects() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
    unit.read(UNIT)
    service = unit["Service"]
    assert float(service["TimeoutStopSec"]) > HARD_DEADLINE_SECONDS
    assert (service["KillSignal"], service["KillMode"]) == ("SIGTERM", "mixed")
    settings = {pair.partition("=")[0] for pair in service["Environment"].split()}
    assert not {name for name in settings if not name.startswith("PYTHON")} - known_settings()
