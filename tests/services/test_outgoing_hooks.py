"""Webhooks out of a room: what waits is stored with what it tells of, comes in order, is tried again and given up."""

import base64
from typing import Any

import pytest
from sqlalchemy import select, update

from chat import wire
from chat.db.tables import hook_deliveries, outgoing_hooks, rooms, users
from chat.errors import InvalidInput, NotAllowed, NotFound
from chat.outward.allowed import AllowedHosts
from chat.services.changes import delete_message
from chat.services.hook_deliveries import (
    FIRST_PAUSE_MS,
    GIVE_UP_MS,
    LEASE_MS,
    LONGEST_PAUSE_MS,
    claim_due,
    put_off,
    settle,
)
from chat.services.incoming_hooks import IncomingHooks
from chat.services.outgoing_hooks import OutgoingHooks
from chat.services.room_endings import delete_room
from chat.services.secret_hashes import SecretHashes
from tests.services.den import Den

URL = "https://ci.example.org/hook"


@pytest.fixture
def hooks(den: Den) -> OutgoingHooks:
    return OutgoingHooks(den.db, "secret", AllowedHosts(["ci.example.org"], lambda host: [host]).require)


def _made(den: Den, hooks: OutgoingHooks, **more: Any) -> wire.OutgoingHook:
    return hooks.create(den.ada, den.room, wire.CreateOutgoingHook(name="Builds", url=URL, **more)).hook


def _waiting(den: Den) -> list[Any]:
    with den.db.read() as read:
        return list(read.all(select(hook_deliveries).order_by(hook_deliveries.c.id)))


def _make_due(den: Den) -> None:
    with den.db.write() as uow:
        uow.execute(update(hook_deliveries).values(due_at=0))


def test_messages_of_people_and_replies_that_have_ended_wait_to_be_posted(den: Den, hooks: OutgoingHooks) -> None:
    _made(den, hooks)
    question, reply = den.ask(den.mira, "@m why?")
    assert [(row.message_id, row.event) for row in _waiting(den)] == [(question.id, "message")]
    den.close(reply, "because")
    assert [(row.message_id, row.event) for row in _waiting(den)] == [(question.id, "message"), (reply.id, "reply")]
    first = claim_due(den.db, 8)
    assert [due.body.message.content for due in first if due.body] == ["@m why?"], "one after the other"
    settle(den.db, first[0])
    (second,) = claim_due(den.db, 8)
    assert second.body and (second.body.event, second.body.message.content) == ("reply", "because")
    assert second.body.room.name == "Den" and second.url == URL


def test_what_was_not_asked_for_and_what_bots_write_does_not(den: Den, hooks: OutgoingHooks) -> None:
    _made(den, hooks, messages=False)
    incoming = IncomingHooks(den.db, SecretHashes("secret"), 200)
    made = incoming.create(den.ada, den.room, wire.CreateIncomingHook(name="CI"))
    incoming.post(made.path.removeprefix("/api/hooks/"), wire.HookPost(text="green"))
    den.say(den.mira, "hello")
    den.say(den.ada, "elsewhere", den.new_room("private"))
    assert _waiting(den) == []
    with pytest.raises(InvalidInput):
        _made(den, hooks, messages=False, replies=False)


def test_what_is_not_stored_is_not_posted(den: Den, hooks: OutgoingHooks) -> None:
    _made(den, hooks)
    with pytest.raises(InvalidInput):
        den.say(den.mira, "an answer to nothing", reply_to="nothing")
    assert _waiting(den) == []


def test_one_that_is_being_tried_is_tried_by_nobody_else_until_its_lease_runs_out(
    den: Den, hooks: OutgoingHooks
) -> None:
    _made(den, hooks)
    den.say(den.mira, "hello")
    (due,) = claim_due(den.db, 8)
    assert claim_due(den.db, 8) == []
    (row,) = _waiting(den)
    assert row.due_at - row.created_at >= LEASE_MS
    _make_due(den)
    (again,) = claim_due(den.db, 8)
    assert again.id == due.id and again.attempts == 2


def test_failures_are_tried_again_later_and_later_and_nobody_overtakes(den: Den, hooks: OutgoingHooks) -> None:
    _made(den, hooks)
    den.say(den.mira, "first"), den.say(den.mira, "second")
    pauses = []
    for _ in range(16):
        _make_due(den)
        (due,) = claim_due(den.db, 8)
        assert due.body and due.body.message.content == "first"
        put_off(den.db, due, "it answered 500")
        first = _waiting(den)[0]
        with den.db.read() as read:
            since = read.scalar(select(outgoing_hooks.c.failing_since))
        pauses.append(first.due_at - since)
    assert FIRST_PAUSE_MS / 2 <= pauses[0] <= FIRST_PAUSE_MS + 1000
    assert LONGEST_PAUSE_MS / 2 <= pauses[-1] <= LONGEST_PAUSE_MS + 60_000
    (shown,) = hooks.list(den.ada, den.room).hooks
    assert (shown.waiting, shown.last_error, shown.disabled_at) == (2, "it answered 500", None) and shown.failing_since
    _make_due(den)
    settle(den.db, claim_due(den.db, 8)[0])
    (shown,) = hooks.list(den.ada, den.room).hooks
    assert (shown.failing_since, shown.last_error) == (None, None) and shown.last_delivered_at


