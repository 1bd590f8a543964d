"""What an admin does about bots: their keys, their end with their owner, and the one by which the server speaks."""

from typing import Any

import pytest

from chat import wire
from chat.db.unit_of_work import UnitOfWork
from chat.errors import Conflict, NotSignedIn, NotStored
from chat.services.administration import change_person, give_key, list_people, make_bot
from chat.services.bots import SERVER_BOT, write_directly
from chat.services.rooms import invite
from chat.services.sign_ins import SignIns
from tests.services.den import Den


def _offline(user_id: str) -> wire.PresenceStatus:
    return "offline"


def _change(den: Den, ref: str, **wanted: Any) -> wire.AdminPerson:
    return change_person(den.db, ref, wire.ChangePerson(**wanted), _offline)


def _people(den: Den, search: str) -> list[wire.AdminPerson]:
    with den.db.read() as read:
        return list_people(read, _offline, search=search).people


def test_bots_end_with_their_owner_and_only_they_are_given_keys(den: Den, sign_ins: SignIns) -> None:
    _change(den, "mira", role="admin")
    made = make_bot(den.db, sign_ins, den.mira, wire.CreateBot(name="Helper"), _offline)
    assert (made.person.owner, made.person.keys, made.person.role) == ("mira", 1, "guest")
    found = sign_ins.find_key(made.key)
    assert found and found.user.is_bot
    another = give_key(den.db, sign_ins, "helper-bot").key
    assert sign_ins.find_key(made.key) is None and sign_ins.find_key(another)
    _change(den, "mira", is_active=False)
    assert sign_ins.find_key(another) is None
    (bot,) = _people(den, "helper")
    assert bot.deactivated_at and bot.keys == 0
    with pytest.raises(Conflict, match="Reactivate"):
        give_key(den.db, sign_ins, "helper-bot")
    with pytest.raises(Conflict, match="Only a bot"):
        give_key(den.db, sign_ins, "ada")
    with pytest.raises(NotSignedIn):
        make_bot(den.db, sign_ins, den.mira, wire.CreateBot(name="Late"), _offline)


def test_what_waits_for_a_bot_is_stopped_when_its_owner_is_deactivated(den: Den, sign_ins: SignIns) -> None:
    made = make_bot(den.db, sign_ins, den.mira, wire.CreateBot(name="Helper"), _offline)
    found = sign_ins.find_key(made.key)
    assert found
    invite(den.db, den.ada, den.room, found.user.username)
    _, reply = den.ask(found.user, "why?")
    _change(den, "mira", is_active=False)
    assert (info := den.shown(reply).llm) and info.phase == "stopped"


class NoKeys(SignIns):
    """The database goes away while a key is to be stored."""

    def add_key(self, uow: UnitOfWork, user_id: str, request: wire.CreateKey) -> wire.KeyCreated:
        raise NotStored("The database is away.", retry_after=1)


def test_a_bot_without_a_key_is_not_made_and_keeps_the_one_that_it_has(den: Den, sign_ins: SignIns) -> None:
    made = make_bot(den.db, sign_ins, den.ada, wire.CreateBot(name="Helper"), _offline)
    away = NoKeys(den.db, "secret", session_days=1)
    with pytest.raises(NotStored):
        give_key(den.db, away, made.person.username)
    with pytest.raises(NotStored):
        make_bot(den.db, away, den.ada, wire.CreateBot(name="Another"), _offline)
    assert sign_ins.find_key(made.key) and not _people(den, "another")


def test_the_account_by_which_the_server_speaks_stays_as_it_is(den: Den, sign_ins: SignIns) -> None:
    with den.db.write() as uow:
        write_directly(uow, den.ada, "once")
    with pytest.raises(Conflict, match="the server itself"):
        _change(den, SERVER_BOT, is_active=False)
    with den.db.write() as uow:
        write_directly(uow, den.ada, "twice")
    assert den.told(den.ada) == ["once", "twice"]
