"""Replies over several processes: done once, stopped from anywhere, taken over when a process dies."""

from collections.abc import Iterator

import pytest

from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.fakes.serving import Seen
from tests.integration.cluster.asking import LEASE, LONG_TEXT, ask, come_in_the_middle, wait_for_place, wait_for_text
from tests.integration.cluster.conftest import Pair, room_of
from tests.people import Person
from tests.running_server import RunningServer
from tests.services.teams import until


@pytest.fixture(autouse=True)
def writes(ollama: FakeOllama) -> Iterator[OllamaBehaviour]:
    """Slowly, one answer at a time."""
    ollama.behaviour = OllamaBehaviour(text=LONG_TEXT, token_seconds=0.01)
    yield ollama.behaviour


def _last_chat(ollama: FakeOllama) -> Seen:
    return next(seen for seen in reversed(ollama.seen) if seen.path == "/api/chat")


def test_a_reply_is_stopped_from_another_process_and_its_backend_with_it(pair: Pair, ollama: FakeOllama) -> None:
    ada, mira = pair.person_at(pair.one), pair.person_at(pair.other)
    reply = ask(ada, room_of(ada, mira))
    wait_for_text(mira, reply)
    assert mira.call("stop_reply", {"message": reply})["ok"]
    closed = ada.wait_closed(reply)
    assert closed["llm"]["phase"] == "stopped" and LONG_TEXT.startswith(closed["content"]) and closed["content"]
    assert ollama.wait_for(lambda: _last_chat(ollama).outcome == "client left")


def test_it_is_stopped_without_redis_as_well(pair: Pair, ollama: FakeOllama) -> None:
    ada, mira = pair.person_at(pair.one), pair.person_at(pair.other)
    reply = ask(ada, room_of(ada, mira))
    wait_for_text(mira, reply)
    pair.redis.kill()
    try:
        pair.wait_for_redis("away")
        assert mira.call("stop_reply", {"message": reply})["ok"]
        assert mira.wait_closed(reply)["llm"]["phase"] == "stopped"
    finally:
        pair.redis.start()
    assert ollama.wait_for(lambda: _last_chat(ollama).outcome == "client left", 10)


def test_who_comes_to_another_process_in_the_middle_has_the_text_from_its_beginning(pair: Pair) -> None:
    ada, mira = pair.person_at(pair.one), pair.person_at(pair.other)
    come_in_the_middle(ada, mira, room_of(ada))


def test_a_process_that_starts_takes_nothing_for_dead_that_another_one_does(pair: Pair) -> None:
    ada = pair.person_at(pair.one)
    reply = ask(ada, room_of(ada))
    wait_for_text(ada, reply)
    with RunningServer(pair.one.data_dir, **pair.one.settings):
        ada.call("stop_reply", {"message": reply})
        assert ada.wait_closed(reply)["llm"]["phase"] == "stopped"


def test_what_a_stopping_process_had_waiting_is_asked_by_another_one(pair: Pair, writes: OllamaBehaviour) -> None:
    ada, mira = pair.person_at(pair.one), pair.person_at(pair.other)
    room = room_of(ada, mira)
    running = ask(ada, room)
    wait_for_text(mira, running)
    waiting = ask(ada, room)
    writes.text, writes.token_seconds = "A short answer.", 0.0
    pair.one.stop()
    try:
        assert mira.wait_closed(running)["llm"]["phase"] == "interrupted"
        answered = mira.wait_closed(waiting)
        assert (answered["llm"]["phase"], answered["content"]) == ("done", "A short answer.")
    finally:
        pair.one.start()


def test_a_dead_process_is_noticed_its_text_kept_and_its_line_taken_over(pair: Pair, writes: OllamaBehaviour) -> None:
    """And who has waited for its slot at another process gets it."""
    ada, mira = pair.person_at(pair.one), pair.person_at(pair.other)
    room = room_of(ada, mira)
    running = ask(ada, room)
    wait_for_text(mira, running)
    waiting, behind = ask(ada, room), ask(mira, room)
    wait_for_place(mira, behind, 1)
    wait_for_place(mira, waiting, 2)
    until(lambda: bool(_stored(mira, room, running)))
    writes.text, writes.token_seconds = "A short answer.", 0.0
    pair.one.kill()
    try:
        interrupted = mira.wait_closed(running, LEASE)
        assert interrupted["llm"]["phase"] == "interrupted"
        assert interrupted["content"] and LONG_TEXT.startswith(interrupted["content"])
        for reply in (behind, waiting):
            answered = mira.wait_closed(reply, LEASE)
            assert (answered["llm"]["phase"], answered["content"]) == ("done", "A short answer.")
        assert mira.join(room)["active_replies"] == []
    finally:
        pair.one.start()


def _stored(person: Person, room: str, reply: str) -> str:
    return next(str(message["content"]) for message in person.history(room) if message["id"] == reply)
