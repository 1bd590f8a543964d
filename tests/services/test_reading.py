"""Unread counts and read marks are exact, whatever people do in whichever order."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from chat.db.opening import open_database
from chat.events import MentionsChanged, MessageRead, RoomRead
from chat.publishing import Publisher
from chat.services.history import get_history
from chat.services.reading import SEARCHED
from chat.services.room_views import list_rooms
from chat.services.rooms import list_members
from tests.database import close, new_database
from tests.services.den import Den
from tests.services.recount import NAMES, Room, World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder: Path = tmp_path_factory.mktemp("data")
    publisher = Publisher()
    with new_database(folder) as url:
        made = World(open_database(url, publisher))
        publisher.subscribe(made.heard.append)
        yield made
        close(made.db)


def test_what_is_unread_is_not_own_not_read_and_not_deleted(world: World) -> None:
    room = Room(world)
    ada, mira, noor, _ = room.people
    room.post(ada, mira)
    room.post(ada, mira)
    room.post(ada, asks=True)
    assert room.unread(mira) == (4, 2) and room.unread(ada) == (1, 0) and room.unread(noor) == (4, 0)
    room.read(mira, 1)
    assert room.unread(mira) == (3, 1)
    room.delete(room.said[1])
    assert room.unread(mira) == (2, 0) and room.unread(noor) == (3, 0)
    room.post(mira)
    assert room.unread(mira) == (0, 0) and room.unread(noor) == (4, 0)


def test_a_mark_never_moves_back_nor_past_the_last_message(world: World) -> None:
    room = Room(world)
    ada, mira, *_ = room.people
    room.post(ada)
    room.post(ada)
    for seq in (2, 1, 0, 2**53):
        room.read(mira, seq)
        assert room.unread(mira) == (0, 0)
    room.post(ada)
    assert room.unread(mira) == (1, 0)


def test_marking_as_unread_takes_back_nothing_that_others_were_told(world: World) -> None:
    room = Room(world)
    ada, mira, *_ = room.people
    room.post(ada, mira)
    room.post(mira)
    room.post(ada, mira)
    room.read(mira, 3)
    world.heard.clear()
    room.unread_from(mira, 1)
    (told,) = world.heard
    assert isinstance(told, RoomRead) and (told.user_id, told.room.unread, told.room.last_read_seq) == (mira.id, 2, 0)
    assert room.unread(mira) == (2, 2), "and not the own one among them"
    assert set(room.statuses().values()) == {"read"}
    world.heard.clear()
    room.unread_from(mira, 2)
    assert world.heard == [], "it was unread already"
    room.read(mira, 3)
    assert [type(event) for event in world.heard] == [RoomRead], "nothing became read that was not read before"


def test_deleting_what_is_ones_own_above_the_mark_leaves_the_count_right(world: World) -> None:
    room = Room(world)
    ada, mira, *_ = room.people
    room.post(ada)
    room.post(mira)
    room.unread_from(mira, 1)
    world.heard.clear()
    room.delete(room.said[1])
    last = world.heard[-1]
    assert isinstance(last, MentionsChanged) and (last.user_id, last.room.unread) == (mira.id, 1)


@pytest.mark.sqlite
def test_unread_messages_are_counted_without_walking_through_them(den: Den) -> None:
    with den.db.read() as read:
        den.statements.clear()
        list_rooms(read, den.ada.id)
        query = next(statement for statement in den.statements if statement.startswith("SELECT"))
        steps = read.execute(text("EXPLAIN QUERY PLAN " + query)).all()
    uses = [step.detail for step in steps if "messages" in step.detail]
    assert uses == [
        "SEARCH messages USING INDEX ix_messages_room_id_seq_deleted (room_id=? AND seq>?)",
        # one's own, from a mark that was moved back to where it was; not looked at for any other
        "SEARCH messages USING COVERING INDEX ix_messages_author_id_room_id_seq"
        " (author_id=? AND room_id=? AND seq>? AND seq<?)",
    ]


def test_only_the_newest_message_that_became_read_is_announced(world: World) -> None:
    room = Room(world)
    ada, mira, noor, _ = room.people
    for _ in range(3):
        room.post(ada, asks=True)
    world.heard.clear()
    for seq, newest in ((3, 2), (4, None), (6, 4)):
        room.read(mira, seq)
        read = [event.message_id for event in world.heard if isinstance(event, MessageRead)]
        assert read == ([room.said[newest].id] if newest is not None else [])
        world.heard.clear()
    room.read(noor, 6)
    assert not [event for event in world.heard if isinstance(event, MessageRead)], "read already"


def test_after_ten_thousand_messages_one_is_announced_and_all_are_read(world: World) -> None:
    room = Room(world)
    ada, mira, *_ = room.people
    room.fill(ada, 10_000)
    room.read(mira, 10_000)
    assert [e.message_id for e in world.heard if isinstance(e, MessageRead)] == [room.said[-1].id]
    assert set(room.statuses().values()) == {"read"} and room.unread(mira) == (0, 0)


def test_a_message_far_below_the_mark_is_not_searched_for_but_shown_as_read(world: World) -> None:
    room = Room(world)
    ada, mira, *_ = room.people
    for count in (SEARCHED - 1, SEARCHED):
        room.post(ada)
        question = room.said[-1].id
        room.fill(None, count)
        room.read(mira, len(room.said))
        announced = [e.message_id for e in world.heard if isinstance(e, MessageRead)]
        assert announced == ([question] if count < SEARCHED else [])
        with world.db.read() as read:
            (shown,) = get_history(read, ada.id, room.id, after=len(room.said) - count - 1, limit=1).messages
        assert (shown.id, shown.status) == (question, "read")


def test_members_say_how_far_they_have_read(world: World) -> None:
    room = Room(world)
    ada, mira, noor, tove = room.people
    for _ in range(3):
        room.post(ada)
    room.read(mira, 2)
    room.come(tove)
    with world.db.read() as read:
        marks = {member.id: member.last_read_seq for member in list_members(read, room.id, lambda _: "offline")}
    assert marks == {ada.id: 3, mira.id: 2, noor.id: 0, tove.id: 3} == room.marks


PERSON = st.integers(0, len(NAMES) - 1)
PLACE = st.integers(0, 7)
STAYING = st.one_of(
    st.tuples(st.just("post"), PERSON, st.none() | PERSON, st.booleans()),
    st.tuples(st.just("read"), PERSON, PLACE),
    st.tuples(st.just("unread"), PERSON, PLACE),
    st.tuples(st.just("delete"), PLACE),
    st.tuples(st.just("edit"), PLACE, st.none() | PERSON),
    st.tuples(st.just("come"), PERSON),
)
LEAVING = st.tuples(st.just("go"), PERSON)


def _do(room: Room, step: tuple[Any, ...]) -> None:
    """Steps of somebody who is not in the room, and changes to what does not exist, are left out."""
    name, number, *more = step
    named = room.people[more[0]] if name in ("post", "edit") and more[0] is not None else None
    if name in ("delete", "edit"):
        for message in room.said[number : number + 1]:
            room.delete(message) if name == "delete" else room.edit(message, named)
        return
    person = room.people[number]
    if name == "come":
        room.come(person)
    elif person.id not in room.marks:
        return
    elif name == "post":
        room.post(person, named, asks=more[1])
    elif name == "read":
        room.read(person, more[0])
    elif name == "unread":
        room.unread_from(person, more[0] + 1)
    elif person is not room.owner:
        room.go(person)


@given(st.lists(STAYING, min_size=4, max_size=15) | st.lists(STAYING | LEAVING, max_size=25))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_counts_and_marks_are_those_of_a_recount(world: World, steps: list[tuple[Any, ...]]) -> None:
    room = Room(world)
    for step in steps:
        _do(room, step)
        for person in room.people:
            if person.id in room.marks:
                assert room.unread(person) == room.recount(person)
        expected = room.recounted_statuses()
        assert room.statuses() == expected
        room.tell_client()
        assert room.told.keys() == expected.keys()
        stayed = {m.id for m in room.said if m.author not in room.left}
        assert all(room.told[i] == "read" for i in stayed & expected.keys() if expected[i] == "read")
        assert room.left or room.told == expected
