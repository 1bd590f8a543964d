"""A backend that lists and downloads what cannot be; its address holds a password. By the real server."""

import json
import time
from collections.abc import Callable, Iterator

import pytest

from tests.fakes.ollama import FakeOllama
from tests.fakes.serving import Exchange
from tests.people import Person, new_key
from tests.running_server import LIMITS, RunningServer

HUGE = "9" * 400
SECRET = "pass%40word"
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def server(ollama: FakeOllama, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    url = ollama.url.replace("http://", f"http://ada:{SECRET}@")
    with RunningServer(tmp_path_factory.mktemp("data"), OLLAMA_BASE_URL=url, **LIMITS) as running:
        yield running
        assert "Traceback" not in running.log() and SECRET not in running.log()


@pytest.fixture(autouse=True)
def honest(ollama: FakeOllama) -> Iterator[None]:
    yield
    ollama.intercept = lambda _: False


def says(path: str, *lines: str) -> Callable[[Exchange], bool]:
    """Answers these lines at `path`, each on its own."""

    def intercept(exchange: Exchange) -> bool:
        if exchange.seen.path != path:
            return False
        exchange.begin_stream("application/x-ndjson")
        for line in lines:
            exchange.line(line)
            exchange.pause(0.2)
        exchange.end_stream()
        return True

    return intercept


@pytest.mark.parametrize(
    ("said", "size"),
    [
        (f'"size":{HUGE},"more":NaN', None),
        ('"size":18446744073709551615', None),
        ('"size":-5', None),
        ('"size":7,"digest":"\\ud800","capabilities":["completion","\\ud800"]', 7),
    ],
)
def test_what_one_model_is_said_to_be_keeps_nobody_out(
    admin: Person, newcomer: Callable[[], Person], ollama: FakeOllama, said: str, size: int | None
) -> None:
    name = f"odd-{new_key()[:6]}"
    ollama.intercept = says("/api/tags", f'{{"models":[{{"name":"{name}",{said}}},{{"name":"\\u001b[31m"}}]}}')
    give_up = time.monotonic() + 20
    while name not in (listed := admin.get("/api/llm/models")).text:
        assert time.monotonic() < give_up, listed.text
        time.sleep(0.2)
    assert [model["size_bytes"] for model in listed.json()["models"]] == [size]
    newcomer()  # is told all models when the socket opens


@pytest.mark.parametrize(
    "line",
    [
        {"status": "p", "digest": "a", "total": 10, "completed": 50},
        {"status": "p", "digest": "a", "total": 10, "completed": -50},
        {"status": "p", "digest": "a", "total": -10, "completed": 5},
        {"status": "p", "digest": "a", "total": float("nan"), "completed": int(HUGE)},
        {"status": "p", "digest": "a", "total": int(HUGE), "completed": 1, "more": float("nan")},
        {"status": "p", "digest": "a", "total": 2**64 - 1, "completed": 2**64 - 1},
        {"status": "half \ud800 \x1b[31m" + "x" * 10_000},
        {"status": 5, "digest": [], "total": {}},
        {"error": "half \ud800 \x1b[31m"},
    ],
)
def test_a_download_that_tells_nonsense_is_followed_to_its_end(
    admin: Person, ollama: FakeOllama, line: dict[str, object]
) -> None:
    ollama.intercept = says("/api/pull", json.dumps(line), '{"status":"success"}')
    told = _watch(admin, f"m-{new_key()[:6]}")
    assert told[-1]["stage"] == ("failed" if "error" in line else "complete")
    assert all(0 <= (now["pct"] or 0) <= 100 and "\x1b" not in now["message"] for now in told)
    assert all(len(now["message"]) < 1000 for now in told)
    assert admin.get("/api/llm/loads").json()["loads"][-1]["id"] == told[-1]["id"]


def test_a_flood_of_files_keeps_nobody_waiting(admin: Person, ollama: FakeOllama) -> None:
    files = [f'{{"status":"p","digest":"{number}","total":10,"completed":1}}' for number in range(100_000)]
    ollama.intercept = says("/api/pull", "\n".join(files), '{"status":"success"}')
    told = _watch(admin, "flood")
    assert told[-1]["stage"] == "complete"
    assert max(now["bytes_total"] or 0 for now in told) <= 10_000


def test_the_password_in_an_address_is_shown_to_nobody(
    admin: Person, newcomer: Callable[[], Person], ollama: FakeOllama
) -> None:
    ollama.intercept = says("/api/pull", json.dumps({"error": f"ada:{SECRET} may not do that"}))
    _watch(admin, "secret")
    somebody = newcomer()
    shown = [admin.get("/api/llm/loads").text, somebody.get("/api/llm/models").text, str(somebody.events)]
    assert not [text for text in shown if SECRET in text or "ada:" in text.replace("ada:… may", "")]
    assert somebody.get("/api/llm/models").json()["backends"][0]["url"] == ollama.url
    wanted = next(seen for seen in ollama.chats() if seen.path == "/api/pull")
    assert wanted.headers["Authorization"] == "Basic YWRhOnBhc3NAd29yZA=="


def _watch(person: Person, model: str) -> list[dict[str, object]]:
    with person.http.get(
        f"{person.url}/api/llm/pull_stream", params={"model": model}, headers=OWN_PAGE, stream=True, timeout=30
    ) as answer:
        return [json.loads(line[6:]) for line in answer.iter_lines() if line.startswith(b"data: ")]
