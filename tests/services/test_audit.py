"""The audit log: what is written down, as what people were known then, and that it goes with the change."""

import pytest
from sqlalchemy import func, select

from chat import wire
from chat.acting import Actor, acting
from chat.db.tables import audit
from chat.errors import NotFound, NotSignedIn, RoundtableError
from chat.services.accounts import change_name, check_password, register
from chat.services.audit import list_audit, note_alone
from chat.services.passwords import Passwords
from chat.services.room_endings import archive_room, delete_room
from chat.services.room_members import change_role, remove_member
from chat.services.room_settings import change_room
from chat.services.sign_ins import SignIns
from tests.services.den import Den


def _entries(den: Den, **more: str | int) -> list[wire.AuditEntry]:
    with den.db.read() as read:
        return list_audit(read, **more).entries  # type: ignore[arg-type]  # the caller names what there is


def _is_ada(den: Den) -> Actor:
    return Actor(den.ada.id, den.ada.username, den.ada.display_name, "192.0.2.7")


def test_an_entry_says_who_what_on_whom_from_where_and_as_what_they_were_known_then(den: Den) -> None:
    with acting(_is_ada(den)):
        remove_member(den.db, den.ada, den.room, "mira")
        change_name(den.db, den.ada.id, "Countess")
    renamed, removed = _entries(den)[:2]
    assert (removed.action, removed.actor_username, removed.actor_name) == ("member_removed", "ada", "Ada")
    assert (removed.target_id, removed.target_name, removed.detail) == (den.mira.id, "mira", "from Den")
    assert removed.address == "192.0.2.7" and removed.actor_id == den.ada.id
    assert (renamed.action, renamed.actor_name, renamed.detail) == ("name_changed", "Ada", "Ada → Countess")


def test_settings_of_a_room_are_named_and_not_repeated(den: Den) -> None:
    change_room(den.db, den.ada, den.room, wire.ChangeRoom(topic="the treasure is under the oak"))
    (entry,) = _entries(den, action="room_changed")
    assert entry.detail == "topic" and "treasure" not in entry.model_dump_json()


def test_a_change_that_is_refused_leaves_no_entry(den: Den) -> None:
    with den.db.read() as read:
        before = read.scalar(select(func.count()).select_from(audit))
    with pytest.raises(NotFound):
        remove_member(den.db, den.ada, den.room, "eve")
    with pytest.raises(RoundtableError):
        change_room(den.db, den.eve, den.room, wire.ChangeRoom(topic="mine"))
    with den.db.read() as read:
        assert read.scalar(select(func.count()).select_from(audit)) == before


def test_signing_in_and_out_and_failing_to_is_written_down(den: Den) -> None:
    passwords, sign_ins = Passwords(lambda work: work()), SignIns(den.db, "secret", session_days=1)
    right = wire.Credentials(username="sam", password="a right password")
    with acting(Actor(address="192.0.2.8")):
        register(den.db, passwords, right)
        token, session_id = sign_ins.open_session(check_password(den.db, passwords, right), "a browser")
        for name in ("sam", "hunter2hunter2"):
            with pytest.raises(NotSignedIn):
                check_password(den.db, passwords, wire.Credentials(username=name, password="a wrong password"))
    found = sign_ins.find_session(token)
    assert found
    with acting(Actor(found.user.id, "sam", "sam", "192.0.2.8")):
        sign_ins.sign_out(found)
    out, unknown, wrong, signed_in, registered = _entries(den)[:5]
    assert [e.action for e in (registered, signed_in, out)] == ["registered", "signed_in", "signed_out"]
    assert {e.actor_username for e in (registered, signed_in, out)} == {"sam"}
    assert wrong.action == unknown.action == "sign_in_failed"
    assert (wrong.actor_id, wrong.target_name, wrong.address) == (None, "sam", "192.0.2.8")
    assert unknown.target_name == "", "it may be a password in the wrong field"
    assert "hunter2" not in str(_entries(den)) and "password" not in str([e.detail for e in _entries(den)])


def test_a_key_is_known_by_its_name_only(den: Den) -> None:
    sign_ins = SignIns(den.db, "secret", session_days=1)
    made = sign_ins.create_key(den.ada.id, wire.CreateKey(name="script"))
    sign_ins.revoke_key(den.ada.id, made.id)
    revoked, created = _entries(den)[:2]
    assert [(e.action, e.target_name) for e in (created, revoked)] == [
        ("key_created", "script"),
        ("key_revoked", "script"),
    ]
    assert made.key not in str(_entries(den)) and made.key[3:] not in str(_entries(den))


def test_pages_go_on_where_the_one_before_ended(den: Den) -> None:
    for number in range(7):
        note_alone(den.db, "model_loaded", f"m{number}")
    with den.db.read() as read:
        first = list_audit(read, action="model_loaded", limit=3)
        second = list_audit(read, action="model_loaded", limit=3, before=first.next)
        third = list_audit(read, action="model_loaded", limit=3, before=second.next)
    shown = [entry.target_name for page in (first, second, third) for entry in page.entries]
    assert shown == [f"m{number}" for number in reversed(range(7))]
    assert first.next and second.next and third.next is None


def test_a_person_is_found_by_what_they_did_and_by_what_was_done_to_them(den: Den) -> None:
    with acting(_is_ada(den)):
        remove_member(den.db, den.ada, den.room, "mira")
        note_alone(den.db, "cache_emptied")
    assert [entry.action for entry in _entries(den, person="@Mira")] == ["member_removed"]
    assert [entry.action for entry in _entries(den, person="ada")] == ["cache_emptied", "member_removed"]
    assert _entries(den, person="eve") == []


def test_another_owner_and_the_end_of_a_room_are_written_down(den: Den) -> None:
    change_role(den.db, den.ada, den.room, "mira", "owner")
    archive_room(den.db, den.ada.id, den.room, is_archived=True)
    delete_room(den.db, den.ada, den.room)
    deleted, archived, owner = _entries(den)[:3]
    assert (owner.action, owner.target_name, owner.detail) == ("owner_made", "mira", "of Den")
    assert [(e.action, e.target_name) for e in (archived, deleted)] == [
        ("room_archived", "Den"),
        ("room_deleted", "Den"),
    ]
