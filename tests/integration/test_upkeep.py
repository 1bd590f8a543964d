"""Loads, downloads and their cancelling, as people and programs ask for them; by the real server and a fake Ollama."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import requests

from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import Person, new_key
from tests.running_server import LIMITS, RunningServer, free_port

Newcomer = Callable[[], Person]
ENDED = ("complete", "failed", "cancelled")
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
EMBEDDER = "nomic-embed-text:latest"
MODELS: dict[str, dict[str, Any]] = {"llama3:latest": {"size": 1}, "mistral:latest": {"size": 1}}


@pytest.fixture(scope="module")
def server(ollama: FakeOllama, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with RunningServer(tmp_path_factory.mktemp("data"), OLLAMA_BASE_URL=ollama.url, **LIMITS) as running:
        yield running


@pytest.fixture(scope="module")
def admin(server: RunningServer) -> Iterator[Person]:
    """The first account."""
    person = Person(server.url, f"p{new_key()[:12]}").register().connect()
    yield person
    person.disconnect()


@pytest.fixture
def ada(admin: Person, newcomer: Newcomer) -> Person:
    """Somebody who is no admin."""
    return newcomer()


@pytest.fixture(autouse=True)
def calm(ollama: FakeOllama) -> None:
    """Each test begins with cold models that load at once."""
    ollama.loaded.clear()
    ollama.loads = ollama.aborted_loads = 0
    ollama.behaviour = OllamaBehaviour(models=dict(MODELS))


def watch(person: Person, path: str, headers: dict[str, str] | None = None, **query: str) -> list[dict[str, Any]]:
    """All that the stream said, to its end."""
    with person.http.get(
        person.url + path, params=query, headers=headers or OWN_PAGE, stream=True, timeout=30
    ) as answer:
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        return [json.loads(line[6:]) for line in answer.iter_lines() if line.startswith(b"data: ")]


def model(person: Person, name: str = "llama3:latest") -> dict[str, Any]:
    return next(m for m in person.get("/api/llm/models").json()["models"] if m["name"] == name)


def wait_cold(person: Person) -> None:
    """Until the server has seen that nothing is in memory any more."""
    give_up = time.monotonic() + 15
    while model(person)["loaded"] is not False:
        assert time.monotonic() < give_up
        time.sleep(0.1)


@pytest.mark.alone
def test_a_load_is_told_to_its_end_and_foretold_the_next_time(ada: Person, admin: Person, ollama: FakeOllama) -> None:
    ollama.behaviour.load_seconds = 1.2
    first = watch(ada, "/api/llm/load_stream", model="llama3")
    assert first[0]["stage"] == "connecting" and first[-1]["stage"] == "complete"
    assert first[-1]["pct"] == 100 and first[-1]["error"] is None
    assert model(ada)["loaded"] is True
    assert 1000 < model(ada)["load_ms_estimate"] < 10_000
    assert admin.post("/api/llm/unload", model="llama3").status_code == 204
    assert model(ada)["loaded"] is False
    second = watch(ada, "/api/llm/load_stream", model="llama3", backend="ollama")
    foretold = next(told for told in second if told["eta_seconds"] is not None)
    assert foretold["stage"] == "loading" and foretold["estimated"] and foretold["pct"] < 100
    assert foretold["eta_range"]["low"] < foretold["eta_seconds"] < foretold["eta_range"]["high"]
    assert ollama.loads == 2


def test_a_model_that_is_in_memory_is_complete_at_once(ada: Person, ollama: FakeOllama) -> None:
    ollama.loaded.add("llama3:latest")
    assert watch(ada, "/api/llm/load_stream", model="llama3")[-1]["stage"] == "complete"
    assert ollama.loads == 0


def test_all_sockets_hear_of_a_load(ada: Person, admin: Person) -> None:
    watch(ada, "/api/llm/load_stream", model="llama3")
    ended = admin.wait_for("model_progress", lambda p: p["stage"] == "complete")
    assert (ended["model"], ended["backend"], ended["action"]) == ("llama3:latest", "ollama", "load")


def test_who_comes_again_joins_the_load_that_runs(ada: Person, admin: Person, ollama: FakeOllama) -> None:
    ollama.behaviour.load_seconds = 2.0
    begun = ada.post("/api/llm/load", model="llama3")
    assert begun.status_code == 202
    with ada.http.get(f"{ada.url}/api/llm/load_stream?model=llama3", headers=OWN_PAGE, stream=True, timeout=30) as lost:
        assert next(lost.iter_lines()).startswith(b"id: ")
    joined = watch(admin, "/api/llm/load_stream", model="llama3")
    assert {told["id"] for told in joined} == {begun.json()["task"]["id"]}
    assert joined[-1]["stage"] == "complete"
    assert ollama.loads == 1 and ollama.aborted_loads == 0


def test_an_event_source_that_returns_after_the_end_begins_nothing(ada: Person, ollama: FakeOllama) -> None:
    ollama.behaviour.fault = "out of memory"
    failed = watch(ada, "/api/llm/load_stream", model="llama3")[-1]
    assert (failed["stage"], failed["error"]["code"]) == ("failed", "model_out_of_memory")
    assert "smaller model" in failed["error"]["message"]
    asked = len(ollama.chats())
    again = ada.http.get(
        f"{ada.url}/api/llm/load_stream?model=llama3", headers={**OWN_PAGE, "Last-Event-ID": failed["id"]}, timeout=30
    )
    assert again.status_code == 204
    assert len(ollama.chats()) == asked


def test_several_models_load_at_once_and_are_listed(ada: Person, ollama: FakeOllama) -> None:
    ollama.behaviour.load_seconds = 0.3
    ids = {ada.post("/api/llm/load", model=name).json()["task"]["id"] for name in ("llama3", "mistral")}
    assert len(ids) == 2
    assert ids <= {load["id"] for load in ada.get("/api/llm/loads").json()["loads"]}
    for name in ("llama3", "mistral"):
        assert watch(ada, "/api/llm/load_stream", model=name)[-1]["stage"] == "complete"


def test_only_who_began_a_load_or_an_admin_cancels_it(ada: Person, admin: Person, ollama: FakeOllama) -> None:
    ollama.behaviour.load_seconds = 60.0
    theirs = admin.post("/api/llm/load", model="llama3").json()["task"]["id"]
    assert ada.request("DELETE", f"/api/llm/loads/{theirs}").status_code == 403
    own = ada.post("/api/llm/load", model="mistral").json()["task"]["id"]
    for person, load in ((ada, own), (admin, theirs)):
        assert person.request("DELETE", f"/api/llm/loads/{load}").status_code == 204
        ended = admin.wait_for("model_progress", lambda p, load=load: p["id"] == load and p["stage"] == "cancelled")
        assert ended["error"] is None
    assert ollama.wait_for(lambda: not ollama.loading)
    assert ada.request("DELETE", "/api/llm/loads/nothing").status_code == 404


def test_what_others_would_lose_is_for_admins(ada: Person) -> None:
    tries = [
        ada.post("/api/llm/unload", model="llama3"),
        ada.post("/api/llm/pull", model="llama3"),
        ada.request("DELETE", "/api/llm/models/ollama/llama3:latest"),
        ada.http.get(f"{ada.url}/api/llm/pull_stream?model=llama3", headers=OWN_PAGE, timeout=30),
    ]
    assert [answer.status_code for answer in tries] == [403] * 4


def test_a_model_is_pulled_with_bytes_and_deleted(admin: Person, ollama: FakeOllama) -> None:
    ollama.behaviour.pullable, ollama.behaviour.pull_seconds = ("qwen3:0.6b",), 1.5
    said = watch(admin, "/api/llm/pull_stream", model="qwen3:0.6b")
    running = [told for told in said if told["stage"] == "downloading" and told["bytes_done"]]
    assert running and all(0 <= told["pct"] <= 100 and told["bytes_total"] for told in running)
    assert any(told["bytes_per_second"] for told in running)
    assert said[-1]["stage"] == "complete"
    assert model(admin, "qwen3:0.6b")["backend"] == "ollama"
    assert admin.request("DELETE", "/api/llm/models/ollama/qwen3:0.6b").status_code == 204
    assert "qwen3:0.6b" not in ollama.behaviour.models


@pytest.mark.parametrize("path", ["/api/llm/load_stream", "/api/llm/pull_stream"])
@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", None])
def test_a_page_of_another_site_begins_nothing(admin: Person, ollama: FakeOllama, path: str, site: str | None) -> None:
    before = len(ollama.chats())
    headers = {"Sec-Fetch-Site": site} if site else {}
    answer = admin.http.get(admin.url + path, params={"model": "llama3"}, headers=headers, timeout=30)
    assert answer.status_code == 403
    assert len(ollama.chats()) == before


def test_a_program_with_a_key_may_load(ada: Person) -> None:
    key = ada.post("/api/keys", name="loader").json()["key"]
    answer = requests.get(
        f"{ada.url}/api/llm/load_stream?model=llama3", headers={"Authorization": f"Bearer {key}"}, timeout=30
    )
    assert b'"stage":"complete"' in answer.content


@pytest.mark.parametrize(
    "name", ["", "http://evil/x", "../../etc/passwd", "/abs", "a/../b", "a:b:c", "x y", "a\nb", "evil.com:5000/ns/m"]
)
def test_addresses_and_paths_are_no_names(admin: Person, ollama: FakeOllama, name: str) -> None:
    before = len(ollama.chats())
    for path in ("load", "pull", "unload"):
        refused = admin.post(f"/api/llm/{path}", model=name)
        assert (refused.status_code, refused.json()["error"]["field"]) == (400, "model")
    assert len(ollama.chats()) == before


def test_a_download_from_a_foreign_host_is_refused(admin: Person, ollama: FakeOllama) -> None:
    refused = admin.post("/api/llm/pull", model="registry.evil.com/ns/model")
    assert (refused.status_code, refused.json()["error"]["field"]) == (400, "model")
    assert not [seen for seen in ollama.chats() if seen.path == "/api/pull" and "evil" in seen.body["model"]]


def test_one_person_does_not_hold_all_connections(ada: Person, admin: Person, ollama: FakeOllama) -> None:
    ollama.behaviour.load_seconds = 60.0
    load = ada.post("/api/llm/load", model="llama3").json()["task"]["id"]
    ask = (f"{ada.url}/api/llm/load_stream?model=llama3", OWN_PAGE)
    with ExitStack() as held:
        for _ in range(50):
            stream = held.enter_context(ada.http.get(ask[0], headers=ask[1], stream=True, timeout=30))
            assert next(stream.iter_lines())
        refused = ada.http.get(ask[0], headers=ask[1], timeout=30)
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_fast")
        with admin.http.get(ask[0], headers=ask[1], stream=True, timeout=30) as other:
            assert other.ok
    give_up = time.monotonic() + 20
    while not _is_let_in(ada, *ask):
        assert time.monotonic() < give_up
        time.sleep(0.2)
    ada.request("DELETE", f"/api/llm/loads/{load}")


def _is_let_in(person: Person, url: str, headers: dict[str, str]) -> bool:
    with person.http.get(url, headers=headers, stream=True, timeout=30) as stream:
        return stream.ok


def test_a_stream_ends_with_the_key_that_opened_it(ada: Person, ollama: FakeOllama) -> None:
    ollama.behaviour.load_seconds = 5.0
    made = ada.post("/api/keys", name="script").json()
    url, key = f"{ada.url}/api/llm/load_stream?model=llama3", {"X-API-Key": made["key"]}
    with requests.get(url, headers=key, stream=True, timeout=30) as stream:
        lines = stream.iter_lines()
        assert next(lines) and ada.request("DELETE", f"/api/keys/{made['id']}").ok
        assert not any(b'"complete"' in line for line in lines)
    assert watch(ada, "/api/llm/load_stream", model="llama3")[-1]["stage"] == "complete" and ollama.loads == 1


def test_a_model_that_nobody_has_is_not_found(ada: Person) -> None:
    answer = ada.post("/api/llm/load", model="nothing")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "model_not_found")
    elsewhere = ada.post("/api/llm/load", model="llama3", backend="nobody").json()["error"]
    assert (elsewhere["code"], elsewhere["field"]) == ("not_found", "backend") and "ollama" in elsewhere["message"]


def test_who_begins_to_mention_a_cold_model_finds_it_warm(ada: Person, ollama: FakeOllama) -> None:
    ada.join()
    wait_cold(ada)
    assert ada.call("typing", {"room": ada.room, "is_typing": True, "model": "llama3"})["ok"]
    assert ollama.wait_for(lambda: ollama.loads == 1)


def test_a_mention_disturbs_no_backend_that_is_at_work(ada: Person, ollama: FakeOllama) -> None:
    ollama.behaviour.load_seconds = 60.0
    ada.join()
    wait_cold(ada)
    busy = ada.post("/api/llm/load", model="mistral").json()["task"]["id"]
    assert ollama.wait_for(lambda: "mistral:latest" in ollama.loading)
    assert ada.call("typing", {"room": ada.room, "is_typing": True, "model": "llama3"})["ok"]
    assert [load["id"] for load in ada.get("/api/llm/loads").json()["loads"] if load["stage"] not in ENDED] == [busy]
    ada.request("DELETE", f"/api/llm/loads/{busy}")


def test_what_the_setting_names_is_loaded_as_soon_as_its_backend_is_there(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    port = free_port()
    settings = {
        "OLLAMA_BASE_URL": f"http://127.0.0.1:{port}",
        "LLM_PRELOAD": "llama3, nothing",
        "LLM_KEEP_ALIVE": "-1",
        **LIMITS,
    }
    with RunningServer(tmp_path_factory.mktemp("data"), **settings), FakeOllama(port=port) as ollama:
        assert ollama.wait_for(lambda: ollama.loads == 1, 15)
        assert ollama.chats()[0].body["keep_alive"] == -1


def test_a_model_that_only_embeds_is_loaded_by_an_embedding_put_out_and_deleted(
    ada: Person, admin: Person, ollama: FakeOllama
) -> None:
    ollama.behaviour.models[EMBEDDER] = {"size": 1, "capabilities": ["embedding"]}
    ollama.behaviour.load_seconds = 0.3
    give_up = time.monotonic() + 15
    while not (listed := ada.get("/api/llm/models").json()["embedders"]):
        assert time.monotonic() < give_up
        time.sleep(0.1)
    assert listed[0]["loaded"] is False
    told = watch(ada, "/api/llm/load_stream", model="nomic-embed-text")
    assert told[-1]["stage"] == "complete" and EMBEDDER in ollama.loaded
    (loaded,) = ada.get("/api/llm/models").json()["embedders"]
    assert loaded["loaded"] is True and loaded["load_ms_estimate"] >= 300
    assert watch(ada, "/api/llm/load_stream", model="nomic-embed-text")[-1]["stage"] == "complete"
    assert len([seen for seen in ollama.chats() if seen.path == "/api/embed"]) == 1
    assert admin.post("/api/llm/unload", model="nomic-embed-text").status_code == 204
    assert EMBEDDER not in ollama.loaded
    assert admin.request("DELETE", "/api/llm/models/nomic-embed-text").status_code == 204
    assert EMBEDDER not in ollama.behaviour.models
