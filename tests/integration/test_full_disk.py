"""The disk runs full while people talk: they are told so, can read on, and nothing that was promised is lost. When
there is room again everything goes on by itself."""

import os
import resource
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.crowd import Crowd
from tests.people import Person
from tests.running_server import LIMITS, RunningServer

PAGES, FULL_SECONDS = 6, 3
LONG = "A long text finds no room. " * 300


class FileSizeLimit:
    """No file of the server's may grow any more."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, server: RunningServer) -> None:
        assert server.process
        largest = max(path.stat().st_size for path in self.folder.iterdir())
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))

    def empty(self, server: RunningServer) -> None:
        assert server.process
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)

    def remove(self) -> None:
        """Nothing is left."""


class SmallFileSystem:
    """A file system of its own with a few megabytes, and a file that fills it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "mounted"
        self.folder.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(self.folder)], check=True)

    def fill(self, _server: RunningServer) -> None:
        with (self.folder / "ballast").open("wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(b"x" * 4096)
            except OSError:
                return

    def empty(self, _server: RunningServer) -> None:
        (self.folder / "ballast").unlink()

    def remove(self) -> None:
        subprocess.run(["umount", str(self.folder)], check=True)


Disk = FileSizeLimit | SmallFileSystem


def _can_mount() -> bool:
    return os.geteuid() == 0 and subprocess.run(["unshare", "-m", "true"], check=False).returncode == 0


@pytest.fixture(params=[FileSizeLimit, *([SmallFileSystem] if _can_mount() else [])])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    made: Disk = request.param(tmp_path)
    yield made
    made.remove()


@pytest.fixture
def server(disk: Disk, tmp_path: Path) -> Iterator[RunningServer]:
    running = RunningServer(disk.folder, **LIMITS)
    running.log_path = tmp_path / "server.log"
    with running:
        yield running


def test_a_full_disk_costs_nothing_but_time(server: RunningServer, disk: Disk) -> None:
    assert server.process
    pid, ada = server.process.pid, Person(server.url, "ada").register().connect()
    ada.join()
    with Crowd(server, PAGES) as crowd:
        time.sleep(0.5)
        disk.fill(server)
        answers = [_answer_to_a_long_text(ada) for _ in range(FULL_SECONDS * 10)]
        crowd.check_kept()
        assert requests.get(f"{server.url}/healthz", timeout=5).ok
        assert len(crowd.host.history(crowd.room)) > PAGES
        disk.empty(server)
        crowd.check()
        print(f"{answers.count('ok')} of {len(answers)} long texts had room, then {set(answers)}; {crowd.counts()}")
    assert "disk is full" in answers[-1] or "disk does not take" in answers[-1], answers[-1]
    told = server.log().count("ERROR")
    assert 1 <= told <= 3 and "Traceback" not in server.log(), f"{told} errors in the log"
    assert _answer_to_a_long_text(ada) == "ok"
    assert len(ada.history()) == answers.count("ok") + 1
    assert server.process.pid == pid and server.process.poll() is None
    ada.disconnect()


def _answer_to_a_long_text(person: Person) -> str:
    time.sleep(0.1)
    answer = person.send(LONG)
    return "ok" if answer["ok"] else str(answer["error"]["message"])
