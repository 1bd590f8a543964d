"""One's own name and password: who hears of it, and which sign-ins survive it."""

from dataclasses import replace

import pytest
from sqlalchemy import select, text, update

from chat import wire
from chat.db.tables import users
from chat.errors import Conflict, InvalidInput, NotAllowed, NotSignedIn
from chat.events import PersonChanged, SignInEnded
from chat.services.accounts import change_name, change_password, check_password, register
from chat.services.administration import reset_password
from chat.services.passwords import Passwords
from chat.services.people import rooms_seen_in
from chat.services.room_members import leave_room
from chat.services.rooms import create_room
from chat.services.sign_ins import Principal, SignIns
from tests.services.den import Den

FIRST, SECOND = "the first password", "the second password"


@pytest.fixture
def passwords() -> Passwords:
    return Passwords(lambda work: work())


@pytest.fixture
def sign_ins(den: Den) -> SignIns:
    return SignIns(den.db, "secret", session_days=1)


def _set_password(den: Den, passwords: Passwords) -> None:
    with den.db.write() as uow:
        uow.execute(update(users).where(users.c.id == den.ada.id).values(password_hash=passwords.hash(FIRST)))


def _sign_in(den: Den, passwords: Passwords, sign_ins: SignIns, password: str = FIRST) -> Principal:
    account = check_password(den.db, passwords, wire.Credentials(username="ada", password=password))
    found = sign_ins.find_session(sign_ins.open_session(account, "a browser")[0])
    assert found
    return found


def _change(den: Den, passwords: Passwords, caller: Principal, current: str | None, new: str) -> int:
    return change_password(den.db, passwords, caller, wire.ChangePassword(current_password=current, new_password=new))


def test_another_name_stands_on_old_messages_and_quotes_and_among_the_members(den: Den) -> None:
    first = den.say(den.ada, "hello")
    den.say(den.mira, "hello yourself", reply_to=first.id)
    assert change_name(den.db, den.ada.id, "  Countess\tLovelace ").display_name == "Countess Lovelace"
    shown, answer = den.history(den.mira)
    assert shown.author.name == "Countess Lovelace" and shown.author.handle == "ada"
    assert answer.quote and answer.quote.author.name == "Countess Lovelace"


def test_it_is_told_in_the_rooms_that_one_is_in_and_in_those_that_have_messages_of_one(den: Den) -> None:
    elsewhere = create_room(den.db, den.mira, wire.CreateRoom(name="elsewhere")).id
    hidden = create_room(den.db, den.eve, wire.CreateRoom(name="hidden", kind="private")).id
    den.heard.clear()
    change_name(den.db, den.ada.id, "Countess")
    (told,) = den.heard
    assert isinstance(told, PersonChanged) and (told.user.display_name, told.deactivated) == ("Countess", False)
    assert set(told.room_ids) == {den.room} and not {elsewhere, hidden} & set(told.room_ids)


@pytest.mark.sqlite
def test_where_one_has_written_is_found_without_going_through_all_of_it(den: Den) -> None:
    den.say(den.mira, "still here")
    leave_room(den.db, den.mira, den.room)
    with den.db.read() as read:
        den.statements.clear()
        assert rooms_seen_in(read, den.mira.id) == (den.room,) and rooms_seen_in(read, den.eve.id) == ()
        query = next(statement for statement in den.statements if statement.startswith("SELECT"))
        steps = read.execute(text("EXPLAIN QUERY PLAN " + query)).all()
    uses = [step.detail for step in steps if "messages" in step.detail]
    assert uses == ["SEARCH messages USING INDEX ix_messages_author_id_room_id_seq (author_id=? AND room_id=?)"]


def test_the_name_that_one_has_changes_nothing(den: Den) -> None:
    change_name(den.db, den.ada.id, "Ada")
    assert den.heard == []