@pytest.mark.parametrize("how", ["long failure", "gone"])
def test_after_days_of_failure_it_is_switched_off_and_the_owners_are_told(
    den: Den, hooks: OutgoingHooks, how: str
) -> None:
    hook = _made(den, hooks)
    den.say(den.mira, "first"), den.say(den.mira, "second")
    (due,) = claim_due(den.db, 8)
    if how == "long failure":
        with den.db.write() as uow:
            uow.execute(update(outgoing_hooks).values(failing_since=uow.now - GIVE_UP_MS))
    put_off(den.db, due, "it answered 500", is_final=how == "gone")
    assert _waiting(den) == []
    (told,) = den.told(den.ada)
    assert "“Builds” of #Den is switched off" in told and "it answered 500" in told and URL not in told
    assert den.told(den.mira) == []
    put_off(den.db, due, "late")
    den.say(den.mira, "third")
    assert _waiting(den) == [] and len(den.told(den.ada)) == 1
    assert hooks.enable(den.ada, den.room, hook.id).disabled_at is None
    den.say(den.mira, "fourth")
    assert len(_waiting(den)) == 1


def test_a_deleted_message_is_not_told_of_and_a_deleted_hook_tells_nothing(den: Den, hooks: OutgoingHooks) -> None:
    hook = _made(den, hooks)
    said = den.say(den.mira, "a secret")
    delete_message(den.db, den.mira.id, said.id)
    (due,) = claim_due(den.db, 8)
    assert due.body is None
    settle(den.db, due)
    den.say(den.mira, "hello")
    hooks.delete(den.ada, den.room, hook.id)
    assert _waiting(den) == [] and claim_due(den.db, 8) == []


def test_a_deleted_room_tells_nothing_any_more(den: Den, hooks: OutgoingHooks) -> None:
    _made(den, hooks)
    den.say(den.mira, "hello")
    delete_room(den.db, den.ada, den.room)
    assert claim_due(den.db, 8) == [] and _waiting(den) == []


def test_only_owners_and_only_where_the_settings_allow(den: Den, hooks: OutgoingHooks) -> None:
    hook = _made(den, hooks)
    for person, refusal in ((den.mira, NotAllowed), (den.eve, NotFound)):
        for attempt in (
            lambda person=person: hooks.create(person, den.room, wire.CreateOutgoingHook(name="x", url=URL)),
            lambda person=person: hooks.list(person, den.room),
            lambda person=person: hooks.delete(person, den.room, hook.id),
            lambda person=person: hooks.enable(person, den.room, hook.id),
        ):
            with pytest.raises(refusal):
                attempt()
    with pytest.raises(NotAllowed):
        hooks.create(den.ada, den.room, wire.CreateOutgoingHook(name="x", url="http://127.0.0.1/"))
    closed = OutgoingHooks(den.db, "secret", None)
    with pytest.raises(InvalidInput, match="WEBHOOK_HOSTS"):
        closed.create(den.ada, den.room, wire.CreateOutgoingHook(name="x", url=URL))
    assert hooks.list(den.ada, den.room).is_allowed and not closed.list(den.ada, den.room).is_allowed


def test_each_has_a_key_of_its_own_that_is_stored_nowhere(den: Den, hooks: OutgoingHooks) -> None:
    keys = [
        hooks.create(den.ada, den.room, wire.CreateOutgoingHook(name="x", url=URL)).key.removeprefix("whsec_")
        for _ in range(2)
    ]
    first, second = (base64.b64decode(key) for key in keys)
    assert first != second and {len(first), len(second)} == {32}
    with den.db.read() as read:
        stored = str([tuple(row) for row in read.all(select(outgoing_hooks))])
    assert keys[0] not in stored and first.hex() not in stored


def test_somebody_who_is_deactivated_is_not_written_to(den: Den, hooks: OutgoingHooks) -> None:
    _made(den, hooks)
    den.say(den.mira, "hello")
    with den.db.write() as uow:
        uow.execute(update(users).where(users.c.id == den.ada.id).values(deactivated_at=1))
    put_off(den.db, claim_due(den.db, 8)[0], "gone", is_final=True)
    with den.db.read() as read:
        assert read.all(select(rooms.c.id).where(rooms.c.kind == "direct")) == []
