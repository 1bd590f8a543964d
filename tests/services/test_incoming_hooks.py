"""Webhooks into a room: a bot posts, the secret is kept as a hash, and an end is an end."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from chat import wire
from chat.db.tables import incoming_hooks, rooms, users
from chat.errors import Conflict, InvalidInput, NotAllowed, NotFound, TooLarge
from chat.events import MemberJoined, MemberLeft, MessagePosted, PersonChanged, ReplyOpened
from chat.services.access import require_room
from chat.services.administration import change_person, reset_password
from chat.services.audit import list_audit
from chat.services.incoming_hooks import MOST_HOOKS, IncomingHooks
from chat.services.passwords import Passwords
from chat.services.room_endings import archive_room, delete_room
from chat.services.room_members import remove_member
from chat.services.secret_hashes import SecretHashes
from tests.services.den import Den

MAX_CHARS = 200


@pytest.fixture
def hooks(den: Den) -> IncomingHooks:
    return IncomingHooks(den.db, SecretHashes("secret"), MAX_CHARS)


def _made(den: Den, hooks: IncomingHooks, name: str = "Build server") -> tuple[wire.IncomingHook, str]:
    made = hooks.create(den.ada, den.room, wire.CreateIncomingHook(name=name))
    return made.hook, made.path.removeprefix("/api/hooks/")


def _post(hooks: IncomingHooks, secret: str, text: str = "green", **more: str) -> wire.Message:
    return hooks.post(secret, wire.HookPost(text=text, **more))[0]


def test_a_post_is_a_message_of_a_bot_under_the_name_that_it_gives(den: Den, hooks: IncomingHooks) -> None:
    hook, secret = _made(den, hooks)
    assert (hook.bot.display_name, hook.bot.username, hook.bot.is_bot) == ("Build server", "build-server-bot", True)
    plain, named = _post(hooks, secret), _post(hooks, secret, username="CI \u202e main")
    assert (plain.author.kind, plain.author.name) == ("bot", "Build server")
    assert (named.author.kind, named.author.name, named.author.handle) == ("bot", "CI main", "build-server-bot")
    assert [den.shown(message) for message in (plain, named)] == [plain, named]
    quoting = den.say(den.mira, "nice", reply_to=named.id)
    assert quoting.quote and quoting.quote.author == named.author
    joined, first, second, _ = [e for e in den.heard if isinstance(e, MemberJoined | MessagePosted)]
    assert isinstance(joined, MemberJoined) and joined.member.is_bot
    assert [e.message.id for e in (first, second) if isinstance(e, MessagePosted)] == [plain.id, named.id]


def test_a_bot_reads_for_nobody_and_asks_no_model(den: Den, hooks: IncomingHooks) -> None:
    said = den.say(den.ada, "anybody there?")
    with den.db.write() as uow:
        uow.execute(update(rooms).where(rooms.c.id == den.room).values(reply_policy="always"))
    _, secret = _made(den, hooks)
    _post(hooks, secret, "@m what do you think?")
    assert den.shown(said).status == "delivered"
    assert not [event for event in den.heard if isinstance(event, ReplyOpened)]


def test_the_same_key_posts_once(den: Den, hooks: IncomingHooks) -> None:
    _, secret = _made(den, hooks)
    (first, is_new), (again, is_new_again) = (
        hooks.post(secret, wire.HookPost(text="green", client_id="build-7")) for _ in range(2)
    )
    assert first.id == again.id and (is_new, is_new_again) == (True, False)
    with pytest.raises(Conflict):
        _post(hooks, secret, "red", client_id="build-7")


def test_only_owners_make_see_and_delete_them(den: Den, hooks: IncomingHooks) -> None:
    hook, _ = _made(den, hooks)
    wanted = wire.CreateIncomingHook(name="Mine")
    for person, refusal in ((den.mira, NotAllowed), (den.eve, NotFound)):
        tries: tuple[Callable[[], object], ...] = (
            lambda person=person: hooks.create(person, den.room, wanted),
            lambda person=person: hooks.list(person, den.room),
            lambda person=person: hooks.delete(person, den.room, hook.id),
        )
        for attempt in tries:
            with pytest.raises(refusal):
                attempt()
    with pytest.raises(NotAllowed):
        hooks.create(den.ada, den.new_room("direct"), wanted)
    with pytest.raises(NotFound):
        hooks.delete(den.ada, den.new_room("private"), hook.id)


def test_what_is_stored_opens_nothing(den: Den, hooks: IncomingHooks) -> None:
    hook, secret = _made(den, hooks)
    with den.db.read() as read:
        row = read.first(select(incoming_hooks))
    assert row is not None and secret not in str(tuple(row)) and secret.startswith(hook.prefix)
    for wrong in ("", "rth_", secret[:-1], secret + "x", row.secret_hash):
        with pytest.raises(NotFound):
            _post(hooks, wrong)
    with pytest.raises(NotFound):
        _post(IncomingHooks(den.db, SecretHashes("another"), MAX_CHARS), secret)


def test_a_deleted_one_takes_nothing_and_what_it_wrote_stays(den: Den, hooks: IncomingHooks) -> None:
    hook, secret = _made(den, hooks)
    said = _post(hooks, secret)
    den.heard.clear()
    hooks.delete(den.ada, den.room, hook.id)
    assert [type(event) for event in den.heard] == [MemberLeft, PersonChanged]
    with pytest.raises(NotFound):
        _post(hooks, secret)
    assert den.shown(said).author.deactivated and hooks.list(den.ada, den.room) == []
    with den.db.read() as read:
        actions = [entry.action for entry in list_audit(read).entries]
    assert actions[:2] == ["hook_deleted", "hook_created"]


def test_one_whose_bot_was_taken_out_takes_nothing(den: Den, hooks: IncomingHooks) -> None:
    hook, secret = _made(den, hooks)
    remove_member(den.db, den.ada, den.room, hook.bot.id)
    with pytest.raises(NotFound):
        _post(hooks, secret)


def test_one_whose_bot_was_deactivated_takes_nothing(den: Den, hooks: IncomingHooks) -> None:
    hook, secret = _made(den, hooks)
    den.new_admin()
    change_person(den.db, hook.bot.id, wire.ChangePerson(is_active=False), lambda user_id: "offline")
    with pytest.raises(NotFound):
        _post(hooks, secret)


def test_those_of_a_deleted_room_are_gone_and_an_archived_one_takes_nothing(den: Den, hooks: IncomingHooks) -> None:
    hook, secret = _made(den, hooks)
    archive_room(den.db, den.ada.id, den.room, is_archived=True)
    with pytest.raises(NotAllowed, match="archived"):
        _post(hooks, secret)
    assert [shown.id for shown in hooks.list(den.ada, den.room)] == [hook.id]
    delete_room(den.db, den.ada, den.room)
    with pytest.raises(NotFound):
        _post(hooks, secret)
    with den.db.read() as read:
        assert read.scalar(select(users.c.deactivated_at).where(users.c.id == hook.bot.id)) is not None


def test_a_room_has_so_many_and_a_post_is_so_long(den: Den, hooks: IncomingHooks) -> None:
    secrets = [_made(den, hooks)[1] for _ in range(MOST_HOOKS)]
    assert len({hook.bot.username for hook in hooks.list(den.ada, den.room)}) == MOST_HOOKS
    with pytest.raises(Conflict):
        _made(den, hooks)
    with pytest.raises(TooLarge) as refused:
        _post(hooks, secrets[0], "x" * (MAX_CHARS + 1))
    assert refused.value.field == "text"
    with pytest.raises(InvalidInput):
        _post(hooks, secrets[0], " \n ")


def test_a_bot_has_no_password_no_role_and_sees_no_other_room(den: Den, hooks: IncomingHooks) -> None:
    hook, _ = _made(den, hooks)
    passwords = Passwords(lambda work: work())
    assert not passwords.verify("", "nobody has this password")
    with den.db.write() as uow:
        uow.execute(update(users).where(users.c.id == den.ada.id).values(is_admin=True))
    with pytest.raises(Conflict):
        reset_password(den.db, passwords, hook.bot.username)
    with pytest.raises(Conflict):
        change_person(den.db, hook.bot.id, wire.ChangePerson(role="admin"), lambda user_id: "offline")
    public = den.new_room("public")
    with den.db.read() as read, pytest.raises(NotFound):
        require_room(read, hook.bot.id, public, "see")
