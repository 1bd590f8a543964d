"""Deleting a message: who may, and that nothing of it is left but its place."""

import pytest
from sqlalchemy import func, insert, select, update

from chat import wire
from chat.db.tables import mentions, messages, reactions
from chat.errors import Conflict, NotAllowed, NotFound
from chat.events import MentionsChanged, MessageDeleted, MessagePosted
from chat.services import prompts, reopening, replies
from chat.services.changes import delete_message, edit_message
from chat.services.room_views import get_room_view
from tests.services.den import MODEL, Den


def _delete(den: Den, person: wire.User, message: wire.Message) -> None:
    delete_message(den.db, person.id, message.id)


def _job(den: Den, reply: wire.Message) -> replies.ReplyJob:
    return replies.ReplyJob("", reply.id, den.room, den.ada.id, MODEL, {}, bypass_cache=False)


def test_nothing_is_left_but_the_place(den: Den) -> None:
    message = den.say(den.ada, "secret, @mira", client_id="once")
    with den.db.write() as uow:
        row = {
            "message_id": message.id,
            "user_id": den.mira.id,
            "room_id": den.room,
            "emoji": "👍",
            "rev": 1,
            "created_at": 1,
        }
        uow.execute(insert(reactions).values(row))
        uow.execute(update(messages).values(pinned_at=1, pinned_by=den.mira.id))
    den.heard.clear()
    _delete(den, den.ada, message)
    gone = den.shown(message)
    assert (gone.content, gone.reactions, gone.pinned_at, gone.pinned_by) == ("", [], None, None)
    assert (gone.seq, gone.rev, gone.author, gone.client_id) == (1, message.rev + 1, message.author, "once")
    with den.db.read() as read:
        assert read.scalar(select(messages.c.content)) == ""
        assert read.scalar(select(func.count()).select_from(reactions)) == 0
        assert read.scalar(select(func.count()).select_from(mentions)) == 0
    deleted = den.heard[0]
    assert isinstance(deleted, MessageDeleted)
    told = {"room": den.room, "id": message.id, "seq": 1, "rev": gone.rev, "deleted_at": gone.deleted_at}
    assert deleted.deleted.model_dump() == {"type": "message_deleted", **told}


def test_counts_of_those_who_had_not_read_it_go_down(den: Den) -> None:
    message = den.say(den.ada, "hello @mira")
    den.heard.clear()
    _delete(den, den.ada, message)
    with den.db.read() as read:
        room = get_room_view(read, den.mira.id, den.room)
    assert (room.unread, room.mentions) == (0, 0)
    assert den.heard[1:] == [MentionsChanged(den.mira.id, room)]


def test_deleting_twice_changes_nothing(den: Den) -> None:
    message = den.say(den.ada, "secret")
    _delete(den, den.ada, message)
    gone, _ = den.shown(message), den.heard.clear()
    _delete(den, den.ada, message)
    assert den.shown(message) == gone and den.heard == []
    assert den.say(den.ada, "next").rev == gone.rev + 1


def test_sending_a_deleted_message_again_gives_the_empty_one(den: Den) -> None:
    message = den.say(den.ada, "secret", client_id="once")
    _delete(den, den.ada, message)
    den.heard.clear()
    assert den.say(den.ada, "secret", client_id="once") == den.shown(message)
    assert not [event for event in den.heard if isinstance(event, MessagePosted)]


def test_an_owner_deletes_what_anybody_wrote_and_others_only_their_own(den: Den) -> None:
    hers, mine = den.say(den.mira, "hers"), den.say(den.ada, "mine")
    _delete(den, den.ada, hers)
    with pytest.raises(NotAllowed):
        _delete(den, den.mira, mine)
    with pytest.raises(NotFound):
        _delete(den, den.eve, mine)
    assert den.shown(mine) == mine and den.shown(hers).deleted_at


def test_in_a_direct_room_each_deletes_only_their_own(den: Den) -> None:
    direct = den.new_room("direct")
    hers = den.say(den.mira, "hers", direct)
    with pytest.raises(NotAllowed):
        _delete(den, den.ada, hers)
    _delete(den, den.mira, hers)


def test_a_reply_is_deleted_by_who_asked_or_by_an_owner(den: Den) -> None:
    _, to_mira = den.ask(den.mira, "why?")
    _, to_ada = den.ask(den.ada, "why?")
    den.close(to_mira, "because")
    den.close(to_ada, "because")
    with pytest.raises(NotAllowed):
        _delete(den, den.mira, to_ada)
    _delete(den, den.mira, to_mira)
    _delete(den, den.ada, to_ada)
    assert [m.content for m in den.history()] == ["why?", "", "why?", ""]


def test_a_reply_that_is_being_written_is_stopped_first(den: Den) -> None:
    _, reply = den.ask(den.ada, "why?")
    with pytest.raises(Conflict):
        _delete(den, den.ada, reply)
    den.close(reply, "because")
    _delete(den, den.ada, reply)


def test_a_deleted_message_is_neither_edited_nor_asked_for_again(den: Den) -> None:
    question, reply = den.ask(den.ada, "why?")
    den.close(reply, "because")
    _delete(den, den.ada, reply)
    with pytest.raises(Conflict):
        reopening.reopen_reply(den.db, den.ada.id, wire.Regenerate(message=reply.id))
    _delete(den, den.ada, question)
    with pytest.raises(Conflict):
        edit_message(den.db, den.ada.id, question.id, "why not?", max_chars=100)


def test_a_reply_stays_when_its_question_is_deleted(den: Den) -> None:
    question, reply = den.ask(den.ada, "why?")
    den.close(reply, "because")
    _delete(den, den.ada, question)
    kept = den.shown(reply)
    assert kept.content == "because" and kept.quote and (kept.quote.content, kept.quote.deleted) == ("", True)
    with pytest.raises(Conflict):
        reopening.reopen_reply(den.db, den.ada.id, wire.Regenerate(message=reply.id))
    assert den.shown(reply) == kept


def test_a_model_does_not_read_what_was_deleted(den: Den) -> None:
    secret = den.say(den.ada, "the word is oak")
    question, reply = den.ask(den.ada, "what is the word?")
    _delete(den, den.ada, secret)
    with den.db.read() as read:
        (_, turn) = prompts.build_prompt(read, _job(den, reply), None).prompt.turns
    assert turn.content == "Ada: what is the word?"
    _delete(den, den.ada, question)
    with pytest.raises(Conflict), den.db.read() as read:
        prompts.build_prompt(read, _job(den, reply), None)
