"""Two web processes, without workers: their questions stand in one line, and LLM_PARALLEL is for both together."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import orjson
import pytest

from chat.bootstrap import create_app
from chat.config import Config
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.integration.cluster.asking import (
    LONG_TEXT,
    ask,
    in_line,
    outcomes,
    wait_for_place,
    wait_for_text,
    wait_in_one_line,
)
from tests.integration.cluster.conftest import Pair, room_of


@pytest.fixture(autouse=True)
def writes(ollama: FakeOllama) -> OllamaBehaviour:
    ollama.behaviour = OllamaBehaviour(text=LONG_TEXT, token_seconds=0.01)
    return ollama.behaviour


def test_questions_stand_in_one_line_whichever_process_has_them(pair: Pair, ollama: FakeOllama) -> None:
    ada, mira = pair.person_at(pair.one), pair.person_at(pair.other)
    wait_in_one_line(ada, mira, room_of(ada, mira), ollama)


def test_a_program_at_another_process_waits_for_the_slot_as_well(
    pair: Pair, ollama: FakeOllama, writes: OllamaBehaviour
) -> None:
    ada, mira = pair.person_at(pair.one), pair.person_at(pair.other)
    ada.call("watch_queue", {"is_on": True})
    running = ask(ada, room_of(ada))
    wait_for_text(ada, running)
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(mira.post, "/api/llm/generate", prompt="anything", model="llama3")
        ada.wait_for("queue_changed", lambda event: in_line(event, "kind") == ["room", "program"])
        assert outcomes(ollama).count("open") == 1
        writes.text, writes.token_seconds = "A short answer.", 0.0
        assert ada.call("stop_reply", {"message": running})["ok"]
        assert asking.result().json()["text"] == "A short answer."


def test_the_line_goes_on_without_redis(pair: Pair, ollama: FakeOllama, writes: OllamaBehaviour) -> None:
    ada, mira = pair.person_at(pair.one), pair.person_at(pair.other)
    room = room_of(ada, mira)
    pair.redis.kill()
    try:
        pair.wait_for_redis("away")
        running = ask(ada, room, "first")
        wait_for_text(ada, running)
        waiting = ask(mira, room, "second")
        wait_for_place(mira, waiting, 1)
        assert outcomes(ollama).count("open") == 1
        writes.text, writes.token_seconds = "A short answer.", 0.0
        assert ada.call("stop_reply", {"message": running})["ok"]
        assert mira.wait_closed(waiting)["content"] == "A short answer."
    finally:
        pair.redis.start()


def test_a_process_that_ends_leaves_nobody_in_line(tmp_path: Path) -> None:
    """Whoever still had a slot would keep it from the others for the time of a lease."""
    settings = {"DATA_DIR": str(tmp_path), "ASYNC_MODE": "threading", "REDIS_URL": "redis://127.0.0.1:1/0"}
    application = create_app(Config.from_env(settings), backends=())
    place = application.engine.scheduler.place("gpu", 1, "ada")
    place.__enter__()
    assert [ticket["position"] for ticket in _stored(tmp_path)] == [0]
    application.close()
    assert _stored(tmp_path) == []


def _stored(data_dir: Path) -> list[dict[str, object]]:
    """Who is in the only line of the database."""
    with closing(sqlite3.connect(data_dir / "roundtable.db")) as database:
        ((state,),) = database.execute("SELECT state FROM lines").fetchall()
    tickets: list[dict[str, object]] = orjson.loads(state)["tickets"]
    return tickets
