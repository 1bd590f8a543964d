"""The Compose file: valid by Compose's own schema, and right about the server, its image and nginx."""

import subprocess
import sys
from typing import Any

import pytest
import yaml

from chat.commands.working import work
from chat.draining import HARD_DEADLINE_SECONDS
from tests.deploy.settings import known_settings
from tests.running_server import ROOT

COMPOSE = ROOT / "deploy" / "compose.yaml"
SCHEMA = ("-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "--default-filetype", "yaml")


def _check(text: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *SCHEMA, "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())["services"]
    return found


def test_it_is_as_composes_schema_says() -> None:
    checked = _check(COMPOSE.read_text())
    assert checked.returncode == 0, checked.stdout


def test_the_schema_sees_a_fault() -> None:
    assert "stop_grace" in _check(COMPOSE.read_text().replace("stop_grace_period", "stop_grace")).stdout


def test_the_server_has_few_rights_and_time_to_drain(services: dict[str, Any]) -> None:
    server = services["roundtable"]
    assert server["read_only"] and server["cap_drop"] == ["ALL"] and server["volumes"] == ["data:/data"]
    assert "no-new-privileges:true" in server["security_opt"]
    assert float(server["stop_grace_period"].removesuffix("s")) > HARD_DEADLINE_SECONDS


def test_a_worker_is_the_same_image_with_the_same_settings_and_no_more_rights(services: dict[str, Any]) -> None:
    worker, server = services["worker"], services["roundtable"]
    own = {"profiles", "command", "healthcheck"}
    assert {name: value for name, value in worker.items() if name not in own} == {
        name: value for name, value in server.items() if name not in ("build", "ulimits")
    }
    assert worker["command"] == ["flask", work.name] and worker["healthcheck"] == {"disable": True}
    assert services["redis"]["profiles"] == worker["profiles"] == ["workers"]


def test_everybody_comes_through_the_one_proxy_that_is_trusted(services: dict[str, Any]) -> None:
    assert [name for name, service in services.items() if "ports" in service] == ["nginx"]
    assert services["roundtable"]["environment"]["TRUSTED_PROXIES"] == "1"
    upstream = services["nginx"]["environment"]["UPSTREAM"]
    assert upstream == "roundtable:5000" and "PORT=5000" in (ROOT / "deploy" / "Dockerfile").read_text()


def test_it_sets_what_the_server_knows_and_mounts_what_is_there(services: dict[str, Any]) -> None:
    assert not set(services["roundtable"]["environment"]) - known_settings()
    files = [mount.split(":")[0] for mount in services["nginx"]["volumes"] if mount.startswith("./nginx")]
    assert len(files) == 2 and all((COMPOSE.parent / name).is_file() for name in files)
