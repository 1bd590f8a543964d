"""Whoever is deactivated is out at once with everything they have open: pages, programs, streams of each kind."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
import requests

from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import Person, new_key
from tests.running_server import LIMITS, RunningServer

MODELS = {"llama3:latest": {"size": 1}, "cold:latest": {"size": 1}}
WORDS = OllamaBehaviour(text="word " * 2000, token_seconds=0.05, load_seconds=60.0, models=MODELS)


@pytest.fixture(scope="module")
def server(ollama: FakeOllama, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One model is in memory and has much to say, the other takes long to be loaded."""
    ollama.behaviour = WORDS
    ollama.loaded.add("llama3:latest")
    with RunningServer(tmp_path_factory.mktemp("data"), OLLAMA_BASE_URL=ollama.url, **LIMITS) as running:
        yield running


Open = Callable[[Person, requests.Session], requests.Response]
STREAMS: dict[str, Open] = {
    "generate": lambda person, http: http.post(
        f"{person.url}/api/llm/generate", json={"prompt": new_key(), "stream": True}, stream=True, timeout=30
    ),
    "completions": lambda person, http: http.post(
        f"{person.url}/v1/chat/completions",
        json={"messages": [{"role": "user", "content": new_key()}], "model": "llama3", "stream": True},
        stream=True,
        timeout=30,
    ),
    "load_stream": lambda person, http: http.get(
        f"{person.url}/api/llm/load_stream?model=cold", stream=True, timeout=30
    ),
}


@pytest.mark.parametrize("kind", STREAMS)
@pytest.mark.parametrize("way", ["session", "key"])
def test_every_stream_ends(
    admin: Person, newcomer: Callable[[], Person], ollama: FakeOllama, kind: str, way: str
) -> None:
    mira = newcomer()
    with ExitStack() as open_ones:
        http = open_ones.enter_context(requests.Session())
        http.headers["Sec-Fetch-Site"] = "same-origin"
        if way == "key":
            http.headers["Authorization"] = f"Bearer {mira.post('/api/keys', name='script').json()['key']}"
        else:
            http.cookies.update(mira.http.cookies)
        stream = open_ones.enter_context(STREAMS[kind](mira, http))
        lines = stream.iter_lines()
        assert stream.ok and next(line for line in lines if line.startswith(b"data: "))
        assert admin.request("PATCH", f"/api/admin/people/{mira.username}", is_active=False).ok
        rest = [line for line in lines if line]
        assert len(rest) < 100, "it ended long before what the model had to say"
        assert http.get(f"{mira.url}/api/auth/me", timeout=10).status_code == 401
    assert mira.wait_for("signed_out")["reason"] == "deactivated"
    if kind != "load_stream":
        assert rest[-1] == b"data: [DONE]" and b'"stopped"' in rest[-2]
    else:  # it goes on for whoever else wants the model, and meanwhile this Ollama answers nobody
        for load in admin.get("/api/llm/loads").json()["loads"]:
            assert admin.request("DELETE", f"/api/llm/loads/{load['id']}").ok
    assert ollama.wait_for(lambda: ollama.chats()[-1].outcome == "client left")


def test_what_a_model_writes_for_them_in_a_room_stops_with_its_text_and_what_others_asked_does_not(
    admin: Person, newcomer: Callable[[], Person]
) -> None:
    mira, jonas = newcomer(), newcomer()
    jonas.join()
    replies = []
    for person in (mira, jonas):
        question = person.send(f"@llama3 tell me all of {new_key()}")["message"]["id"]
        replies.append(jonas.wait_reply(question)["id"])
    jonas.wait_for("llm_chunk", lambda c: c["reply_id"] == replies[0])
    assert admin.request("PATCH", f"/api/admin/people/{mira.username}", is_active=False).ok
    ended = jonas.wait_closed(replies[0])
    assert ended["llm"]["phase"] == "stopped" and ended["content"].startswith("word")
    jonas.wait_for("llm_chunk", lambda c: c["reply_id"] == replies[1] and c["offset"] > 0)
    assert jonas.call("stop_reply", {"message": replies[1]})["ok"]
    assert jonas.wait_closed(replies[1])["llm"]["phase"] == "stopped"
