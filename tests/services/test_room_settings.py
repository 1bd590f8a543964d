"""What owners change about a room: told as what happened, refused to everybody else."""

import pytest

from chat import wire
from chat.errors import InvalidInput, NotAllowed, NotFound
from chat.events import MemberLeft, RoomChanged
from chat.services import messages, replies, rooms
from chat.services.room_settings import change_room, remove_member, views_of
from tests.services.den import Den


def _view(den: Den, person: wire.User) -> wire.Room:
    with den.db.read() as read:
        return rooms.get_room_view(read, person.id, den.room)


def test_an_owner_changes_only_what_is_named(den: Den) -> None:
    before = _view(den, den.ada)
    den.heard.clear()
    changed = change_room(den.db, den.ada.id, den.room, wire.ChangeRoom(name=" The  den ", topic="Foxes"))
    assert changed == before.model_copy(update={"name": "The den", "topic": "Foxes"})
    cleared = change_room(den.db, den.ada.id, den.room, wire.ChangeRoom(topic="", models=["m"], reply_policy="off"))
    assert (cleared.name, cleared.topic, cleared.models, cleared.reply_policy) == ("The den", "", ["m"], "off")
    assert den.heard == [RoomChanged(den.room)] * 2


def test_nothing_to_change_is_told_to_nobody(den: Den) -> None:
    den.heard.clear()
    change_room(den.db, den.ada.id, den.room, wire.ChangeRoom())
    assert den.heard == []


def test_only_owners_change_a_room_and_nobody_a_direct_one(den: Den) -> None:
    with pytest.raises(NotAllowed):
        change_room(den.db, den.mira.id, den.room, wire.ChangeRoom(name="Mine"))
    with pytest.raises(NotAllowed):
        remove_member(den.db, den.mira.id, den.room, "ada")
    with pytest.raises(NotAllowed):
        change_room(den.db, den.ada.id, den.new_room("direct"), wire.ChangeRoom(name="Mine"))
    with pytest.raises(InvalidInput):
        change_room(den.db, den.ada.id, den.room, wire.ChangeRoom(name=" \n"))


def test_who_is_taken_out_can_read_no_more(den: Den) -> None:
    den.heard.clear()
    remove_member(den.db, den.ada.id, den.room, "mira")
    (left,) = den.heard
    assert isinstance(left, MemberLeft) and (left.user_id, left.room.id) == (den.mira.id, den.room)
    with pytest.raises(NotFound):
        den.history(den.mira)
    for nobody in ("mira", "eve"):
        with pytest.raises(NotFound):
            remove_member(den.db, den.ada.id, den.room, nobody)
    with pytest.raises(InvalidInput):
        remove_member(den.db, den.ada.id, den.room, "ada")


def test_only_who_may_see_the_room_is_shown_it(den: Den) -> None:
    people = [den.ada.id, den.mira.id, den.eve.id]
    public = den.new_room("public")
    with den.db.read() as read:
        assert set(views_of(read, den.room, people)) == {den.ada.id, den.mira.id}
        views = views_of(read, public, people)
    assert [views[user_id].is_member for user_id in people] == [True, True, False]


def test_the_rooms_first_known_model_answers_where_one_always_does(den: Den) -> None:
    mine = replies.AskedModel("mine", "mine")
    rules = messages.AskRules(
        find_model=lambda handle: mine if handle == "mine" else None,
        default=lambda: replies.AskedModel("m", "m"),
        take=lambda user_id: None,
    )

    def author_of_reply(models: list[str]) -> str:
        change_room(den.db, den.ada.id, den.room, wire.ChangeRoom(models=models, reply_policy="always"))
        said = wire.SendMessage(room=den.room, content="hello", client_id="-".join(models) or "none")
        posted = messages.send_message(den.db, rules, den.ada, said, max_chars=1000)
        assert posted.reply
        return posted.reply.author.name

    assert [author_of_reply(models) for models in (["gone", "mine"], ["gone"], [])] == ["mine", "m", "m"]
