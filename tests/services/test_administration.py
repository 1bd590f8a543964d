"""What an admin does about people: roles, coming in, a new password; and what they see of rooms."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from chat import wire
from chat.db.tables import members, users
from chat.errors import Conflict, NotFound, NotSignedIn
from chat.events import MemberChanged, MemberLeft, PersonChanged, SignInEnded
from chat.services.accounts import check_password
from chat.services.administration import change_person, list_people, reset_password
from chat.services.audit import list_audit
from chat.services.passwords import Passwords
from chat.services.people import Account
from chat.services.reactions import react
from chat.services.room_members import change_role, leave_room, remove_member
from chat.services.room_overview import list_all_rooms
from chat.services.room_views import list_rooms
from chat.services.rooms import create_room, ensure_general, invite, join_room, list_members
from chat.services.sign_ins import Principal, SignIns
from tests.services.den import Den


def _offline(user_id: str) -> wire.PresenceStatus:
    return "offline"


def _change(den: Den, ref: str, **wanted: Any) -> wire.AdminPerson:
    return change_person(den.db, ref, wire.ChangePerson(**wanted), _offline)


def _signed_in(den: Den, sign_ins: SignIns, person: wire.User) -> Principal:
    found = sign_ins.find_session(sign_ins.open_session(Account(person, "x"), "a browser")[0])
    assert found
    return found


def _owners(den: Den, room: str) -> set[str]:
    with den.db.read() as read:
        return {member.username for member in list_members(read, room, _offline) if member.role == "owner"}


def _people(den: Den, **more: str | int) -> wire.AdminPeople:
    with den.db.read() as read:
        return list_people(read, _offline, **more)  # type: ignore[arg-type]  # the caller names what there is


def test_the_last_admin_stays_one_and_stays_in(den: Den, sign_ins: SignIns) -> None:
    for wanted in ({"role": "member"}, {"is_active": False}):
        with pytest.raises(Conflict):
            _change(den, "ada", **wanted)
    assert _change(den, "mira", role="admin").role == "admin"
    assert _change(den, "ada", role="member").role == "member"
    with pytest.raises(Conflict):
        _change(den, "mira", is_active=False)


def test_an_admin_who_is_deactivated_does_not_count_as_one(den: Den, sign_ins: SignIns) -> None:
    _change(den, "mira", role="admin")
    _change(den, "mira", is_active=False)
    with pytest.raises(Conflict):
        _change(den, "ada", role="member")


def test_whoever_is_deactivated_has_no_session_and_no_key_any_more_and_their_messages_stay(
    den: Den, sign_ins: SignIns
) -> None:
    first, second = (_signed_in(den, sign_ins, den.mira) for _ in range(2))
    key = sign_ins.create_key(den.mira.id, wire.CreateKey(name="script"))
    den.say(den.mira, "still here")
    den.heard.clear()
    shown = _change(den, den.mira.id, is_active=False)
    assert shown.deactivated_at and (shown.sessions, shown.keys) == (0, 0)
    ended = {event.token_id for event in den.heard if isinstance(event, SignInEnded) and event.reason == "deactivated"}
    assert ended == {first.token_id, second.token_id, key.id}
    assert [event.deactivated for event in den.heard if isinstance(event, PersonChanged)] == [True]
    (message,) = den.history()
    assert message.content == "still here" and message.author.deactivated
    with pytest.raises(NotSignedIn):
        sign_ins.open_session(Account(den.mira, "x"), "a browser")


def test_what_was_let_in_before_and_comes_to_the_database_after_changes_nothing(den: Den, sign_ins: SignIns) -> None:
    room = den.new_room("public")
    said = den.say(den.mira, "still here")
    _change(den, den.mira.id, is_active=False)
    den.heard.clear()
    tries: tuple[Callable[[], object], ...] = (
        lambda: den.say(den.mira, "one more thing"),
        lambda: join_room(den.db, den.mira, room),
        lambda: react(den.db, den.mira.id, wire.React(message=said.id, emoji="👍")),
        lambda: create_room(den.db, den.mira, wire.CreateRoom(name="mine")),
        lambda: sign_ins.create_key(den.mira.id, wire.CreateKey(name="for later")),
    )
    for attempt in tries:
        with pytest.raises(NotSignedIn):
            attempt()
    assert den.heard == [] and sign_ins.list_keys(den.mira.id) == []


def test_whoever_is_deactivated_can_be_taken_out_of_a_room_but_not_put_into_one(den: Den, sign_ins: SignIns) -> None:
    _change(den, "mira", is_active=False)
    remove_member(den.db, den.ada, den.room, "mira")
    with pytest.raises(NotFound):
        invite(den.db, den.ada, den.room, "mira")


def test_the_rooms_of_somebody_who_is_deactivated_go_to_whoever_has_been_there_longest(
    den: Den, sign_ins: SignIns
) -> None:
    _change(den, "mira", role="admin")
    shared, direct = den.new_room("public"), den.new_room("direct")
    invite(den.db, den.ada, shared, "eve")
    change_role(den.db, den.ada, shared, "eve", "owner")
    invite(den.db, den.ada, den.room, "eve")
    alone = create_room(den.db, den.ada, wire.CreateRoom(name="alone")).id
    with den.db.write() as uow:
        uow.execute(update(members).where(members.c.user_id == den.mira.id).values(joined_at=1))
    den.heard.clear()
    _change(den, "ada", is_active=False)
    told = [event for event in den.heard if isinstance(event, MemberChanged)]
    assert [(event.room_id, event.member.id, event.member.role) for event in told] == [(den.room, den.mira.id, "owner")]
    assert _owners(den, den.room) == {"ada", "mira"} and _owners(den, shared) == {"ada", "eve"}
    assert _owners(den, alone) == {"ada"}, "there is nobody else"
    assert _owners(den, direct) == {"ada"}
    with den.db.read() as read:
        (entry,) = list_audit(read, action="owner_made", person="mira").entries
    assert entry.detail == "of Den"


def test_an_owner_who_is_deactivated_does_not_count_as_one_and_can_be_made_a_member(
    den: Den, sign_ins: SignIns
) -> None:
    change_role(den.db, den.ada, den.room, "mira", "owner")
    _change(den, "mira", is_active=False)
    with pytest.raises(Conflict):
        leave_room(den.db, den.ada, den.room)
    with pytest.raises(Conflict):
        change_role(den.db, den.ada, den.room, "ada", "member")
    den.heard.clear()
    change_role(den.db, den.ada, den.room, "mira", "member")
    (told,) = den.heard
    assert isinstance(told, MemberChanged) and told.member.deactivated and told.member.role == "member"
    with pytest.raises(NotFound):
        change_role(den.db, den.ada, den.room, "mira", "owner")


def test_whoever_comes_back_to_a_room_that_nobody_owns_owns_it(den: Den, sign_ins: SignIns) -> None:
    _change(den, "eve", role="admin")
    _change(den, "mira", is_active=False)
    _change(den, "ada", is_active=False)
    assert _owners(den, den.room) == {"ada"}
    _change(den, "mira", is_active=True)
    assert _owners(den, den.room) == {"ada", "mira"}


def test_whoever_becomes_a_guest_leaves_the_room_of_everybody_and_owns_none(den: Den, sign_ins: SignIns) -> None:
    ensure_general(den.db)
    join_room(den.db, den.mira, "general")
    _change(den, "eve", role="admin")
    invite(den.db, den.ada, den.room, "eve")
    change_role(den.db, den.ada, den.room, "mira", "owner")
    own = create_room(den.db, den.mira, wire.CreateRoom(name="own", members=["eve"])).id
    den.heard.clear()
    assert _change(den, "mira", role="guest").role == "guest"
    with den.db.read() as read:
        assert {room.name for room in list_rooms(read, den.mira.id)} == {"Den", "own"}
    assert _owners(den, den.room) == {"ada"} and _owners(den, own) == {"eve"}
    assert {type(event) for event in den.heard} == {MemberLeft, MemberChanged, PersonChanged}
    with pytest.raises(Conflict):
        change_role(den.db, den.ada, den.room, "mira", "owner")
    assert _change(den, "mira", role="member").role == "member"
    with den.db.read() as read:
        assert {room.name for room in list_rooms(read, den.mira.id)} == {"general", "Den", "own"}
        changes = [entry.detail for entry in list_audit(read, action="role_changed", person="mira").entries]
    assert changes == ["guest → member", "member → guest"]


def test_a_guest_does_not_count_as_somebody_who_can_own_a_room(den: Den, sign_ins: SignIns) -> None:
    _change(den, "mira", role="guest")
    with pytest.raises(Conflict):
        leave_room(den.db, den.ada, den.room)
    _change(den, "eve", role="admin")
    _change(den, "ada", is_active=False)
    assert _owners(den, den.room) == {"ada"}, "there is nobody else who could"


def test_whoever_comes_back_signs_in_anew(den: Den, sign_ins: SignIns) -> None:
    before = _signed_in(den, sign_ins, den.mira)
    _change(den, "mira", is_active=False)
    den.heard.clear()
    assert _change(den, "mira", is_active=True).deactivated_at is None
    assert [event.deactivated for event in den.heard if isinstance(event, PersonChanged)] == [False]
    assert not sign_ins.is_valid(before)
    assert _signed_in(den, sign_ins, den.mira).user == den.mira


def test_a_password_that_is_given_ends_all_sessions_no_key_and_must_be_changed(den: Den, sign_ins: SignIns) -> None:
    passwords = Passwords(lambda work: work())
    before = _signed_in(den, sign_ins, den.mira)
    key = sign_ins.create_key(den.mira.id, wire.CreateKey(name="script")).key
    given = reset_password(den.db, passwords, "mira")
    assert len(given) >= 16 and not sign_ins.is_valid(before)
    account = check_password(den.db, passwords, wire.Credentials(username="mira", password=given))
    assert account.must_change_password
    by_key = sign_ins.find_key(key)
    assert by_key and not by_key.must_change_password, "a program has no password"
    _change(den, "mira", is_active=False)
    with pytest.raises(Conflict):
        reset_password(den.db, passwords, "mira")


def test_people_are_found_by_a_part_of_either_name_and_come_in_pages(den: Den, sign_ins: SignIns) -> None:
    with den.db.write() as uow:
        uow.execute(update(users).where(users.c.id == den.eve.id).values(display_name="Grace O'Malley 100%"))
    assert [person.username for person in _people(den).people] == ["ada", "eve", "mira"]
    assert [person.username for person in _people(den, search="o'mal").people] == ["eve"]
    assert [person.username for person in _people(den, search="%").people] == ["eve"]
    assert [person.username for person in _people(den, search="@MIR").people] == ["mira"]
    first = _people(den, limit=2)
    second = _people(den, limit=2, after=first.next or "")
    assert (first.total, first.next, second.next) == (3, "eve", None)
    assert [person.username for person in second.people] == ["mira"]


def test_nobody_of_that_name_is_not_found(den: Den, sign_ins: SignIns) -> None:
    with pytest.raises(NotFound):
        _change(den, "nobody", role="admin")
    with pytest.raises(NotFound):
        reset_password(den.db, Passwords(lambda work: work()), "nobody")


def test_all_rooms_are_listed_with_what_goes_on_in_them_and_not_what_is_said(den: Den) -> None:
    create_room(den.db, den.mira, wire.CreateRoom(name="x", kind="direct", members=["ada"]))
    create_room(den.db, den.eve, wire.CreateRoom(name="Attic"))
    den.say(den.mira, "the treasure is under the oak")
    with den.db.read() as read:
        found = list_all_rooms(read)
        pages = [list_all_rooms(read, limit=2)]
        pages.append(list_all_rooms(read, limit=2, after=pages[0].next or ""))
        den_only = list_all_rooms(read, search="#den")
    shown = {room.name: room for room in found.rooms}
    assert set(shown) == {"Attic", "Den", "Ada and Mira"} and found.total == 3
    assert (shown["Den"].kind, shown["Den"].members, shown["Den"].messages) == ("private", 2, 1)
    assert shown["Den"].last_message_at and shown["Attic"].last_message_at is None
    assert "treasure" not in found.model_dump_json()
    assert [room.id for page in pages for room in page.rooms] == [room.id for room in found.rooms]
    assert [room.name for room in den_only.rooms] == ["Den"] and den_only.total == 1
