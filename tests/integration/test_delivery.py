"""Nothing that was acknowledged is lost, doubled or out of order, whatever happens to the acks and the sockets."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.people import Person, new_key
from tests.running_server import LIMITS, RunningServer

Newcomer = Callable[[], Person]
PEOPLE, EACH = 10, 20


@pytest.fixture(scope="module", params=["loop", "thread"], ids=["commit on the loop", "commit in a thread"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Both ways of committing: each waits at other places, so each can go wrong in its own way."""
    settings = {"LLM_SCRIPTED": "on", "SQLITE_COMMIT": request.param, **LIMITS}
    with RunningServer(tmp_path_factory.mktemp("data"), **settings) as running:
        yield running


def _new_room(owner: Person) -> str:
    room: dict[str, Any] = owner.post("/api/rooms", name=f"room {new_key()[:8]}").json()["room"]
    return str(room["id"])


def _send_and_lose_the_ack(person: Person, room: str, key: str) -> None:
    """The first try's ack is never looked at; the second one must give the same message."""
    assert person.socket
    payload = {"room": room, "content": f"text of {key}", "client_id": key}
    person.socket.emit("send_message", payload)
    answer = person.call("send_message", payload)
    assert answer["ok"] and answer["message"]["content"] == f"text of {key}"


def test_two_hundred_sends_with_every_ack_lost_are_two_hundred_messages(newcomer: Newcomer) -> None:
    people = [newcomer() for _ in range(PEOPLE)]
    room = _new_room(people[0])
    for person in people:
        assert person.join(room)["seq"] == 0

    def send_all(person: Person) -> None:
        for _ in range(EACH):
            _send_and_lose_the_ack(person, room, new_key())

    with ThreadPoolExecutor(PEOPLE) as pool:
        list(pool.map(send_all, people))

    stored = people[0].history(room)
    assert [m["seq"] for m in stored] == list(range(1, PEOPLE * EACH + 1))
    assert len({m["client_id"] for m in stored}) == PEOPLE * EACH
    for person in people:
        person.wait_for("message", lambda m: m["room"] == room and m["seq"] == PEOPLE * EACH)
        seen = [m for m in person.seen("message") if m["room"] == room]
        assert [m["seq"] for m in seen] == list(range(1, PEOPLE * EACH + 1)), "each once, in order"


def test_sockets_cut_in_the_middle_catch_up_without_loss_or_doubles(newcomer: Newcomer) -> None:
    """Ten people send while five of them lose their connection after every fourth message."""
    people = [newcomer() for _ in range(PEOPLE)]
    room = _new_room(people[0])
    views: dict[str, Counter[str]] = {}
    for person in people:
        person.join(room)

    def send_all(numbered: tuple[int, Person]) -> None:
        number, person = numbered
        for turn in range(EACH):
            key = new_key()
            if number % 2 and turn % 4 == 3:
                assert person.socket
                person.socket.emit("send_message", {"room": room, "content": "cut off", "client_id": key})
                person.cut()
                _come_back(person, room)
                assert person.send("cut off", room, client_id=key)["ok"]
            else:
                assert person.send("whole", room, client_id=key)["ok"]

    with ThreadPoolExecutor(PEOPLE) as pool:
        list(pool.map(send_all, enumerate(people)))

    total = PEOPLE * EACH
    for person in people:
        _come_back(person, room)
        views[person.username] = Counter(_view(person, room))
    stored = people[0].history(room)
    assert [m["seq"] for m in stored] == list(range(1, total + 1))
    for name, view in views.items():
        assert view == Counter({m["id"]: 1 for m in stored}), f"{name} sees each once"


def _come_back(person: Person, room: str) -> None:
    """Reconnects and asks for what was missed since the last rev; the answer counts as seen."""
    person.disconnect()
    known = _known_rev(person, room)
    person.connect()
    answer = person.join(room, after_rev=known)
    assert answer["ok"] and not answer["has_gap"]
    for message in answer["messages"]:
        person.events.append(("caught up", message))


def _known_rev(person: Person, room: str) -> int:
    revs = [m["rev"] for m in [*person.seen("message"), *person.seen("caught up")] if m["room"] == room]
    return _contiguous(sorted(set(revs)))


def _contiguous(revs: list[int]) -> int:
    """The last rev up to which nothing is missing: what a careful client may ask from."""
    known = 0
    for rev in revs:
        if rev != known + 1:
            break
        known = rev
    return known


def _view(person: Person, room: str) -> list[str]:
    """Ids as a client shows them: live messages, and caught-up ones that had not come live."""
    live = [m["id"] for m in person.seen("message") if m["room"] == room]
    return live + list({m["id"] for m in person.seen("caught up") if m["room"] == room} - set(live))


def test_a_change_to_an_old_message_is_caught_up(newcomer: Newcomer) -> None:
    ada = newcomer()
    room = _new_room(ada)
    before = ada.join(room)
    question = ada.send("@echo hello", room)["message"]
    reply = ada.wait_reply(question["id"])
    ada.wait_closed(reply["id"])
    missed = ada.join(room, after=reply["seq"], after_rev=reply["rev"])
    assert before["rev"] == 0 and missed["rev"] > reply["rev"]
    assert [m["id"] for m in missed["messages"]] == [reply["id"]]
    assert missed["messages"][0]["content"].startswith("You said:")


def test_more_than_a_page_missed_is_said(newcomer: Newcomer) -> None:
    ada = newcomer()
    room = _new_room(ada)
    for number in range(120):
        assert ada.send(f"line {number}", room)["ok"]
    answer = ada.join(room, after=5, after_rev=5)
    assert answer["has_gap"] is True
    assert [m["seq"] for m in answer["messages"]] == list(range(21, 121))


def test_one_persons_messages_keep_their_order_without_waiting_for_acks(newcomer: Newcomer) -> None:
    ada = newcomer()
    room = _new_room(ada)
    done = threading.Semaphore(0)
    assert ada.socket
    for number in range(100):
        payload = {"room": room, "content": f"{number}", "client_id": new_key()}
        ada.socket.emit("send_message", payload, callback=lambda answer: done.release())
    for _ in range(100):
        assert done.acquire(timeout=10)
    assert [m["content"] for m in ada.history(room)] == [str(number) for number in range(100)]
