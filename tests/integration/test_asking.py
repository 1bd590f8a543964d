"""Questions by programs: whole, streamed, over a socket; the cache and equal questions at once."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from typing import Any

import pytest
import requests

from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import Person, new_key
from tests.running_server import LIMITS, RunningServer

Newcomer = Callable[[], Person]


@pytest.fixture(scope="module")
def server(ollama: FakeOllama, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with RunningServer(tmp_path_factory.mktemp("data"), OLLAMA_BASE_URL=ollama.url, **LIMITS) as running:
        yield running


@pytest.fixture(autouse=True)
def _well_behaved(ollama: FakeOllama) -> None:
    ollama.behaviour = OllamaBehaviour(text="Blue, red and green.")
    ollama.loaded.add("llama3:latest")


def _prompt() -> str:
    return f"Name three colours. ({new_key()})"


def test_an_answer_comes_whole_with_its_facts(newcomer: Newcomer) -> None:
    ada = newcomer()
    answer = ada.post("/api/llm/generate", prompt=_prompt()).json()
    assert answer["text"] == "Blue, red and green." and answer["finish"] == "stop"
    assert answer["model"] == "llama3:latest" and answer["backend"] == "ollama" and answer["cached"] is False
    assert answer["usage"]["completion_tokens"] == 4 and answer["timings"]["ttft_ms"] >= 0


def test_an_api_key_is_enough(newcomer: Newcomer, server: RunningServer) -> None:
    key = newcomer().post("/api/keys", name="script").json()["key"]
    url, body = f"{server.url}/api/llm/generate", {"messages": [{"role": "user", "content": _prompt()}]}
    answer = requests.post(url, json=body, headers={"Authorization": f"Bearer {key}"}, timeout=10)
    assert answer.json()["text"] == "Blue, red and green."
    assert requests.post(url, json=body, headers={"X-API-Key": key}, timeout=10).ok
    assert requests.post(url, json=body, headers={"X-API-Key": key + "x"}, timeout=10).status_code == 401


def _lines(answer: requests.Response) -> list[Any]:
    data = [line.removeprefix(b"data: ") for line in answer.iter_lines() if line]
    return [json.loads(line) if line != b"[DONE]" else "[DONE]" for line in data]


def test_a_stream_is_made_of_whole_openai_chunks(newcomer: Newcomer) -> None:
    ada = newcomer()
    body = {"prompt": _prompt(), "stream": True}
    with ada.http.post(f"{ada.url}/api/llm/generate", json=body, stream=True, timeout=10) as answer:
        assert answer.headers["Content-Type"] == "text/event-stream"
        *chunks, last, done = _lines(answer)
    assert done == "[DONE]"
    for chunk in [*chunks, last]:
        assert chunk["object"] == "chat.completion.chunk" and len(chunk["choices"]) == 1
    text = "".join(c["choices"][0]["delta"].get("content", "") for c in chunks)
    statuses = [c["status"] for c in [*chunks, last] if "status" in c]
    assert text == last["content"] == "Blue, red and green."
    assert statuses[0] == "routing" and statuses[-2:] == ["generating", "done"]
    assert last["choices"][0]["finish_reason"] == "stop"


def test_a_stream_arrives_while_the_model_writes(newcomer: Newcomer, ollama: FakeOllama) -> None:
    """Not gathered until 4,096 bytes are there, as the WSGI server would by default."""
    ada = newcomer()
    ollama.behaviour.token_seconds = 0.3
    body = {"prompt": _prompt(), "stream": True}
    with ada.http.post(f"{ada.url}/api/llm/generate", json=body, stream=True, timeout=10) as answer:
        for line in answer.iter_lines():
            if b"generating" in line:
                break
        assert ollama.chats()[-1].outcome == "open"
    assert ollama.wait_for(lambda: ollama.chats()[-1].outcome == "client left"), "closing the stream stops the model"


@pytest.mark.parametrize("path", ["/api/llm/generate", "/v1/chat/completions"])
def test_who_waits_for_a_whole_answer_and_leaves_stops_the_model(
    newcomer: Newcomer, ollama: FakeOllama, path: str
) -> None:
    ollama.behaviour.prompt_seconds = 60.0
    ada = newcomer()
    messages = [{"role": "user", "content": f"{new_key()}?"}]
    asked = len(ollama.chats())
    with pytest.raises(requests.ReadTimeout):
        ada.http.post(ada.url + path, json={"messages": messages, "model": "llama3"}, timeout=1.5)
    assert ollama.wait_for(lambda: len(ollama.chats()) > asked and ollama.chats()[-1].outcome == "client left")


@pytest.mark.parametrize("how", ["stream", "whole", "socket"])
def test_a_client_that_leaves_while_the_model_loads_does_not_stop_the_load(
    newcomer: Newcomer, ollama: FakeOllama, how: str
) -> None:
    """One with a timeout that is shorter than the load comes back, and must not begin it anew each time."""
    ada, mira = newcomer(), newcomer()
    ollama.loaded.clear()
    ollama.behaviour.load_seconds = 4
    loads, aborted = ollama.loads, ollama.aborted_loads
    if how == "socket":
        ada.call("llm_request", {"content": _prompt()})
        assert ollama.wait_for(lambda: ollama.loading)
        ada.disconnect()
    else:
        body = {"prompt": _prompt(), "stream": how == "stream"}
        with pytest.raises(requests.RequestException), requests.Session() as leaving:
            leaving.cookies.update(ada.http.cookies)
            answer = leaving.post(f"{ada.url}/api/llm/generate", json=body, timeout=0.5, headers={"Origin": ada.url})
            list(answer.iter_lines())
    time.sleep(2)  # until then it is noticed that they have left
    assert ollama.loading, "the load goes on"
    assert mira.post("/api/llm/generate", prompt=_prompt()).json()["text"] == "Blue, red and green."
    assert (ollama.loads, ollama.aborted_loads) == (loads + 1, aborted)


def test_signing_out_ends_the_streams_of_that_session(newcomer: Newcomer, ollama: FakeOllama) -> None:
    ada = newcomer()
    ollama.behaviour = OllamaBehaviour(text="word " * 500, token_seconds=0.05)
    body = {"prompt": _prompt(), "stream": True}
    with ada.http.post(f"{ada.url}/api/llm/generate", json=body, stream=True, timeout=10) as answer:
        lines = answer.iter_lines()
        assert any(b"generating" in line for line in lines)
        assert ada.post("/api/auth/logout").status_code == 204
        *_, error, done = [line for line in lines if line]
    assert b'"stopped"' in error and done == b"data: [DONE]"
    assert ollama.wait_for(lambda: ollama.chats()[-1].outcome == "client left")


def test_an_error_after_the_first_byte_stands_in_the_stream(newcomer: Newcomer, ollama: FakeOllama) -> None:
    ada = newcomer()
    ollama.behaviour = OllamaBehaviour(text="one two three", fault="crash", fault_after_words=2)
    body = {"prompt": _prompt(), "stream": True}
    with ada.http.post(f"{ada.url}/api/llm/generate", json=body, stream=True, timeout=10) as answer:
        *_, error, done = _lines(answer)
    assert error["error"]["code"] == "model_refused" and done == "[DONE]"


def test_an_unknown_model_is_named(newcomer: Newcomer) -> None:
    answer = newcomer().post("/api/llm/generate", prompt=_prompt(), model="nosuch")
    assert answer.status_code == 404 and answer.json()["error"]["code"] == "model_not_found"
    assert "ollama pull nosuch" in answer.json()["error"]["message"]


def test_an_equal_question_is_answered_from_the_cache_unless_asked_past_it(
    newcomer: Newcomer, ollama: FakeOllama
) -> None:
    ada, mira, prompt = newcomer(), newcomer(), _prompt()
    before = len(ollama.chats())
    first = ada.post("/api/llm/generate", prompt=prompt).json()
    second = mira.post("/api/llm/generate", prompt=prompt).json()
    assert second["text"] == first["text"] and len(ollama.chats()) == before + 1
    assert second["cached"] is True and second["cached_age_seconds"] >= 0
    ollama.behaviour.text = "Other colours."
    assert ada.post("/api/llm/generate", prompt=prompt, options={"temperature": 0.5}).json()["cached"] is False
    fresh = ada.post("/api/llm/generate", prompt=prompt, bypass_cache=True).json()
    assert fresh["cached"] is False and fresh["text"] == "Other colours."
    assert ada.post("/api/llm/generate", prompt=prompt).json()["text"] == "Other colours."


def test_a_model_that_was_pulled_anew_is_asked_anew(newcomer: Newcomer, ollama: FakeOllama) -> None:
    ada, prompt = newcomer(), _prompt()
    ada.post("/api/llm/generate", prompt=prompt)
    ollama.behaviour.text = "Newer colours."
    ollama.behaviour.models["llama3:latest"] = {"digest": "sha256:newer"}
    give_up = time.monotonic() + 10
    while (answer := ada.post("/api/llm/generate", prompt=prompt).json())["cached"] and time.monotonic() < give_up:
        time.sleep(0.2)
    assert (answer["text"], answer["cached"]) == ("Newer colours.", False)


def test_a_cached_answer_streams_and_says_its_age(newcomer: Newcomer) -> None:
    ada, prompt = newcomer(), _prompt()
    ada.post("/api/llm/generate", prompt=prompt)
    with ada.http.post(
        f"{ada.url}/api/llm/generate", json={"prompt": prompt, "stream": True}, stream=True, timeout=10
    ) as answer:
        *chunks, last, _ = _lines(answer)
    assert last["cached"] is True and last["content"] == "Blue, red and green."
    assert any("cached_age_seconds" in chunk for chunk in chunks)


def test_thirty_equal_questions_at_once_are_one_call(newcomer: Newcomer, ollama: FakeOllama) -> None:
    ada, prompt = newcomer(), _prompt()
    ollama.behaviour.token_seconds = 0.1
    before = len(ollama.chats())
    with ThreadPoolExecutor(30) as pool:
        answers = list(pool.map(lambda _: ada.post("/api/llm/generate", prompt=prompt).json()["text"], range(30)))
    assert answers == ["Blue, red and green."] * 30
    assert len(ollama.chats()) == before + 1


def test_in_a_room_a_reply_says_since_when_it_was_cached_and_is_asked_again_past_the_cache(
    newcomer: Newcomer, ollama: FakeOllama
) -> None:
    ada = newcomer()
    room = ada.post("/api/rooms", name=_prompt()).json()["room"]["id"]
    reply = ada.wait_reply(ada.send("@llama3 name three colours", room)["message"]["id"])["id"]
    first = ada.wait_closed(reply)
    assert (first["llm"]["cached"], first["llm"]["cached_since"]) == (False, None)
    ollama.behaviour.text = "Other colours."
    for bypass, text in ((False, "Blue, red and green."), (True, "Other colours.")):
        ada.events.clear()
        assert ada.call("regenerate", {"message": reply, "bypass_cache": bypass})["ok"]
        again = ada.wait_closed(reply)
        assert (again["content"], again["llm"]["cached"]) == (text, not bypass)
        if not bypass:
            assert first["created_at"] <= again["llm"]["cached_since"] and again["llm"]["ttft_ms"] is not None
    assert ada.get(f"/api/chat/message/{reply}/context").json()["context"]["messages"][0]["seq"] == 1
    request = {"content": "@llama3 again", "room": room, "bypass_cache": True}
    asked = ada.call("llm_request", request)["request_id"]
    assert ada.wait_closed(asked)["llm"]["cached"] is False


def test_a_rooms_answer_is_not_given_to_another_room(newcomer: Newcomer, ollama: FakeOllama) -> None:
    """Even if two rooms look the same to the model, each asks for itself."""
    ada = newcomer()
    before = len(ollama.chats())
    for _ in range(2):
        room = ada.post("/api/rooms", name="twin", kind="private").json()["room"]["id"]
        ada.join(room)
        reply = ada.wait_reply(ada.send("@llama3 hello", room)["message"]["id"])
        assert ada.wait_closed(reply["id"])["llm"]["cached"] is False
    assert ollama.chats()[-1].body["messages"] == ollama.chats()[-2].body["messages"]
    assert len(ollama.chats()) == before + 2


def test_a_question_over_a_socket_comes_back_to_that_socket_alone(newcomer: Newcomer) -> None:
    ada, mira = newcomer(), newcomer()
    request_id = ada.call("llm_request", {"content": _prompt(), "metadata": {"domain": "x", "type": "y"}})["request_id"]
    last = ada.wait_for("llm_chunk", lambda c: c["request_id"] == request_id and c["data"]["is_final"])
    text = "".join(c["data"]["chunk"] for c in ada.seen("llm_chunk") if c["request_id"] == request_id)
    assert text == "Blue, red and green." and last["offset"] == len(text) and last["error"] is None
    assert mira.seen("llm_chunk") == []


def test_everybody_sees_that_a_model_is_loaded_for_a_program_and_who_asked_hears_all_of_it(
    newcomer: Newcomer, ollama: FakeOllama
) -> None:
    ada, mira = newcomer(), newcomer()
    ollama.loaded.clear()
    ollama.behaviour.load_seconds = 1.0
    request_id = ada.call("llm_request", {"content": _prompt()})["request_id"]
    seen = mira.wait_for("llmStatus", lambda s: s["phase"] == "loading")
    assert (seen["status"], seen["backend"], seen["reply_id"]) == ("loading...", "ollama", None)
    assert mira.get("/api/llm/status").json()["status"] == "loading..."
    mira.wait_for("llmStatus", lambda s: s["status"] == "")
    ada.wait_for("llm_chunk", lambda c: c["request_id"] == request_id and c["data"]["is_final"])
    phases = [s["phase"] for s in ada.seen("llmStatus") if s["reply_id"] == request_id]
    assert [phase for phase, _ in groupby(phases)] == ["loading", "connected", "prompt", "generating", "done"]


def test_a_question_over_a_socket_can_be_stopped_like_a_reply(newcomer: Newcomer, ollama: FakeOllama) -> None:
    ada, mira = newcomer(), newcomer()
    ollama.behaviour = OllamaBehaviour(text="word " * 500, token_seconds=0.02)
    request_id = ada.call("llm_request", {"content": _prompt()})["request_id"]
    ada.wait_for("llm_chunk", lambda c: c["request_id"] == request_id)
    refused = mira.call("stop_reply", {"message": request_id})
    assert refused["error"]["code"] == "not_found"
    assert ada.call("stop_reply", {"message": request_id})["ok"]
    last = ada.wait_for("llm_chunk", lambda c: c["data"]["is_final"])
    assert last["error"]["code"] == "stopped"
    assert ollama.wait_for(lambda: ollama.chats()[-1].outcome == "client left")


def test_a_question_over_a_socket_ends_with_the_socket(newcomer: Newcomer, ollama: FakeOllama) -> None:
    ada = newcomer()
    ollama.behaviour = OllamaBehaviour(text="word " * 500, token_seconds=0.02)
    request_id = ada.call("llm_request", {"content": _prompt()})["request_id"]
    ada.wait_for("llm_chunk", lambda c: c["request_id"] == request_id)
    ada.disconnect()
    assert ollama.wait_for(lambda: ollama.chats()[-1].outcome == "client left")


def test_a_question_over_a_socket_for_a_room_is_answered_there(newcomer: Newcomer) -> None:
    ada, mira = newcomer(), newcomer()
    room = ada.post("/api/rooms", name=new_key()[:8]).json()["room"]["id"]
    mira.join(room)
    reply_id = ada.call("llm_request", {"content": "Hello there", "room": room})["request_id"]
    assert mira.wait_closed(reply_id)["content"] == "Blue, red and green."
    assert [m["content"] for m in mira.history(room)] == ["Hello there", "Blue, red and green."]


def test_the_models_and_their_backends_are_listed(newcomer: Newcomer) -> None:
    listed = newcomer().get("/api/llm/models").json()
    (model,) = listed["models"]
    assert model["id"] == listed["default"] == "ollama/llama3:latest" and model["handle"] == "llama3"
    assert listed["backends"][0]["reachable"] is True
