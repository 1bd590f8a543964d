"""Rooms in the archive, and rooms that are deleted: nothing of them is left in any table."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, text

from chat import wire
from chat.background import Background
from chat.db.tables import members, messages, metadata, rooms
from chat.errors import NotAllowed, NotFound
from chat.events import RoomChanged, RoomDeleted
from chat.jobs.clearing import AGAIN_AFTER, Clearing
from chat.services import muting, reading
from chat.services.changes import delete_message, edit_message
from chat.services.pins import pin_message
from chat.services.reactions import react
from chat.services.reopening import reopen_reply
from chat.services.room_endings import PIECE, archive_room, clear_deleted, delete_room
from chat.services.room_settings import change_room
from chat.services.rooms import create_room, invite, join_room
from tests.services.den import Den


def test_an_archived_room_is_read_and_nothing_is_written_there(den: Den) -> None:
    said = den.say(den.mira, "hello")
    _, reply = den.ask(den.ada, "why?")
    den.close(reply, "Because.")
    den.heard.clear()
    assert archive_room(den.db, den.ada.id, den.room, is_archived=True).is_archived
    archive_room(den.db, den.ada.id, den.room, is_archived=True)
    assert den.heard == [RoomChanged(den.room)]
    assert [message.content for message in den.history(den.mira)] == ["hello", "why?", "Because."]
    reading.mark_read(den.db, den.mira.id, den.room, 3)
    muting.mute_room(den.db, den.mira.id, den.room, is_muted=True)
    writes: list[Callable[[], object]] = [
        lambda: den.say(den.ada, "one more"),
        lambda: edit_message(den.db, den.mira.id, said.id, "hi", max_chars=100),
        lambda: delete_message(den.db, den.mira.id, said.id),
        lambda: react(den.db, den.ada.id, wire.React(message=said.id, emoji="👍")),
        lambda: pin_message(den.db, den.ada.id, wire.PinMessage(message=said.id, is_pinned=True)),
        lambda: reopen_reply(den.db, den.ada.id, wire.Regenerate(message=reply.id)),
        lambda: invite(den.db, den.ada, den.room, "eve"),
        lambda: change_room(den.db, den.ada, den.room, wire.ChangeRoom(topic="Over")),
    ]
    for write in writes:
        with pytest.raises(NotAllowed, match="archived"):
            write()
    assert not archive_room(den.db, den.ada.id, den.room, is_archived=False).is_archived
    assert den.say(den.mira, "we go on").seq == 4


def test_who_comes_later_may_read_a_public_room_that_is_archived(den: Den) -> None:
    public = den.new_room("public")
    archive_room(den.db, den.ada.id, public, is_archived=True)
    joined = join_room(den.db, den.eve, public)
    assert joined.is_member and joined.is_archived


def test_only_owners_archive_and_nobody_the_room_of_everybody(den: Den) -> None:
    admin = den.new_admin()
    direct = den.new_room("direct")
    for person, room in ((den.mira, den.room), (den.ada, direct), (admin, "general")):
        with pytest.raises(NotAllowed):
            archive_room(den.db, person.id, room, is_archived=True)


def _all_rows(den: Den) -> dict[str, int]:
    """But for the audit log, which keeps that the room was made and deleted."""
    kept = ("alembic_version", "audit")
    return {table.name: den.count(table) for table in metadata.sorted_tables if table.name not in kept}


def test_a_deleted_room_leaves_nothing_behind_and_its_name_is_free(den: Den) -> None:
    before = _all_rows(den)
    made = create_room(den.db, den.ada, wire.CreateRoom(name="Attic", kind="public", members=["mira"]))
    first = den.say(den.mira, "@ada hello", made.id)
    for number in range(PIECE):
        den.say(den.ada, f"number {number}", made.id, reply_to=first.id)
    react(den.db, den.ada.id, wire.React(message=first.id, emoji="👍"))
    pin_message(den.db, den.ada.id, wire.PinMessage(message=first.id, is_pinned=True))
    den.ask(den.mira, "@m why?", made.id)
    den.heard.clear()
    delete_room(den.db, den.ada, made.id)
    (deleted,) = den.heard
    assert isinstance(deleted, RoomDeleted)
    assert (deleted.room.id, deleted.room.kind, deleted.room.name, deleted.by) == (made.id, "public", "Attic", den.ada)
    for person in (den.ada, den.mira, den.eve):
        with pytest.raises(NotFound):
            join_room(den.db, person, made.id)
    assert create_room(den.db, den.eve, wire.CreateRoom(name="Attic")).slug == made.slug
    pieces = 0
    while clear_deleted(den.db):
        pieces += 1
    assert pieces == 3, "two of messages, and the room"
    assert _all_rows(den) == before | {"rooms": before["rooms"] + 1, "members": before["members"] + 1}


def test_a_start_takes_out_what_a_stop_has_left_of_a_deleted_room(den: Den) -> None:
    den.say(den.ada, "hello")
    delete_room(den.db, den.ada, den.room)
    assert den.count(rooms) == 1
    Clearing(den.db, Background(spawn=lambda work: work(), sleep=lambda seconds: None)).begin()
    assert den.count(rooms) == 0 and den.count(messages) == 0


@pytest.mark.sqlite
def test_a_room_that_a_database_does_not_let_go_is_cleared_later(den: Den) -> None:
    den.say(den.ada, "hello")
    delete_room(den.db, den.ada, den.room)
    with den.db.write() as uow:
        driver = uow.execute(text("SELECT 1")).connection.connection.driver_connection
    assert driver
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        driver.execute("PRAGMA query_only = off")

    driver.execute("PRAGMA query_only = on")
    Clearing(den.db, Background(spawn=lambda work: work(), sleep=sleep)).begin()
    assert slept[0] == AGAIN_AFTER and set(slept[1:]) == {0.0}
    assert den.count(rooms) == 0 and den.count(messages) == 0


def test_owners_and_admins_delete_a_room_that_they_see(den: Den) -> None:
    admin = den.new_admin()
    public = den.new_room("public")
    with pytest.raises(NotAllowed):
        delete_room(den.db, den.mira, public)
    with pytest.raises(NotFound):
        delete_room(den.db, admin, den.room)
    for person, room in ((admin, "general"), (den.ada, den.new_room("direct"))):
        with pytest.raises(NotAllowed):
            delete_room(den.db, person, room)
    delete_room(den.db, admin, public)
    with den.db.read() as read:
        assert not read.all(select(members).where(members.c.room_id == public))
        assert read.scalar(select(rooms.c.deleted_at).where(rooms.c.id == public))
