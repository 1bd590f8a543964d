"""The systemd units: systemd itself finds nothing wrong, they give few rights, and server and workers time to drain."""

import configparser
import os
import subprocess
import sys
from pathlib import Path

import pytest

from chat.commands.working import work
from chat.draining import HARD_DEADLINE_SECONDS
from tests.deploy.settings import known_settings
from tests.running_server import ROOT

UNITS = ROOT / "deploy" / "systemd"
UNIT, BACKUP = UNITS / "roundtable.service", UNITS / "roundtable-backup.service"
WORKER = UNITS / "roundtable-worker@.service"
MOST_EXPOSED = 20  # of 100, as `systemd-analyze security` counts: up to 20 is "OK", the best that it says


def _analyze(*words: str) -> subprocess.CompletedProcess[str]:
    command = [os.environ["ROUNDTABLE_SYSTEMD_ANALYZE"], *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(params=[UNIT, BACKUP, WORKER], ids=lambda unit: unit.name)
def installed(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The unit where its program exists, and beside it what starts it."""
    unit: Path = request.param
    text = unit.read_text()
    assert "ExecStart=/opt/roundtable/.venv/bin/" in text
    bin_folder = str(Path(sys.executable).parent)
    text = text.replace("/opt/roundtable/.venv/bin", bin_folder).replace("/opt/roundtable", str(ROOT))
    place = tmp_path / unit.name.replace("@.", "@1.")
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


def _limits(path: Path) -> dict[str, str]:
    """What the process may not do."""
    service = _service(path)
    names = list(service)
    return {name: service[name] for name in names[names.index("CapabilityBoundingSet") :]}


def test_a_worker_may_do_no_more_than_the_server() -> None:
    assert _limits(WORKER) == _limits(UNIT)


@pytest.mark.parametrize("unit", [BACKUP, WORKER], ids=lambda unit: unit.name)
def test_others_have_what_the_server_has(unit: Path) -> None:
    of_server, of_other = _service(UNIT), _service(unit)
    for name in ("User", "WorkingDirectory", "EnvironmentFile", "StateDirectory", "UMask", "ProtectSystem"):
        assert of_server[name] == of_other[name]
    assert "DATA_DIR=/var/lib/roundtable " in of_server["Environment"]
    assert of_other["Environment"].startswith("DATA_DIR=/var/lib/roundtable ")


def test_a_worker_is_started_by_the_command_for_it() -> None:
    assert _service(WORKER)["ExecStart"].endswith(f"python -m flask --app app {work.name}")


@pytest.mark.parametrize("unit", [UNIT, WORKER], ids=lambda unit: unit.name)
def test_it_is_stopped_as_its_process_expects(unit: Path) -> None:
    service = _service(unit)
    assert float(service["TimeoutStopSec"]) > HARD_DEADLINE_SECONDS
    assert (service["KillSignal"], service["KillMode"]) == ("SIGTERM", "mixed")
    settings = {pair.partition("=")[0] for pair in service["Environment"].split()}
    assert not {name for name in settings if not name.startswith("PYTHON")} - known_settings()
