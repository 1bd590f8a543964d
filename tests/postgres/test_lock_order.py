"""Units that need the same come one after the other: none is undone because two wait for each other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, select, update

from chat import wire
from chat.db.ids import now_ms
from chat.db.lock_order import ADMINS, NEW_ACCOUNT
from chat.db.tables import hook_deliveries, sessions, users
from chat.services.access import hold_room
from chat.services.administration import change_person, give_key, make_bot
from chat.services.bots import write_directly
from chat.services.external_sign_ins import sign_in
from chat.services.hook_deliveries import claim_due, put_off
from chat.services.incoming_hooks import IncomingHooks
from chat.services.outgoing_hooks import OutgoingHooks
from chat.services.people import Account
from chat.services.retention import empty_old, list_old
from chat.services.room_members import change_role
from chat.services.secret_hashes import SecretHashes
from chat.services.sign_ins import SignIns, end_sign_ins
from chat.sign_in_settings import OidcSetting
from tests.postgres.waiters import are_waiting
from tests.services.den import Den

PROVIDER = OidcSetting("https://id.example.org", "chat", "secret", "Example ID", True, (), "groups", (), ("chiefs",))
GRACE = {"sub": "1", "preferred_username": "grace", "groups": ["chiefs"]}
Unit = Callable[[], object]


def _do_at_once(den: Den, gate: str, first: Unit, second: Unit) -> None:
    """The first one comes as far as the room that is held, the second one as far as it can; then the room is free."""
    with ThreadPoolExecutor(2) as pool:
        with den.db.write() as uow:
            hold_room(uow, gate)
            begun = [pool.submit(first)]
            assert are_waiting(den.db, 1)
            begun.append(pool.submit(second))
            assert are_waiting(den.db, 2)
        for unit in begun:
            unit.result(timeout=30)


def _deactivate_mira(den: Den) -> object:
    return change_person(den.db, "mira", wire.ChangePerson(is_active=False), lambda user_id: "offline")


def _make_hook(den: Den, room: str) -> str:
    hooks = OutgoingHooks(den.db, "secret", lambda url: None)
    return hooks.create(den.ada, room, wire.CreateOutgoingHook(name="Builds", url="https://ci.example.org")).hook.id


def _empty_all(den: Den) -> object:
    with den.db.read() as read:
        found, _ = list_old(read, now_ms() + 60_000, "")
    return empty_old(den.db, found)


def test_somebody_comes_by_a_provider_while_somebody_with_a_webhook_is_deactivated(den: Den) -> None:
    den.new_admin()
    change_role(den.db, den.ada, den.room, "mira", "owner")
    hooks = IncomingHooks(den.db, SecretHashes("secret"), 200)
    hooks.create(den.mira, den.room, wire.CreateIncomingHook(name="Builds"))
    _do_at_once(den, den.room, lambda: _deactivate_mira(den), lambda: sign_in(den.db, PROVIDER, GRACE))
    assert "is gone" in str(den.told(den.ada))


def test_whoever_comes_by_a_provider_again_as_they_were_waits_for_nobody(den: Den) -> None:
    sign_in(den.db, PROVIDER, GRACE)
    with ThreadPoolExecutor(1) as pool, den.db.write() as uow:
        uow.alone(NEW_ACCOUNT, ADMINS)
        again = pool.submit(sign_in, den.db, PROVIDER, GRACE).result(timeout=30)
    assert again.user.role == "admin"


@pytest.mark.parametrize("change", [_deactivate_mira, _empty_all])
def test_owners_are_told_of_a_webhook_while_their_rooms_are_held_for_something_else(
    den: Den, change: Callable[[Den], object]
) -> None:
    """Of the rooms that both of them need, one comes before the room that is held and one after it."""
    den.new_admin()
    with den.db.write() as uow:
        write_directly(uow, den.mira, "hello")
    gate, failing = den.new_room("private"), den.new_room("private")
    change_role(den.db, den.ada, failing, "mira", "owner")
    _make_hook(den, failing)
    for room in (gate, failing):
        den.say(den.ada, "hello", room)
    (due,) = claim_due(den.db, 1)
    _do_at_once(den, gate, lambda: change(den), lambda: put_off(den.db, due, "gone", is_final=True))
    assert "is switched off" in str(den.told(den.ada))


def test_what_somebody_takes_away_holds_up_no_other_delivery(den: Den) -> None:
    ended, other = (_make_hook(den, den.room) for _ in range(2))
    den.say(den.ada, "hello")
    with ThreadPoolExecutor(1) as pool, den.db.write() as uow:
        uow.execute(delete(hook_deliveries).where(hook_deliveries.c.hook_id == ended))
        claimed = pool.submit(claim_due, den.db, 10).result(timeout=30)
    assert [due.hook_id for due in claimed] == [other]


def test_when_people_were_seen_is_written_past_whoever_is_being_changed(den: Den) -> None:
    sign_ins = SignIns(den.db, "secret", session_days=1)
    tokens = [sign_ins.open_session(Account(person, "x"), "a browser")[0] for person in (den.mira, den.ada)]
    with den.db.write() as uow:
        uow.execute(update(sessions).values(last_seen_at=1))
    assert all(sign_ins.find_session(token) for token in tokens)
    with ThreadPoolExecutor(1) as pool, den.db.write() as uow:
        uow.execute(update(users).where(users.c.id == den.mira.id).values(display_name="Mira"))
        pool.submit(sign_ins.write_seen).result(timeout=30)
        end_sign_ins(uow, den.mira.id, "password_changed")
    with den.db.read() as read:
        (left,) = read.all(select(sessions))
    assert left.user_id == den.ada.id and left.last_seen_at > 1


def test_a_bot_is_given_another_key_after_whatever_changes_it_at_the_same_moment(den: Den) -> None:
    sign_ins = SignIns(den.db, "secret", session_days=1)
    bot = make_bot(den.db, sign_ins, den.ada, wire.CreateBot(name="Builds"), lambda user_id: "offline").person
    with ThreadPoolExecutor(1) as pool:
        with den.db.write() as uow:
            uow.execute(update(users).where(users.c.id == bot.id).values(display_name="Alarms"))
            given = pool.submit(give_key, den.db, sign_ins, bot.id)
            assert are_waiting(den.db)
            end_sign_ins(uow, bot.id, "revoked", with_keys=True)
        assert sign_ins.find_key(given.result(timeout=30).key)
