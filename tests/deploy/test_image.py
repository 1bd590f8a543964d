"""The image: a good Dockerfile, nothing secret in its context, and a server that lives in it without rights."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.deploy.image import DOCKERFILE, NOBODY, Ignored, Image, command, copies, said, stages
from tests.people import Person
from tests.running_server import ROOT, free_port

START_SECONDS = 60.0


@pytest.fixture(scope="module")
def ignored() -> Ignored:
    return Ignored((ROOT / ".dockerignore").read_text())


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory, ignored: Ignored) -> Image:
    return Image(tmp_path_factory.mktemp("image"), ignored)


class Container:
    """A running image; `url` is where it answers."""

    def __init__(self, image: Image, log_path: Path) -> None:
        self.image, self.port, self.log_path = image, free_port(), log_path
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = {"PORT": str(self.port), "OLLAMA_BASE_URL": "off"}
        words = image.inside(command(said(image.stage, "CMD")), **self.settings)
        with log_path.open("wb") as log:
            self.process = subprocess.Popen(words, stdout=log, stderr=log)

    def health(self) -> int:
        """The exit status of its health check."""
        words = self.image.inside(command(said(self.image.stage, "HEALTHCHECK")), **self.settings)
        return subprocess.run(words, capture_output=True, check=False).returncode

    def wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            try:
                requests.get(f"{self.url}/healthz", timeout=5)
                return
            except requests.ConnectionError:
                time.sleep(0.1)
        raise AssertionError(f"it did not start:\n{self.log_path.read_text()}")


@pytest.fixture(scope="module")
def container(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    running = Container(image, tmp_path_factory.mktemp("log") / "log")
    try:
        running.wait()
        yield running
    finally:
        running.process.kill()
        running.process.wait()


def test_hadolint_finds_nothing() -> None:
    linter = Path(sys.executable).with_name("hadolint")
    found = subprocess.run([linter, "--no-color", DOCKERFILE], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout + found.stderr) == (0, "")


def test_the_context_holds_what_is_copied_and_no_data_or_secret(ignored: Ignored) -> None:
    copied = [copy for stage in stages(DOCKERFILE.read_text()) for copy in copies(stage) if not copy.stage]
    assert len(copied) > 5
    assert not [copy.source for copy in copied if ignored.hides(copy.source) or not (ROOT / copy.source).exists()]
    private = (".env", ".git/config", "data/secret_key", ".venv/bin/python", "frontend/.env", "chat/__pycache__/x.pyc")
    needed = ("chat/services/built_in_templates/review.toml", "frontend/src/main.tsx", "migrations/env.py")
    assert [ignored.hides(path) for path in (*private, *needed)] == [True] * len(private) + [False] * len(needed)


def test_the_page_can_be_built_from_what_its_stage_copies(tmp_path: Path, ignored: Ignored) -> None:
    build = tmp_path / "build"
    build.mkdir()
    for copy in copies(stages(DOCKERFILE.read_text())[0]):
        ignored.copy(ROOT / copy.source, build if copy.target == "/build" else tmp_path / copy.target.lstrip("/"))
    (build / "node_modules").symlink_to(ROOT / "frontend" / "node_modules")
    built = subprocess.run(["npm", "run", "--silent", "build"], cwd=build, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    parts = re.findall(r'(?:src|href)="/(assets/[^"]+)"', (build / "dist" / "index.html").read_text())
    assert len(parts) > 1 and all((build / "dist" / part).is_file() for part in parts)


def test_it_serves_and_its_models_work_without_a_right_to_write(container: Container) -> None:
    assert container.health() == 0, container.log_path.read_text()
    assert "<!doctype html>" in requests.get(container.url, timeout=10).text.lower()
    ada = Person(container.url, "ada").register()
    headers = {"Authorization": f"Bearer {ada.post('/api/keys', name='program').json()['key']}"}
    question = {"prompt": "Name three colours.", "max_tokens": 16}
    answer = requests.post(f"{container.url}/api/llm/generate", json=question, headers=headers, timeout=60).json()
    assert answer["text"], answer
    models = requests.get(f"{container.url}/v1/models", headers=headers, timeout=10).json()["data"]
    embedding = {"input": "colours", "model": next(m["id"] for m in models if "e5" in m["id"])}
    vector = requests.post(f"{container.url}/v1/embeddings", json=embedding, headers=headers, timeout=60).json()
    assert len(vector["data"][0]["embedding"]) == 384


def test_it_is_nobody_and_can_write_into_its_data_only(container: Container) -> None:
    user = os.geteuid() or NOBODY
    assert Path(f"/proc/{container.process.pid}").stat().st_uid == user
    look = "import os; print([place for place in {} if os.access(place, os.W_OK)])"
    places = ("/", "/app", "/app/chat", "/tmp", "/opt/roundtable", "/usr", "/data")
    words = container.image.inside(["python", "-c", look.format(places)])
    seen = subprocess.run(words, capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == "['/data']"
    assert {path.name for path in container.image.data.iterdir()} >= {"roundtable.db", "secret_key"}


def test_it_ends_when_it_is_told_to(image: Image, container: Container) -> None:
    container.process.terminate()
    assert container.process.wait(15) == 0
    assert container.health() != 0
