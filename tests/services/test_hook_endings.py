"""Whoever is deactivated has no other way in by a webhook, and nothing that is said is posted to them any more."""

import pytest
from sqlalchemy import select

from chat import wire
from chat.db.tables import hook_deliveries, users
from chat.errors import NotFound
from chat.outward.allowed import AllowedHosts
from chat.services.administration import change_person
from chat.services.audit import list_audit
from chat.services.hook_deliveries import claim_due
from chat.services.incoming_hooks import IncomingHooks
from chat.services.outgoing_hooks import OutgoingHooks
from chat.services.room_members import change_role, leave_room
from chat.services.secret_hashes import SecretHashes
from tests.services.den import Den

URL = "https://ci.example.org/hook"


class Hooks:
    """Those of a room, into it and out of it."""

    def __init__(self, den: Den) -> None:
        self._den = den
        self.into = IncomingHooks(den.db, SecretHashes("secret"), 200)
        self.out_of = OutgoingHooks(den.db, "secret", AllowedHosts(["ci.example.org"], lambda host: [host]).require)

    def make(self, owner: wire.User, name: str) -> str:
        """One of each; the secret of the address."""
        self.out_of.create(owner, self._den.room, wire.CreateOutgoingHook(name=name, url=URL))
        made = self.into.create(owner, self._den.room, wire.CreateIncomingHook(name=name))
        return made.path.removeprefix("/api/hooks/")

    def post(self, secret: str) -> wire.Message:
        return self.into.post(secret, wire.HookPost(text="green"))[0]

    def are_on(self, owner: wire.User) -> dict[str, bool]:
        return {hook.name: hook.disabled_at is None for hook in self.out_of.list(owner, self._den.room).hooks}


@pytest.fixture
def hooks(den: Den) -> Hooks:
    """Ada and Mira own the room, and an admin is there who can send either away."""
    den.new_admin()
    change_role(den.db, den.ada, den.room, den.mira.id, "owner")
    return Hooks(den)


def _set_active(den: Den, person: wire.User, *, is_active: bool) -> None:
    change_person(den.db, person.id, wire.ChangePerson(is_active=is_active), lambda user_id: "offline")


def _waiting(den: Den) -> int:
    with den.db.read() as read:
        return len(read.all(select(hook_deliveries)))


def test_their_addresses_are_gone_for_good_and_those_of_others_are_not(den: Den, hooks: Hooks) -> None:
    hers, others = hooks.make(den.ada, "Builds"), hooks.make(den.mira, "Alarms")
    said = hooks.post(hers)
    _set_active(den, den.ada, is_active=False)
    with pytest.raises(NotFound):
        hooks.post(hers)
    assert hooks.post(others).content == "green"
    assert [hook.bot.display_name for hook in hooks.into.list(den.mira, den.room)] == ["Alarms"]
    shown = next(message for message in den.history(den.mira) if message.id == said.id)
    assert shown.content == "green" and shown.author.deactivated
    with den.db.read() as read:
        assert "hook_deleted" in [entry.action for entry in list_audit(read).entries]
        assert read.scalar(select(users.c.deactivated_at).where(users.c.id == said.author.id)) is not None
    assert "The webhook “Builds” into #Den is gone: who made it has been deactivated." in str(den.told(den.mira))
    _set_active(den, den.ada, is_active=True)
    with pytest.raises(NotFound):
        hooks.post(hers)
    assert den.told(den.ada) == []


def test_what_rooms_post_to_them_is_switched_off_until_an_owner_wants_it(den: Den, hooks: Hooks) -> None:
    hooks.make(den.ada, "Builds"), hooks.make(den.mira, "Alarms")
    den.say(den.mira, "hello")
    assert _waiting(den) == 2
    _set_active(den, den.ada, is_active=False)
    assert hooks.are_on(den.mira) == {"Builds": False, "Alarms": True}
    den.say(den.mira, "among ourselves")
    assert _waiting(den) == 2 and [due.body.message.content for due in claim_due(den.db, 8) if due.body] == ["hello"]
    assert "“Builds” of #Den is switched off: who made it has been deactivated." in str(den.told(den.mira))
    (off, _) = hooks.out_of.list(den.mira, den.room).hooks
    assert off.last_error == "who made it has been deactivated"
    hooks.out_of.enable(den.mira, den.room, off.id)
    assert hooks.are_on(den.mira) == {"Builds": True, "Alarms": True}


def test_so_it_is_in_rooms_that_they_have_left(den: Den, hooks: Hooks) -> None:
    secret = hooks.make(den.ada, "Builds")
    leave_room(den.db, den.ada, den.room)
    assert hooks.post(secret).content == "green", "a webhook is the room's"
    _set_active(den, den.ada, is_active=False)
    with pytest.raises(NotFound):
        hooks.post(secret)
    assert hooks.are_on(den.mira) == {"Builds": False}