@pytest.mark.parametrize("name", ["", "  ", "\u200b\x00"])
def test_a_name_of_nothing_is_refused(den: Den, name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        change_name(den.db, den.ada.id, name)
    assert refused.value.field == "display_name"


def test_another_password_ends_all_sessions_but_this_one_and_no_key(
    den: Den, passwords: Passwords, sign_ins: SignIns
) -> None:
    _set_password(den, passwords)
    here, there = (_sign_in(den, passwords, sign_ins) for _ in range(2))
    key = sign_ins.create_key(den.ada.id, wire.CreateKey(name="script")).key
    den.heard.clear()
    assert _change(den, passwords, here, FIRST, SECOND) == 1
    assert den.heard == [SignInEnded(there.token_id, "password_changed")]
    assert sign_ins.is_valid(here) and not sign_ins.is_valid(there) and sign_ins.find_key(key)
    with pytest.raises(NotSignedIn):
        _sign_in(den, passwords, sign_ins, FIRST)
    assert _sign_in(den, passwords, sign_ins, SECOND).user == den.ada


def test_a_wrong_current_password_changes_nothing(den: Den, passwords: Passwords, sign_ins: SignIns) -> None:
    _set_password(den, passwords)
    here, there = (_sign_in(den, passwords, sign_ins) for _ in range(2))
    for wrong in ("not the password", "", None):
        with pytest.raises(InvalidInput) as refused:
            _change(den, passwords, here, wrong, SECOND)
        assert refused.value.field == "current_password"
    assert sign_ins.is_valid(there)
    _sign_in(den, passwords, sign_ins, FIRST)


def test_a_password_that_was_given_is_changed_without_repeating_it_but_not_kept(
    den: Den, passwords: Passwords, sign_ins: SignIns
) -> None:
    _set_password(den, passwords)
    with den.db.write() as uow:
        uow.execute(update(users).where(users.c.id == den.ada.id).values(must_change_password=True))
    caller = _sign_in(den, passwords, sign_ins)
    assert caller.must_change_password
    with pytest.raises(InvalidInput) as refused:
        _change(den, passwords, caller, None, FIRST)
    assert refused.value.field == "new_password"
    _change(den, passwords, caller, None, SECOND)
    assert not _sign_in(den, passwords, sign_ins, SECOND).must_change_password


def test_a_program_does_not_keep_a_password_that_was_given_either(
    den: Den, passwords: Passwords, sign_ins: SignIns
) -> None:
    _set_password(den, passwords)
    caller = sign_ins.find_key(sign_ins.create_key(den.ada.id, wire.CreateKey(name="script")).key)
    with den.db.write() as uow:
        uow.execute(update(users).where(users.c.id == den.ada.id).values(must_change_password=True))
    assert caller
    for current, new, field in ((FIRST, FIRST, "new_password"), (None, SECOND, "current_password")):
        with pytest.raises(InvalidInput) as refused:
            _change(den, passwords, caller, current, new)
        assert refused.value.field == field
    assert _sign_in(den, passwords, sign_ins).must_change_password
    _change(den, passwords, caller, FIRST, SECOND)
    assert not _sign_in(den, passwords, sign_ins, SECOND).must_change_password


def test_where_no_passwords_are_taken_nobody_has_changes_or_is_given_one(
    den: Den, passwords: Passwords, sign_ins: SignIns
) -> None:
    _set_password(den, passwords)
    here, off = _sign_in(den, passwords, sign_ins), Passwords(lambda work: work(), is_on=False)
    asked = (
        lambda: register(den.db, off, wire.Credentials(username="grace", password=FIRST)),
        lambda: _sign_in(den, off, sign_ins),
        lambda: _change(den, off, here, FIRST, SECOND),
        lambda: reset_password(den.db, off, "ada"),
    )
    for ask in asked:
        with pytest.raises(NotAllowed, match="takes no passwords"):
            ask()
    with den.db.write() as uow:
        uow.execute(update(users).values(password_hash=""))
    with pytest.raises(NotAllowed, match="takes no passwords"):  # and not that an admin can give them one
        _change(den, off, here, "", SECOND)


def test_a_sign_in_that_was_checked_before_a_change_opens_nothing_after_it(
    den: Den, passwords: Passwords, sign_ins: SignIns
) -> None:
    """Between the two somebody else has changed the password, or an admin has deactivated the account."""
    _set_password(den, passwords)
    account = check_password(den.db, passwords, wire.Credentials(username="ada", password=FIRST))
    here = _sign_in(den, passwords, sign_ins)
    _change(den, passwords, here, FIRST, SECOND)
    with pytest.raises(NotSignedIn):
        sign_ins.open_session(account, "a browser")
    with den.db.write() as uow:
        uow.execute(update(users).values(deactivated_at=1))
        stored = uow.scalar(select(users.c.password_hash).where(users.c.id == den.ada.id))
    with pytest.raises(NotSignedIn):
        sign_ins.open_session(replace(account, password_hash=stored), "a browser")


def test_of_two_changes_at_once_the_second_is_a_conflict(den: Den, sign_ins: SignIns) -> None:
    """While the first one's password is hashed, the other is stored."""
    plain = Passwords(lambda work: work())
    _set_password(den, plain)
    here = _sign_in(den, plain, sign_ins)
    overtaken: list[int] = []

    def slow(work: object) -> object:
        if not overtaken:
            overtaken.append(0)
            overtaken[0] = _change(den, plain, here, FIRST, SECOND)
        return work()  # type: ignore[operator]  # whatever is hashed or verified

    with pytest.raises((Conflict, InvalidInput)):
        _change(den, Passwords(slow), here, FIRST, "the third password")  # type: ignore[arg-type]  # as above
    _sign_in(den, plain, sign_ins, SECOND)
