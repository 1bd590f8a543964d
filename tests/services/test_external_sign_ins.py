"""Whose account a provider's word opens, and what is kept while somebody is away there."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select, update

from chat import wire
from chat.db.tables import audit, pending_sign_ins
from chat.errors import Conflict, InvalidInput, NotAllowed, NotFound, NotSignedIn
from chat.services.accounts import change_password, check_password
from chat.services.administration import change_person, reset_password
from chat.services.external_sign_ins import PENDING_MS, begin, link, list_identities, sign_in, take, unlink
from chat.services.passwords import Passwords
from chat.services.sign_ins import SignIns
from chat.sign_in_settings import OidcSetting
from tests.services.den import Den

PROVIDER = OidcSetting("https://id.example.org", "chat", "secret", "Example ID", True, (), "groups", (), ())
PASSWORDS = Passwords(lambda work: work())


def _come(den: Den, subject: str = "1", **claims: Any) -> wire.User:
    return sign_in(den.db, PROVIDER, {"sub": subject, **claims}).user


def _noted(den: Den) -> list[tuple[str, str, str]]:
    """What was done, by whom and to whom, the newest last."""
    with den.db.read() as read:
        rows = read.all(select(audit).order_by(audit.c.id))
    return [(row.action, row.actor_username, row.target_name) for row in rows]


@pytest.mark.parametrize(
    ("claims", "username", "name"),
    [
        ({"preferred_username": "grace", "name": "Grace  Hopper"}, "grace", "Grace Hopper"),
        ({"preferred_username": "Grace.Hopper@example.org"}, "grace.hopper", "grace.hopper"),
        ({"preferred_username": "ada"}, "ada-2", "ada-2"),
        ({"preferred_username": "everybody"}, "everybody-2", "everybody-2"),
        ({"email": "b@example.org"}, "b-1", "b-1"),
        ({"name": "Łukasz Żółć"}, "ukasz-zoc", "Łukasz Żółć"),
        ({"name": "李小龙"}, "person", "李小龙"),
        ({"preferred_username": "x" * 99, "name": "y" * 99}, "x" * 24, "y" * 80),
        ({"preferred_username": ["odd"], "name": "\u202e\n"}, "odd", "odd"),
    ],
)
def test_a_new_account_is_called_as_at_the_provider_as_far_as_that_is_free(
    den: Den, claims: dict[str, Any], username: str, name: str
) -> None:
    user = _come(den, **claims)
    assert (user.username, user.display_name, user.role) == (username, name, "member")
    assert _come(den, **{**claims, "preferred_username": "another"}) == user, "it is theirs, whatever they are called"
    assert _come(den, "2", **claims).id != user.id, "and nobody else's"


def test_an_address_links_nothing_and_whoever_is_signed_in_does(den: Den) -> None:
    claims = {"sub": "1", "preferred_username": "ada", "email": "ada@example.org", "email_verified": True}
    link(den.db, PROVIDER, den.mira.id, {**claims, "sub": "2"})
    assert sign_in(den.db, PROVIDER, claims).user.username == "ada-2"
    assert sign_in(den.db, PROVIDER, {**claims, "sub": "2"}).user.id == den.mira.id
    other = replace(PROVIDER, issuer="https://other.example.org", creates_accounts=False)
    with pytest.raises(NotAllowed, match="no account for you"):
        sign_in(den.db, other, {**claims, "sub": "2"})
    with pytest.raises(Conflict, match="another account"):
        link(den.db, PROVIDER, den.eve.id, {**claims, "sub": "2"})
    unlink(den.db, PASSWORDS, den.mira.id)
    assert ("identity_linked", "mira", "mira") in _noted(den)
    with pytest.raises(NotFound):
        unlink(den.db, PASSWORDS, den.mira.id)
    with den.db.read() as read:
        assert list_identities(read, den.mira.id) == wire.Identities(identities=[], has_password=True)


def test_what_opens_an_account_alone_is_not_taken_away(den: Den) -> None:
    user = _come(den, preferred_username="grace")
    with pytest.raises(Conflict, match="Ask an admin"):
        unlink(den.db, PASSWORDS, user.id)


def test_where_no_passwords_are_taken_the_provider_opens_the_account_alone(den: Den) -> None:
    link(den.db, PROVIDER, den.mira.id, {"sub": "1"})
    with pytest.raises(Conflict, match="takes no passwords"):
        unlink(den.db, Passwords(lambda work: work(), is_on=False), den.mira.id)


def test_whoever_is_deactivated_comes_in_by_no_way_and_links_nothing(den: Den) -> None:
    den.new_admin()
    link(den.db, PROVIDER, den.mira.id, {"sub": "2"})
    change_person(den.db, "mira", wire.ChangePerson(is_active=False), lambda user_id: "offline")
    with pytest.raises(NotAllowed, match="deactivated"):
        _come(den, "2")
    assert _noted(den)[-1] == ("sign_in_failed", "", "mira")
    with pytest.raises(NotSignedIn):
        link(den.db, PROVIDER, den.mira.id, {"sub": "3"})


def test_only_who_comes_in_by_the_password_that_they_were_given_has_to_change_it(den: Den) -> None:
    sign_ins = SignIns(den.db, "secret", session_days=1)
    link(den.db, PROVIDER, den.mira.id, {"sub": "1"})
    given = reset_password(den.db, PASSWORDS, "mira")
    by_password = check_password(den.db, PASSWORDS, wire.Credentials(username="mira", password=given))
    found = [
        sign_ins.find_session(sign_ins.open_session(account, "a browser")[0])
        for account in (by_password, sign_in(den.db, PROVIDER, {"sub": "1"}))
    ]
    assert [caller and caller.must_change_password for caller in found] == [True, False]
    external = found[1]
    assert external
    for current, field in (("", "current_password"), (given, "new_password")):
        wanted = wire.ChangePassword(current_password=current, new_password=given)
        with pytest.raises(InvalidInput) as refused:
            change_password(den.db, PASSWORDS, external, wanted)
        assert refused.value.field == field


def test_what_has_begun_ends_once_and_within_ten_minutes(den: Den) -> None:
    begun = begin(den.db, "/rooms/den", den.ada.id)
    assert take(den.db, begun.state) == begun and (begun.link_to, begun.path) == (den.ada.id, "/rooms/den")
    late = begin(den.db, "//evil.example.org")
    assert late.path == "/"
    with den.db.write() as uow:
        uow.execute(update(pending_sign_ins).values(expires_at=pending_sign_ins.c.expires_at - PENDING_MS))
    for state in (begun.state, late.state, "never begun"):
        with pytest.raises(NotSignedIn, match="Begin again"):
            take(den.db, state)
    begin(den.db, "/")
    with den.db.read() as read:
        assert read.scalar(select(func.count()).select_from(pending_sign_ins)) == 1, "what is over is gone"
