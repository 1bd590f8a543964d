"""Who is taken out of a room, who owns it, and that it always has an owner."""

import pytest
from sqlalchemy import select, text

from chat import wire
from chat.db.tables import members
from chat.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chat.events import MemberChanged, MemberLeft
from chat.services import rooms
from chat.services.room_members import change_role, leave_room, remove_member
from chat.services.room_settings import change_room
from chat.services.room_views import get_room_view, list_rooms
from tests.services.den import Den


def _role(den: Den, person: wire.User, room: str = "") -> str | None:
    with den.db.read() as read:
        return get_room_view(read, person.id, room or den.room).role


def _rooms_of(den: Den, person: wire.User) -> list[wire.Room]:
    with den.db.read() as read:
        return list_rooms(read, person.id)


def test_who_is_taken_out_can_read_no_more_and_hears_who_did_it(den: Den) -> None:
    den.heard.clear()
    remove_member(den.db, den.ada, den.room, "mira")
    (left,) = den.heard
    assert isinstance(left, MemberLeft)
    assert (left.user_id, left.room.id, left.removed_by) == (den.mira.id, den.room, den.ada)
    with pytest.raises(NotFound):
        den.history(den.mira)
    for nobody in ("mira", "eve"):
        with pytest.raises(NotFound):
            remove_member(den.db, den.ada, den.room, nobody)
    with pytest.raises(InvalidInput):
        remove_member(den.db, den.ada, den.room, "ada")


def test_only_owners_take_people_out_or_appoint_them(den: Den) -> None:
    with pytest.raises(NotAllowed):
        remove_member(den.db, den.mira, den.room, "ada")
    with pytest.raises(NotAllowed):
        change_role(den.db, den.mira, den.room, "mira", "owner")
    with pytest.raises(NotAllowed):
        change_role(den.db, den.ada, den.new_room("direct"), "mira", "owner")


def test_a_room_is_handed_on_and_never_without_an_owner(den: Den) -> None:
    with pytest.raises(Conflict):
        leave_room(den.db, den.ada, den.room)
    with pytest.raises(Conflict):
        change_role(den.db, den.ada, den.room, "ada", "member")
    den.heard.clear()
    change_role(den.db, den.ada, den.room, "mira", "owner")
    change_role(den.db, den.ada, den.room, "mira", "owner")
    (changed,) = den.heard
    assert isinstance(changed, MemberChanged) and (changed.member.id, changed.member.role) == (den.mira.id, "owner")
    assert _role(den, den.mira) == "owner"
    change_role(den.db, den.mira, den.room, "ada", "member")
    assert _role(den, den.ada) == "member"
    assert not leave_room(den.db, den.ada, den.room).is_member
    with pytest.raises(NotFound):
        change_role(den.db, den.mira, den.room, "ada", "owner")


def test_admins_act_as_owners_in_the_public_rooms_that_they_are_in_and_in_no_private_one(den: Den) -> None:
    admin = den.new_admin()
    rooms.join_room(den.db, den.eve, "general")
    with den.db.read() as read:
        general = next(room for room in _rooms_of(den, admin) if room.slug == "general")
        assert (general.role, get_room_view(read, den.eve.id, general.id).role) == ("owner", "member")
    assert change_room(den.db, admin, "general", wire.ChangeRoom(topic="Welcome")).topic == "Welcome"
    with pytest.raises(NotAllowed):
        change_room(den.db, den.eve, "general", wire.ChangeRoom(topic="Mine"))
    remove_member(den.db, admin, "general", "eve")
    public = den.new_room("public")
    rooms.join_room(den.db, admin, public)
    assert change_room(den.db, admin, public, wire.ChangeRoom(topic="Calm")).topic == "Calm"
    rooms.invite(den.db, den.ada, den.room, admin.username)
    with pytest.raises(NotAllowed):
        change_room(den.db, admin, den.room, wire.ChangeRoom(topic="Mine"))
    assert not leave_room(den.db, admin, "general").is_member, "it needs no owner"


def test_a_room_whose_only_owner_is_taken_out_goes_to_whoever_has_been_there_longest(den: Den) -> None:
    admin, room = den.new_admin(), den.new_room("public")
    rooms.join_room(den.db, admin, room)
    remove_member(den.db, admin, room, "ada")
    with den.db.read() as read:
        owners = read.all(select(members.c.user_id).where(members.c.room_id == room, members.c.role == "owner"))
    assert [row.user_id for row in owners] == [den.mira.id]


@pytest.mark.sqlite
def test_a_direct_room_is_called_as_the_other_one_is(den: Den) -> None:
    direct = den.new_room("direct")
    for person, other in ((den.ada, den.mira), (den.mira, den.ada)):
        den.statements.clear()
        found = next(room for room in _rooms_of(den, person) if room.id == direct)
        assert (found.name, found.partner) == (other.display_name, other)
        assert sum(statement.startswith("SELECT") for statement in den.statements) == 1, (
            "whatever the number of direct rooms"
        )


@pytest.mark.sqlite
def test_whose_direct_room_it_is_costs_nothing_in_the_others(den: Den) -> None:
    """A join would look at each of the members of every room."""
    _rooms_of(den, den.ada)
    query = next(statement for statement in den.statements if statement.startswith("SELECT rooms."))
    with den.db.read() as read:
        plan = read.execute(text("EXPLAIN QUERY PLAN " + query)).all()
    joined = [step.detail for step in plan if step.detail.endswith("LEFT-JOIN")]
    assert [detail.split()[1] for detail in joined] == ["members", "partner"]
    assert all("=?" in detail for detail in joined), "each by its key"
