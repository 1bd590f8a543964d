"""What owners change about a room: told as what happened, refused to everybody else."""

import pytest

from chat import wire
from chat.errors import InvalidInput, NotAllowed, NotFound
from chat.events import RoomChanged
from chat.services import addressees, messages, replies, rooms
from chat.services.audit import list_audit
from chat.services.room_settings import change_room
from chat.services.room_views import get_room_view, views_of
from tests.services.den import Den


def test_an_owner_changes_only_what_is_named(den: Den) -> None:
    before = den.view(den.ada)
    den.heard.clear()
    changed = change_room(den.db, den.ada, den.room, wire.ChangeRoom(name=" The  den ", topic="Foxes"))
    assert changed == before.model_copy(update={"name": "The den", "topic": "Foxes"})
    cleared = change_room(den.db, den.ada, den.room, wire.ChangeRoom(topic="", models=["m"], reply_policy="off"))
    assert (cleared.name, cleared.topic, cleared.models, cleared.reply_policy) == ("The den", "", ["m"], "off")
    assert den.heard == [RoomChanged(den.room)] * 2


def test_nothing_to_change_is_told_to_nobody(den: Den) -> None:
    den.heard.clear()
    change_room(den.db, den.ada, den.room, wire.ChangeRoom())
    assert den.heard == []


def test_what_is_so_already_is_neither_told_nor_written_down(den: Den) -> None:
    wanted = wire.ChangeRoom(name="The den", topic="Foxes", models=["m"])
    change_room(den.db, den.ada, den.room, wanted)
    den.heard.clear()
    assert change_room(den.db, den.ada, den.room, wanted) == den.view(den.ada)
    assert den.heard == []
    change_room(den.db, den.ada, den.room, wanted.model_copy(update={"topic": "Owls"}))
    assert den.heard == [RoomChanged(den.room)]
    with den.db.read() as read:
        details = [entry.detail for entry in list_audit(read).entries if entry.action == "room_changed"]
    assert details == ["topic", "name, topic, models"]


def test_only_owners_change_a_room_and_nobody_a_direct_one(den: Den) -> None:
    with pytest.raises(NotAllowed):
        change_room(den.db, den.mira, den.room, wire.ChangeRoom(name="Mine"))
    with pytest.raises(NotAllowed):
        change_room(den.db, den.ada, den.new_room("direct"), wire.ChangeRoom(name="Mine"))
    with pytest.raises(InvalidInput):
        change_room(den.db, den.ada, den.room, wire.ChangeRoom(name=" \n"))


@pytest.mark.sqlite
def test_only_who_may_see_the_room_is_shown_it(den: Den) -> None:
    people = [den.ada.id, den.mira.id, den.eve.id]
    public = den.new_room("public")
    with den.db.read() as read:
        den.statements.clear()
        assert set(views_of(read, den.room, people)) == {den.ada.id, den.mira.id}
        assert sum(statement.startswith("SELECT") for statement in den.statements) == 1, (
            "whoever is connected, it is one question"
        )
        views = views_of(read, public, people)
        assert views == {user_id: get_room_view(read, user_id, public) for user_id in people}
    assert [views[user_id].is_member for user_id in people] == [True, True, False]


def test_the_rooms_first_known_model_answers_where_one_always_does(den: Den) -> None:
    mine = replies.AskedModel("mine", "mine")
    rules = addressees.AskRules(
        find_model=lambda handle: mine if handle == "mine" else None,
        default=lambda: replies.AskedModel("m", "m"),
        take=lambda user_id: None,
    )

    def author_of_reply(models: list[str]) -> str:
        change_room(den.db, den.ada, den.room, wire.ChangeRoom(models=models, reply_policy="always"))
        said = wire.SendMessage(room=den.room, content="hello", client_id="-".join(models) or "none")
        posted = messages.send_message(den.db, rules, den.ada, said, max_chars=1000)
        assert posted.reply
        return posted.reply.author.name

    assert [author_of_reply(models) for models in (["gone", "mine"], ["gone"], [])] == ["mine", "m", "m"]


def test_a_room_that_becomes_private_is_hidden_from_those_outside(den: Den) -> None:
    public = den.new_room("public")
    den.heard.clear()
    assert change_room(den.db, den.ada, public, wire.ChangeRoom(kind="private")).kind == "private"
    with pytest.raises(NotFound):
        rooms.join_room(den.db, den.eve, public)
    assert change_room(den.db, den.ada, public, wire.ChangeRoom(kind="public")).kind == "public"
    assert rooms.join_room(den.db, den.eve, public).role == "member"
    assert den.heard[:2] == [RoomChanged(public, hidden_by=den.ada), RoomChanged(public)]


def test_a_direct_room_and_the_one_of_everybody_keep_their_kind(den: Den) -> None:
    with pytest.raises(NotAllowed):
        change_room(den.db, den.ada, den.new_room("direct"), wire.ChangeRoom(kind="public"))
    with pytest.raises(InvalidInput):
        change_room(den.db, den.new_admin(), "general", wire.ChangeRoom(kind="private"))


def test_a_room_leaves_stopping_to_whoever_asked_and_its_owners(den: Den) -> None:
    _, reply = den.ask(den.ada, "why?")
    _, other = den.ask(den.mira, "why not?")

    def may_stop(person: wire.User, message: wire.Message) -> bool:
        with den.db.read() as read:
            try:
                return bool(replies.require_reply(read, person.id, message.id, "stop"))
            except NotAllowed:
                return False

    assert may_stop(den.mira, reply) and may_stop(den.ada, other)
    assert change_room(den.db, den.ada, den.room, wire.ChangeRoom(stop_policy="asker")).stop_policy == "asker"
    assert not may_stop(den.mira, reply)
    assert may_stop(den.mira, other) and may_stop(den.ada, other)
    with den.db.read() as read:
        assert replies.require_reply(read, den.mira.id, reply.id, "ask"), "asking again is everybody's as before"
