"""The systemd units: systemd itself finds nothing wrong, they give few rights, and the server time to drain."""

import configparser
import os
import subprocess
import sys
from pathlib import Path

import pytest

from chat.launch import HARD_DEADLINE_SECONDS
from tests.deploy.settings import known_settings
from tests.running_server import ROOT

UNITS = ROOT / "deploy" / "systemd"
UNIT, BACKUP = UNITS / "roundtable.service", UNITS / "roundtable-backup.service"
MOST_EXPOSED = 20  # of 100, as `systemd-analyze security` counts: up to 20 is "OK", the best that it says


def _analyze(*words: str) -> subprocess.CompletedProcess[str]:
    command = [os.environ["ROUNDTABLE_SYSTEMD_ANALYZE"], *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(params=[UNIT, BACKUP], ids=lambda unit: unit.name)
def installed(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The unit where its program exists, and beside it what starts it."""
    unit: Path = request.param
    text = unit.read_text()
    assert "ExecStart=/opt/roundtable/.venv/bin/" in text
    bin_folder = str(Path(sys.executable).parent)
    text = text.replace("/opt/roundtable/.venv/bin", bin_folder).replace("/opt/roundtable", str(ROOT))
    place = tmp_path / unit.name
    place.write_text(text)
    for timer in UNITS.glob("*.timer"):
        (tmp_path / timer.name).write_text(timer.read_text())
    return place


def test_systemd_finds_nothing_wrong(installed: Path) -> None:
    units = [installed, *installed.parent.glob(f"{installed.stem}.timer")]
    checked = _analyze("verify", "--man=no", *map(str, units))
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def test_systemd_sees_a_fault(installed: Path) -> None:
    installed.write_text(installed.read_text().replace("UMask=", "UMasks="))
    assert "UMasks" in _analyze("verify", "--man=no", str(installed)).stderr


def test_it_has_few_rights(installed: Path) -> None:
    checked = _analyze("security", "--offline=yes", "--no-pager", f"--threshold={MOST_EXPOSED}", str(installed))
    assert checked.returncode == 0, checked.stdout


def _service(path: Path) -> configparser.SectionProxy:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
    unit.read(path)
    return unit["Service"]


def test_a_backup_is_of_what_the_server_has() -> None:
    of_server, of_backup = _service(UNIT), _service(BACKUP)
    for name in ("User", "WorkingDirectory", "EnvironmentFile", "StateDirectory", "UMask"):
        assert of_server[name] == of_backup[name]
    assert "DATA_DIR=/var/lib/roundtable " in of_server["Environment"] and "ProtectSystem" in of_backup
    assert of_backup["Environment"].startswith("DATA_DIR=/var/lib/roundtable ")


def test_it_is_stopped_as_the_server_expects() -> None:
    service = _service(UNIT)
    assert float(service["TimeoutStopSec"]) > HARD_DEADLINE_SECONDS
    assert (service["KillSignal"], service["KillMode"]) == ("SIGTERM", "mixed")
    settings = {pair.partition("=")[0] for pair in service["Environment"].split()}
    assert not {name for name in settings if not name.startswith("PYTHON")} - known_settings()
