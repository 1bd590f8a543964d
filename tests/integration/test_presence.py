"""Who is seen as here, away or gone: people with several tabs, over real sockets."""

import time
from collections.abc import Callable
from pathlib import Path

from chat.realtime.presence import TELL_AFTER_SECONDS
from tests.people import Person, new_key
from tests.running_server import LIMITS, RunningServer

Newcomer = Callable[[], Person]
OpenTab = Callable[[Person], Person]


def _room(owner: Person, *members: Person) -> str:
    names = [member.username for member in members]
    made = owner.post("/api/rooms", name=f"r {new_key()}", kind="private", members=names)
    time.sleep(2 * TELL_AFTER_SECONDS)  # by then everybody has heard that they are online
    return str(made.json()["room"]["id"])


def _told(person: Person, about: Person) -> list[str]:
    return [e["status"] for e in person.seen("presence") if e["user"]["username"] == about.username]


def _wait_told(person: Person, about: Person, statuses: list[str]) -> None:
    """Until the last one has come; then nothing else may have come."""
    until = time.monotonic() + 20
    while len(_told(person, about)) < len(statuses):
        assert time.monotonic() < until, _told(person, about)
        time.sleep(0.02)
    assert _told(person, about) == statuses


def _shown(person: Person, room: str) -> dict[str, str]:
    over_http = person.get(f"/api/rooms/{room}/members").json()["members"]
    joined = person.join(room)["members"]
    assert joined == over_http
    return {member["username"]: member["presence"] for member in joined}


def _set(person: Person, status: str) -> None:
    assert person.call("set_presence", {"status": status}) == {"ok": True}


def test_a_person_is_away_when_all_tabs_are_and_gone_after_the_last(newcomer: Newcomer, open_tab: OpenTab) -> None:
    ada, mira = newcomer(), newcomer()
    room = _room(ada, mira)
    phone = open_tab(mira)
    assert _shown(ada, room) == {ada.username: "online", mira.username: "online"}
    before = _told(ada, mira)
    _set(mira, "away")
    _set(phone, "away")
    _set(phone, "away")
    _wait_told(ada, mira, [*before, "away"])
    assert _shown(ada, room)[mira.username] == "away"
    _set(phone, "online")
    _wait_told(ada, mira, [*before, "away", "online"])
    mira.disconnect()
    phone.disconnect()
    phone.connect()
    assert _shown(ada, room)[mira.username] == "online"
    phone.disconnect()
    _wait_told(ada, mira, [*before, "away", "online", "offline"])
    assert _shown(ada, room)[mira.username] == "offline"


def test_presence_is_told_to_nobody_who_shares_no_room(tmp_path: Path) -> None:
    with RunningServer(tmp_path, **LIMITS) as server:
        ada, mira, eve = (Person(server.url, name).register().connect() for name in ("ada", "mira", "eve"))
        _room(ada, mira)
        assert eve.post("/api/rooms/general/leave").ok
        eve.wait_for("room_updated", lambda e: not e["room"]["is_member"])
        heard = len(eve.seen("presence"))
        _set(mira, "away")
        ada.wait_for("presence", lambda p: p["status"] == "away")
        assert eve.call("join_room", {"room": "general"})["ok"]
        assert len(eve.seen("presence")) == heard
        for person in (ada, mira, eve):
            person.disconnect()


def test_after_a_restart_whoever_comes_back_is_online(tmp_path: Path) -> None:
    with RunningServer(tmp_path, **LIMITS) as server:
        ada, mira = (Person(server.url, name).register().connect() for name in ("ada", "mira"))
        _set(mira, "away")
        ada.wait_for("presence", lambda p: p["status"] == "away")
        server.stop()
        server.start()
        ada.disconnect()
        ada.connect()
        assert _shown(ada, "general") == {"ada": "online", "mira": "offline"}
        mira.disconnect()
        mira.connect()
        assert _shown(ada, "general") == {"ada": "online", "mira": "online"}
        for person in (ada, mira):
            person.disconnect()
