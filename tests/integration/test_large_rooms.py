"""A room of more people than are named to whoever opens it."""

import time
from pathlib import Path

from sqlalchemy import insert, select

from chat.db.engine import open_engines
from chat.db.tables import members, rooms, users
from chat.realtime.presence import TELL_AFTER_SECONDS
from chat.services.rooms import MEMBERS_SHOWN
from tests.people import Person
from tests.running_server import LIMITS, RunningServer


def _fill(data_dir: Path, count: int) -> None:
    write, _ = open_engines(f"sqlite:///{data_dir / 'roundtable.db'}")
    with write.begin() as connection:
        room_id = connection.execute(select(rooms.c.id)).scalar_one()
        people = [f"{number:026d}" for number in range(count)]
        common = {"password_hash": "", "is_admin": False, "created_at": 1}
        connection.execute(insert(users), [{"id": p, "username": p, "display_name": p, **common} for p in people])
        place = {"room_id": room_id, "role": "member", "last_read_seq": 0, "joined_at": 1}
        connection.execute(insert(members), [{**place, "user_id": p} for p in people])
    write.dispose()


def test_opening_a_large_room_names_the_most_active_and_counts_everybody(tmp_path: Path) -> None:
    with RunningServer(tmp_path, **LIMITS) as server:
        ada = Person(server.url, "ada").register().connect()
        ada.join()
        ada.send("first")
        server.stop()
        _fill(tmp_path, MEMBERS_SHOWN + 50)
        server.start()
        ada.connect()
        joined = ada.join()
        assert joined["member_count"] == MEMBERS_SHOWN + 51 and len(joined["members"]) == MEMBERS_SHOWN
        assert joined["members"][0]["username"] == "ada", "who has read furthest comes first"
        everybody = ada.get("/api/rooms/general/members").json()["members"]
        assert len(everybody) == MEMBERS_SHOWN + 51
        ada.disconnect()


def test_a_newcomer_to_a_large_room_learns_who_is_here_even_if_that_changes_just_now(tmp_path: Path) -> None:
    """Who is in a large room is listed once for all who come at the same time."""
    with RunningServer(tmp_path, **LIMITS) as server:
        ada, bob, mira = (Person(server.url, name).register().connect() for name in ("ada", "bob", "mira"))
        for person in (ada, bob, mira):
            person.join()
            person.send("here")
            person.disconnect()
        server.stop()
        _fill(tmp_path, MEMBERS_SHOWN + 50)
        server.start()
        for person in (ada, bob):
            person.connect()
        for status, pause in (("away", 0.0), ("online", TELL_AFTER_SECONDS * 1.2), ("away", TELL_AFTER_SECONDS)):
            earlier = len(mira.seen("presence"))
            ada.join()  # lists them
            assert bob.call("set_presence", {"status": status}) == {"ok": True}
            time.sleep(pause)
            mira.connect()
            listed = {member["username"]: member["presence"] for member in mira.join()["members"]}
            until = time.monotonic() + 5
            while (seen := _presence(mira, listed, "bob", earlier)) != status:
                assert time.monotonic() < until, f"bob is {status}, and mira sees him {seen}"
                time.sleep(0.02)
            mira.disconnect()
        for person in (ada, bob):
            person.disconnect()


def _presence(person: Person, listed: dict[str, str], name: str, earlier: int) -> str:
    """What was listed when the person opened the room, and told since."""
    told = [event["status"] for event in person.seen("presence")[earlier:] if event["user"]["username"] == name]
    return str(told[-1] if told else listed[name])
