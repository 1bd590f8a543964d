"""Workers ask the models for two servers that do not. In rooms nobody sees a difference."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.integration.cluster.asking import (
    LEASE,
    LONG_TEXT,
    ask,
    come_in_the_middle,
    outcomes,
    wait_for_text,
    wait_in_one_line,
)
from tests.integration.cluster.conftest import room_of
from tests.people import Person, new_key
from tests.running_redis import RunningRedis
from tests.running_server import LIMITS, RunningServer
from tests.running_worker import RunningWorker
from tests.services.teams import until


@dataclass(frozen=True)
class Works:
    """`person_at(server)` has a new account and an open socket there."""

    redis: RunningRedis
    one: RunningServer
    other: RunningServer
    worker: RunningWorker
    ollama: FakeOllama
    person_at: Callable[[RunningServer], Person]

    def another_worker(self) -> RunningWorker:
        return RunningWorker(self.worker.data_dir, **self.worker.settings)


@pytest.fixture(scope="module")
def settings(redis: RunningRedis, ollama: FakeOllama) -> dict[str, str]:
    return {"REDIS_URL": redis.url, "OLLAMA_BASE_URL": ollama.url, "LLM_EXECUTOR": "dramatiq", **LIMITS}


@pytest.fixture(scope="module")
def processes(
    settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[RunningServer, RunningServer, RunningWorker]]:
    data_dir = tmp_path_factory.mktemp("data")
    one, other = RunningServer(data_dir, **settings), RunningServer(data_dir, **settings)
    with one, other, RunningWorker(data_dir, **settings) as worker:
        yield one, other, worker


@pytest.fixture
def works(
    redis: RunningRedis, processes: tuple[RunningServer, RunningServer, RunningWorker], ollama: FakeOllama
) -> Iterator[Works]:
    people: list[Person] = []
    ollama.behaviour = OllamaBehaviour(text=LONG_TEXT, token_seconds=0.03)  # longer than a worker takes to start

    def person_at(server: RunningServer) -> Person:
        people.append(Person(server.url, f"p{new_key()[:12]}").register().connect())
        return people[-1]

    yield Works(redis, *processes, ollama, person_at)
    for person in people:
        person.disconnect()


def _model(person: Person) -> dict[str, Any]:
    """As the person's server shows it."""
    (model,) = person.get("/api/llm/models").json()["models"]
    return dict(model)


def _heard(person: Person, reply: str) -> str:
    """The text as it came, each piece where the last one ended."""
    text = ""
    for chunk in (chunk for chunk in person.seen("llm_chunk") if chunk["reply_id"] == reply):
        assert chunk["offset"] == len(text)
        text += chunk["data"]["chunk"]
    return text


def test_a_reply_is_streamed_to_people_at_both_servers_whole_and_in_order(works: Works) -> None:
    works.ollama.behaviour = OllamaBehaviour(text=LONG_TEXT[:2000], token_seconds=0.005)
    ada, mira = works.person_at(works.one), works.person_at(works.other)
    reply = ask(ada, room_of(ada, mira))
    for person in (ada, mira):
        closed = person.wait_closed(reply)
        assert (closed["llm"]["phase"], closed["content"]) == ("done", LONG_TEXT[:2000])
        assert _heard(person, reply) == LONG_TEXT[:2000]
        person.wait_for("llmStatus", lambda status: status["reply_id"] == reply and status["phase"] == "done")
        phases = [status["phase"] for status in person.seen("llmStatus") if status["reply_id"] == reply]
        assert phases[0] == "queued" and "generating" in phases and phases[-1] == "done"


def test_a_load_is_shown_and_what_it_taught_is_known_to_all(works: Works) -> None:
    works.ollama.behaviour = OllamaBehaviour(text="A short answer.", load_seconds=1.0)
    ada = works.person_at(works.one)
    room = room_of(ada)
    loads = lambda reply: lambda s: s["reply_id"] == reply and s["phase"] == "loading"  # noqa: E731  one line
    for words in ("the first load", "the second load"):
        works.ollama.loaded.clear()
        until(lambda: _model(ada)["loaded"] is False)
        reply = ask(ada, room, words)
        last = ada.wait_for("llmStatus", loads(reply))
        assert ada.wait_closed(reply)["content"] == "A short answer."
        until(lambda: _model(ada)["loaded"] is True and _model(ada)["load_ms_estimate"] is not None)
    assert last["estimated_time"] is not None and last["estimated"]
    (seen,) = ada.get("/api/llm/history").json()["models"]
    assert seen["speeds"] and len(seen["loads"]) > 1


def test_who_comes_in_the_middle_has_the_text_from_its_beginning(works: Works) -> None:
    ada, mira = works.person_at(works.one), works.person_at(works.other)
    come_in_the_middle(ada, mira, room_of(ada))


