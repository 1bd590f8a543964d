"""A room of more people than are named to whoever opens it."""

from pathlib import Path

from sqlalchemy import insert, select

from chat.db.engine import open_engines
from chat.db.tables import members, rooms, users
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
