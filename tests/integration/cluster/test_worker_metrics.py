"""What a worker tells Prometheus, and nobody else."""

from collections.abc import Iterator

import pytest
import requests

from tests.people import Person
from tests.running_redis import RunningRedis
from tests.running_server import LIMITS, RunningServer, free_port
from tests.running_worker import RunningWorker
from tests.services.teams import until

TOKEN = "only-prometheus-knows-this"


@pytest.fixture(scope="module")
def settings(redis: RunningRedis) -> dict[str, str]:
    """Of a worker; the server beside it takes no notice of the port."""
    shared = {"REDIS_URL": redis.url, "LLM_EXECUTOR": "dramatiq", "LLM_SCRIPTED": "on", **LIMITS}
    return {**shared, "METRICS_TOKEN": TOKEN, "WORKER_METRICS_PORT": str(free_port())}


@pytest.fixture(scope="module")
def processes(
    settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[RunningServer, RunningWorker]]:
    data_dir = tmp_path_factory.mktemp("data")
    with RunningServer(data_dir, **settings) as server, RunningWorker(data_dir, **settings) as worker:
        yield server, worker


def _ask(worker: RunningWorker, path: str = "/metrics", **headers: str) -> requests.Response:
    return requests.get(f"http://127.0.0.1:{worker.settings['WORKER_METRICS_PORT']}{path}", headers=headers, timeout=10)


def _told(worker: RunningWorker) -> str:
    return _ask(worker, Authorization=f"Bearer {TOKEN}").text


def test_it_counts_what_the_worker_has_asked(processes: tuple[RunningServer, RunningWorker]) -> None:
    server, worker = processes
    ada = Person(server.url, "ada").register().connect()
    question = ada.send("@echo hello")["message"]["id"]
    ada.wait_closed(ada.wait_reply(question)["id"])
    ada.disconnect()
    until(lambda: 'roundtable_answers_total{backend="scripted",outcome="done"} 1.0' in _told(worker))
    text = _told(worker)
    assert "roundtable_questions_total 1.0" in text and 'roundtable_backend_up{backend="scripted"} 1.0' in text
    assert "process_resident_memory_bytes" in text
    assert "roundtable_connections" not in text, "nobody is connected to a worker"


def test_only_who_sends_the_token_reads_it(processes: tuple[RunningServer, RunningWorker]) -> None:
    _, worker = processes
    for sent in ("", "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}"):
        for path in ("/metrics", "/"):
            answer = _ask(worker, path, Authorization=sent)
            assert answer.status_code == 401 and "METRICS_TOKEN" in answer.text and "roundtable_" not in answer.text
    assert _ask(worker, "/api/rooms", Authorization=f"Bearer {TOKEN}").status_code == 404
    assert _ask(worker, Authorization=f"Bearer {TOKEN}").headers["Content-Type"].startswith("text/plain; version=")


def test_a_second_worker_at_the_same_port_says_what_is_wrong(processes: tuple[RunningServer, RunningWorker]) -> None:
    _, worker = processes
    with pytest.raises(AssertionError, match="WORKER_METRICS_PORT: it cannot listen on 127.0.0.1:"):
        RunningWorker(worker.data_dir, **worker.settings).start()
    assert "roundtable_" in _told(worker)
