"""300 pages talk in shared rooms while one part of the server after the other is killed with SIGKILL: nothing that was
acknowledged is lost or there twice, every reply is closed, and all pages end up with what is stored."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.cluster.crowds import Crowds
from tests.integration.cluster.machine import Machine
from tests.integration.cluster.test_jobs import LEASE
from tests.proxies import CERTIFICATES
from tests.services.teams import until

ROOMS, PAGES = 10, 30
MOVE = 60.0  # seconds; the nginx that was there before the reload sends everybody away after 30
BETWEEN = 100  # messages that are acknowledged from one blow to the next one


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    built = Machine(tmp_path)
    for name in CERTIFICATES:
        monkeypatch.setenv(name, str(built.proxy.certificates))
    with built:
        yield built


@pytest.mark.alone
def test_nothing_acknowledged_is_lost_whatever_is_killed(machine: Machine) -> None:
    began = time.monotonic()
    with Crowds(machine, ROOMS, PAGES) as crowds:
        crowds.wait_until_here()
        machine.proxy.reload()
        for part in machine.mortal.values():
            crowds.talk_on(BETWEEN)
            machine.kill(part)
            crowds.check_kept()
        crowds.talk_on(BETWEEN)
        crowds.settle(LEASE)
        machine.wait_until_whole()
        until(lambda: all(tab.connects > 1 for tab in crowds.tabs), MOVE)
        crowds.check()
        print({**crowds.counts(), "killed": list(machine.mortal), "seconds": round(time.monotonic() - began)})
        assert crowds.replies()["done"]