def test_stopping_reaches_the_worker_and_its_backend(works: Works) -> None:
    ada, mira = works.person_at(works.one), works.person_at(works.other)
    reply = ask(ada, room_of(ada, mira))
    wait_for_text(mira, reply)
    assert mira.call("stop_reply", {"message": reply})["ok"]
    closed = ada.wait_closed(reply)
    assert closed["llm"]["phase"] == "stopped" and LONG_TEXT.startswith(closed["content"]) and closed["content"]
    assert closed["llm"]["backend"] == "ollama", "a server that closes what no worker has heard of knows none"
    assert works.ollama.wait_for(lambda: outcomes(works.ollama)[-1] == "client left")


def test_questions_stand_in_one_line_whichever_worker_has_them(works: Works) -> None:
    ada, mira = works.person_at(works.one), works.person_at(works.other)
    with works.another_worker():
        wait_in_one_line(ada, mira, room_of(ada, mira), works.ollama)


def test_a_worker_that_is_killed_leaves_its_text_and_its_line_to_another(works: Works) -> None:
    ada, mira = works.person_at(works.one), works.person_at(works.other)
    room = room_of(ada, mira)
    running = ask(ada, room, "first")
    wait_for_text(mira, running)
    waiting = ask(ada, room, "second")
    until(lambda: bool(_stored(mira, room, running)))
    with works.another_worker():
        works.ollama.behaviour.text = "A short answer."
        works.worker.kill()
        interrupted = mira.wait_closed(running, LEASE)
        assert interrupted["llm"]["phase"] == "interrupted"
        assert interrupted["content"] and LONG_TEXT.startswith(interrupted["content"])
        answered = mira.wait_closed(waiting, LEASE)
        assert (answered["llm"]["phase"], answered["content"]) == ("done", "A short answer.")
        assert mira.join(room)["active_replies"] == []
        works.worker.start()


def test_a_worker_that_is_stopped_hands_its_line_on(works: Works) -> None:
    ada, mira = works.person_at(works.one), works.person_at(works.other)
    room = room_of(ada, mira)
    running = ask(ada, room, "first")
    wait_for_text(mira, running)
    waiting = ask(ada, room, "second")
    with works.another_worker():
        works.ollama.behaviour.text = "A short answer."
        status, _ = works.worker.stop()
        assert status == 0
        assert mira.wait_closed(running)["llm"]["phase"] == "interrupted"
        answered = mira.wait_closed(waiting)
        assert (answered["llm"]["phase"], answered["content"]) == ("done", "A short answer.")
        works.worker.start()


def test_two_workers_answer_each_question_once(works: Works) -> None:
    works.ollama.behaviour = OllamaBehaviour(text="A short answer.")
    before = len(outcomes(works.ollama))
    with works.another_worker():
        people = [works.person_at(server) for server in (works.one, works.other)]
        room = room_of(*people)
        asked = [ask(person, room, f"number {number}") for number in range(5) for person in people]
        for reply in asked:
            assert people[0].wait_closed(reply)["content"] == "A short answer."
    assert len(outcomes(works.ollama)) == before + len(asked)


def test_questions_are_answered_while_redis_is_away_and_when_it_is_back(works: Works) -> None:
    """And what its queue had forgotten is not forgotten."""
    works.ollama.behaviour = OllamaBehaviour(text="A short answer.")
    ada, mira = works.person_at(works.one), works.person_at(works.other)
    room = room_of(ada, mira)
    everybody = (works.one, works.other, works.worker)
    joined = [process.log().count("Redis answers") for process in everybody]
    works.redis.kill()
    try:
        reply = ask(ada, room, "without Redis")
        assert mira.wait_closed(reply)["content"] == ada.wait_closed(reply)["content"] == "A short answer."
    finally:
        works.redis.start()
    until(lambda: all(now.log().count("Redis answers") > before for now, before in zip(everybody, joined, strict=True)))
    reply = ask(ada, room, "with Redis")
    for person in (ada, mira):
        assert person.wait_closed(reply)["content"] == _heard(person, reply) == "A short answer."


def test_a_question_waits_for_a_worker_that_comes_later(works: Works) -> None:
    works.ollama.behaviour = OllamaBehaviour(text="A short answer.")
    works.worker.stop()
    ada = works.person_at(works.one)
    reply = ask(ada, room_of(ada), "anybody there?")
    works.worker.start()
    assert ada.wait_closed(reply)["content"] == "A short answer."


def _stored(person: Person, room: str, reply: str) -> str:
    return next(str(message["content"]) for message in person.history(room) if message["id"] == reply)
