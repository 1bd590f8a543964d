"""A room and a pretended Ollama: honest phases, Stop, errors that keep the text, timeouts."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import Person, new_key
from tests.running_server import LIMITS, RunningServer

TIMEOUT = 1.5
Newcomer = Callable[[], Person]


@pytest.fixture(scope="module")
def server(ollama: FakeOllama, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    timeouts = {"LLM_TIMEOUT": str(TIMEOUT), "LLM_MAX_RETRIES": "1"}
    data_dir = tmp_path_factory.mktemp("data")
    with RunningServer(data_dir, OLLAMA_BASE_URL=ollama.url, **LIMITS, **timeouts) as running:
        yield running


@pytest.fixture(autouse=True)
def _well_behaved(ollama: FakeOllama) -> None:
    ollama.behaviour = OllamaBehaviour(text="It works again.")


def _come(newcomer: Newcomer) -> Person:
    person = newcomer()
    room = person.post("/api/rooms", name=f"room {new_key()[:8]}").json()["room"]["id"]
    person.join(room)
    person.room = room
    return person


def _ask(person: Person, text: str = "@llama3 please") -> str:
    question = person.send(text, person.room)["message"]
    return str(person.wait_reply(question["id"])["id"])


def _phases(person: Person, reply_id: str) -> list[str]:
    """Each phase once, in order."""
    person.wait_for("llmStatus", lambda s: s["reply_id"] == reply_id and s["phase"] in ("done", "stopped", "failed"))
    named = [s["phase"] for s in person.seen("llmStatus") if s["reply_id"] == reply_id]
    return [phase for before, phase in zip(["", *named], named, strict=False) if phase != before]


def test_a_cold_model_is_shown_loading_and_the_next_load_is_estimated(newcomer: Newcomer, ollama: FakeOllama) -> None:
    ada = _come(newcomer)
    ollama.loaded.clear()
    ollama.behaviour.load_seconds = 0.4
    first = _ask(ada)
    closed = ada.wait_closed(first)
    assert closed["content"] == "It works again." and closed["llm"]["load_ms"] >= 300
    assert _phases(ada, first) == ["queued", "loading", "connected", "prompt", "generating", "done"]
    warm = _ask(ada)
    assert "loading" not in _phases(ada, warm)
    ollama.loaded.clear()
    again = _ask(ada)
    loading = ada.wait_for("llmStatus", lambda s: s["reply_id"] == again and s["phase"] == "loading")
    assert loading["estimated"] is True and 0 < loading["estimated_time"] <= 2
    ada.wait_closed(again)


def test_the_list_of_models_says_at_once_what_is_loaded(newcomer: Newcomer, ollama: FakeOllama) -> None:
    ada = _come(newcomer)
    ollama.behaviour.load_seconds = 0.5
    for _ in range(2):
        ada.events.clear()
        ollama.loaded.clear()
        ada.wait_closed(_ask(ada))
        ada.wait_for("models_changed", lambda e: e["models"][0]["loaded"] is True, 1)
    assert [e["models"][0]["loaded"] for e in ada.seen("models_changed")] == [False, True]


def test_everybody_sees_the_global_status_but_not_the_room(newcomer: Newcomer, ollama: FakeOllama) -> None:
    ada, stranger = _come(newcomer), newcomer()
    ollama.behaviour.prompt_seconds = 0.3
    ada.wait_closed(_ask(ada))
    stranger.wait_for("llmStatus", lambda s: s["status"] == "thinking...")
    assert all(s["room"] is None and s["reply_id"] is None for s in stranger.seen("llmStatus"))
    assert all(s["message"] == "" and s["model"] in (None, "llama3:latest") for s in stranger.seen("llmStatus"))
    assert ada.get("/api/llm/status").json()["status"] == ""


@pytest.mark.parametrize("phase", ["loading", "prompt", "generating"])
def test_stop_works_in_every_phase_and_closes_the_connection(
    newcomer: Newcomer, ollama: FakeOllama, phase: str
) -> None:
    ada = _come(newcomer)
    ollama.behaviour = OllamaBehaviour(
        text="word " * 500,
        token_seconds=0.02,
        prompt_seconds=30.0 if phase == "prompt" else 0.0,
        load_seconds=30.0 if phase == "loading" else 0.0,
    )
    if phase == "loading":
        ollama.loaded.clear()
    else:
        ollama.loaded.add("llama3:latest")
    reply = _ask(ada)
    ada.wait_for("llmStatus", lambda s: s["reply_id"] == reply and s["phase"] == phase)
    if phase == "generating":
        ada.wait_for("llm_chunk", lambda c: c["reply_id"] == reply)
    # A phase is told before the backend is asked; stopped in between, there would be no connection to be closed.
    assert ollama.wait_for(lambda: any(seen.outcome == "open" for seen in ollama.chats()))
    assert ada.call("stop_reply", {"message": reply})["ok"]
    closed = ada.wait_closed(reply, 5)
    assert closed["llm"]["phase"] == "stopped" and closed["status"] == "delivered"
    assert bool(closed["content"]) == (phase == "generating")
    assert ollama.wait_for(lambda: ollama.chats()[-1].outcome == "client left")
    assert ada.call("stop_reply", {"message": reply})["error"]["code"] == "conflict"


FAULTS = {
    "500": ("model_refused", False),
    "out of memory": ("model_out_of_memory", False),
    "busy": ("model_busy", False),
    "not found": ("model_not_found", False),
    "too long": ("context_too_long", False),
    "garbage": ("model_refused", True),
    "half line": ("model_refused", True),
    "cut": ("model_refused", True),
    "crash": ("model_refused", True),
    "die": ("model_refused", True),
    "hang": ("model_timeout", False),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_ends_in_the_right_error_with_the_text_so_far_and_the_next_works(
    newcomer: Newcomer, ollama: FakeOllama, fault: str
) -> None:
    code, has_text = FAULTS[fault]
    ada = _come(newcomer)
    ollama.loaded.add("llama3:latest")
    ollama.behaviour = OllamaBehaviour(text="one two three four", fault=fault, fault_after_words=2)
    reply = _ask(ada)
    failed = ada.wait_closed(reply, 15)
    assert failed["llm"]["error"]["code"] == code, failed["llm"]["error"]
    assert failed["llm"]["phase"] == "failed" and failed["status"] == "error"
    assert failed["content"] == ("one two" if has_text else "")
    assert failed["llm"]["error"]["message"] and "Traceback" not in failed["llm"]["error"]["message"]
    assert (
        ada.wait_for("llmStatus", lambda s: s["reply_id"] == reply and s["status"] == "error")["error"]["code"] == code
    )
    ollama.behaviour = OllamaBehaviour(text="It works again.")
    ada.events.clear()
    assert ada.call("regenerate", {"message": reply})["ok"]
    assert ada.wait_closed(reply)["content"] == "It works again."


def test_a_good_answer_comes_back_if_the_model_fails_to_give_another(newcomer: Newcomer, ollama: FakeOllama) -> None:
    ada = _come(newcomer)
    ollama.behaviour = OllamaBehaviour(text="A good answer.")
    reply = _ask(ada)
    ada.wait_closed(reply)
    ollama.behaviour = OllamaBehaviour(fault="out of memory")
    ada.events.clear()
    assert ada.call("regenerate", {"message": reply})["ok"]
    assert ada.wait_for("message_updated")["message"]["content"] == ""
    failed = ada.wait_closed(reply)
    assert failed["llm"]["error"]["code"] == "model_out_of_memory" and failed["content"] == "A good answer."
    assert ada.history(ada.room)[-1] == failed


def test_an_error_inside_the_server_that_passes_is_not_seen(newcomer: Newcomer, ollama: FakeOllama) -> None:
    ada = _come(newcomer)
    ollama.loaded.add("llama3:latest")
    ollama.behaviour = OllamaBehaviour(text="It works again.", fault="500", fault_times=1)
    reply = _ask(ada)
    assert ada.wait_closed(reply)["content"] == "It works again."
    assert any("Retrying" in s["message"] for s in ada.seen("llmStatus") if s["reply_id"] == reply)


def test_a_drip_that_never_makes_a_line_ends_in_a_timeout(newcomer: Newcomer, ollama: FakeOllama) -> None:
    ada = _come(newcomer)
    ollama.loaded.add("llama3:latest")
    ollama.behaviour = OllamaBehaviour(text="so slow", token_seconds=TIMEOUT * 2)
    closed = ada.wait_closed(_ask(ada), TIMEOUT * 4)
    assert closed["llm"]["error"]["code"] == "model_timeout"


def test_who_comes_in_the_middle_sees_all_of_the_text(newcomer: Newcomer, ollama: FakeOllama) -> None:
    ada = _come(newcomer)
    mira = newcomer()
    text = " ".join(f"wörd{number}😀" for number in range(100))
    ollama.loaded.add("llama3:latest")
    ollama.behaviour = OllamaBehaviour(text=text, token_seconds=0.01)
    reply = _ask(ada)
    ada.wait_for("llm_chunk", lambda c: c["reply_id"] == reply and c["offset"] > 50)
    joined = mira.join(ada.room)
    (active,) = joined["active_replies"]
    assert active["reply_id"] == reply and active["offset"] == len(active["text"]) > 50
    assert active["status"]["phase"] == "generating"
    mira.wait_for("llm_chunk", lambda c: c["reply_id"] == reply and c["data"]["is_final"])
    assembled = active["text"]
    for chunk in mira.seen("llm_chunk"):
        if chunk["reply_id"] == reply:
            assert chunk["offset"] <= len(assembled), "no gap"
            assembled += chunk["data"]["chunk"][len(assembled) - chunk["offset"] :]
    assert assembled == text == mira.wait_closed(reply)["content"]


def test_two_questions_are_answered_one_after_the_other_and_the_place_is_told(
    newcomer: Newcomer, ollama: FakeOllama
) -> None:
    ada = _come(newcomer)
    ollama.behaviour = OllamaBehaviour(text="a b c d e f", token_seconds=0.05)
    first, second, third = (_ask(ada, f"@llama3 number {number}") for number in range(3))
    places = {r: s["queue_position"] for r in (second, third) for s in [ada.wait_for("llmStatus", _waits(r))]}
    assert places == {second: 1, third: 2}
    for reply in (first, second, third):
        assert ada.wait_closed(reply)["llm"]["phase"] == "done"
    moved = [s["queue_position"] for s in ada.seen("llmStatus") if s["reply_id"] == third and s["queue_position"]]
    assert moved == [2, 1]


def test_a_question_in_a_room_goes_before_that_of_a_program(newcomer: Newcomer, ollama: FakeOllama) -> None:
    ada, mira = _come(newcomer), _come(newcomer)
    ollama.loaded.add("llama3:latest")
    ollama.behaviour = OllamaBehaviour(text="a b c d e f", token_seconds=0.1)
    first = _ask(ada)
    ada.wait_for("llm_chunk", lambda c: c["reply_id"] == first)
    body = {"prompt": f"count ({new_key()})", "stream": True}
    with ada.http.post(f"{ada.url}/api/llm/generate", json=body, stream=True, timeout=10) as program:
        assert program.ok, "it begins to answer once it is in line"
        second = _ask(ada)
        assert ada.wait_for("llmStatus", _waits(second))["queue_position"] == 1
        third = _ask(mira)
        assert mira.wait_for("llmStatus", _waits(third))["queue_position"] == 1, "her room has had no turn yet"
        assert ada.wait_for("llmStatus", lambda s: s["reply_id"] == second and s["queue_position"] == 2)
        assert b'"done"' in program.content
    assert ada.wait_closed(second)["llm"]["phase"] == mira.wait_closed(third)["llm"]["phase"] == "done"
    asked = [chat.body["messages"][-1]["content"] for chat in ollama.chats()[-4:]]
    assert [text.startswith("count") for text in asked] == [False, False, False, True]


def _waits(reply: str) -> Callable[[dict[str, Any]], bool]:
    return lambda s: s["reply_id"] == reply and s["queue_position"] is not None


def test_a_room_where_the_model_always_answers(newcomer: Newcomer, ollama: FakeOllama) -> None:
    ada = newcomer()
    room = ada.post("/api/rooms", name=f"always {new_key()[:8]}", reply_policy="always").json()["room"]["id"]
    ada.join(room)
    reply = ada.wait_reply(ada.send("no mention here", room)["message"]["id"])
    assert ada.wait_closed(reply["id"])["content"] == "It works again."


def test_what_the_model_sees_is_the_room_with_its_speakers(newcomer: Newcomer, ollama: FakeOllama) -> None:
    ada, mira = _come(newcomer), newcomer()
    mira.join(ada.room)
    mira.send("The importer fails on trailing commas.", ada.room)
    ada.wait_closed(_ask(ada, "@llama3 what is the smallest fix?"))
    system, user = ollama.chats()[-1].body["messages"]
    assert system["role"] == "system" and mira.username in system["content"]
    assert user["content"] == (
        f"{mira.username}: The importer fails on trailing commas.\n\n{ada.username}: @llama3 what is the smallest fix?"
    )
