"""Redis dies, hangs and comes back: nothing acknowledged is lost, and nobody has to do anything."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.integration.cluster.conftest import Pair, room_of, seqs
from tests.people import Person
from tests.running_redis import RunningRedis
from tests.running_server import LIMITS, RunningServer
from tests.services.teams import until


@contextmanager
def _away(pair: Pair) -> Iterator[None]:
    pair.redis.kill()
    pair.wait_for_redis("away")
    try:
        yield
    finally:
        pair.redis.start()
        pair.wait_for_redis("ok")


@contextmanager
def _frozen(pair: Pair) -> Iterator[None]:
    pair.redis.freeze()
    try:
        pair.wait_for_redis("away")
        yield
    finally:
        pair.redis.thaw()
        pair.wait_for_redis("ok")


def _hears(person: Person, room: str, seq: int) -> None:
    person.wait_for("message", lambda m: m["room"] == room and m["seq"] == seq)


@pytest.mark.parametrize("trouble", [_away, _frozen])
def test_a_room_goes_on_over_both_processes_without_redis(pair: Pair, trouble: object) -> None:
    assert callable(trouble)
    ada, mira = pair.person_at(pair.one), pair.person_at(pair.other)
    room = room_of(ada, mira)
    with trouble(pair):
        first = ada.send("can you hear me?", room)
        assert first["ok"] and first["message"]["seq"] == 1
        _hears(mira, room, 1)
        ada.call("edit_message", {"message": first["message"]["id"], "content": "can you hear me now?"})
        mira.wait_for("message_updated", lambda e: e["message"]["content"] == "can you hear me now?")
        assert mira.send("I can", room)["ok"]
        _hears(ada, room, 2)
    ada.send("and now it is back", room)
    _hears(mira, room, 3)
    assert seqs(ada, room) == seqs(mira, room) == [1, 2, 3]


def test_what_is_said_while_redis_is_killed_arrives_once_and_in_order(pair: Pair) -> None:
    people = [pair.person_at(server) for server in (pair.one, pair.other)]
    room = room_of(*people)

    def write(person: Person) -> int:
        return sum(person.send(f"{number}", room)["ok"] for number in range(60))

    with ThreadPoolExecutor(len(people)) as pool:
        writing = [pool.submit(write, person) for person in people]
        _hears(people[0], room, 20)
        pair.redis.kill()
        acknowledged = sum(future.result() for future in writing)
    pair.redis.start()
    pair.wait_for_redis("ok")
    assert acknowledged == 120
    for person in people:
        _hears(person, room, acknowledged)
        assert seqs(person, room) == list(range(1, acknowledged + 1))


def test_everybody_is_told_to_catch_up_when_it_is_back(pair: Pair) -> None:
    ada, mira = pair.person_at(pair.one), pair.person_at(pair.other)
    room = room_of(ada, mira)
    with _away(pair):
        seq = ada.send("read this", room)["message"]["seq"]
        _hears(mira, room, seq)
        mira.call("mark_read", {"room": room, "seq": seq})
        private = ada.post("/api/rooms", name="New", kind="private", members=[mira.username]).json()["room"]["id"]
    setups = lambda: mira.seen("setup")  # noqa: E731  a name for the lines below
    until(lambda: len(setups()) > 1 and private in {room["id"] for room in setups()[-1]["rooms"]})
    ada.send("you are in", private)
    _hears(mira, private, 1)


def test_who_was_taken_out_without_redis_hears_nothing_once_it_is_back(pair: Pair) -> None:
    """And a session that was ended is cut off."""
    ada, mira, eve = (pair.person_at(server) for server in (pair.one, pair.other, pair.other))
    room = room_of(ada, mira, eve)
    with _away(pair):
        assert ada.request("DELETE", f"/api/rooms/{room}/members/{mira.username}").ok
        assert Person(pair.one.url, eve.username).sign_in().post("/api/auth/password", **_new_password()).ok
    assert eve.socket
    until(lambda: eve.socket is not None and not eve.socket.connected)
    until(lambda: len(mira.seen("setup")) > 1)
    at_the_same_process = pair.person_at(pair.other)
    at_the_same_process.join(room)
    at_the_same_process.send("without them", room)
    mira.send("in another room")
    mira.wait_for("message", lambda m: m["content"] == "in another room")
    assert "without them" not in [message["content"] for message in mira.seen("message")]


def test_a_process_starts_without_redis_and_joins_when_it_comes(tmp_path: Path) -> None:
    redis = RunningRedis()
    with RunningServer(tmp_path, REDIS_URL=redis.url, **LIMITS) as server:
        ada = Person(server.url, "ada").register().connect()
        assert ada.send("alone")["ok"]
        assert requests.get(f"{server.url}/readyz", timeout=10).json()["checks"]["redis"] == "away"
        with redis:
            until(lambda: requests.get(f"{server.url}/readyz", timeout=10).json()["checks"]["redis"] == "ok")
        ada.disconnect()


def _new_password() -> dict[str, str]:
    return {"current_password": "correct horse battery", "new_password": "another horse battery"}
