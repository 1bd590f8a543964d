"""Editing a message: who may, what it does to the row, to mentions and to what a model reads."""

import pytest

from chat import wire
from chat.errors import Conflict, InvalidInput, NotAllowed, NotFound, RoundtableError, TooLarge
from chat.events import MentionsChanged, MessageChanged
from chat.services import prompts, replies
from chat.services.changes import edit_message
from chat.services.room_views import get_room_view
from tests.services.den import MODEL, Den


def _edit(den: Den, person: wire.User, message: wire.Message, content: str) -> wire.Message:
    return edit_message(den.db, person.id, message.id, content, max_chars=100)


def _mentions(den: Den, person: wire.User) -> int:
    with den.db.read() as read:
        return get_room_view(read, person.id, den.room).mentions


def test_an_edit_takes_the_next_rev_and_keeps_the_place(den: Den) -> None:
    first, later = den.say(den.ada, "helo"), den.say(den.mira, "hi")
    den.heard.clear()
    edited = _edit(den, den.ada, first, "  hello\r\n")
    assert (edited.content, edited.seq, edited.rev) == ("hello", first.seq, later.rev + 1)
    assert edited.edited_at and edited.created_at == first.created_at
    assert den.heard == [MessageChanged(edited)] and den.shown(first) == edited


def test_the_same_text_changes_nothing(den: Den) -> None:
    message = den.say(den.ada, "hello")
    den.heard.clear()
    assert _edit(den, den.ada, message, "hello \n") == message
    assert den.heard == [] and den.say(den.ada, "next").rev == message.rev + 1


@pytest.mark.parametrize(("content", "problem"), [(" \n", InvalidInput), ("x" * 101, TooLarge)])
def test_an_edited_text_is_held_to_the_rules_of_a_new_one(
    den: Den, content: str, problem: type[RoundtableError]
) -> None:
    message = den.say(den.ada, "hello")
    with pytest.raises(problem):
        _edit(den, den.ada, message, content)
    assert den.shown(message) == message


def test_nobody_edits_what_somebody_else_wrote(den: Den) -> None:
    message = den.say(den.mira, "mine")
    with pytest.raises(NotAllowed):
        _edit(den, den.ada, message, "owned")
    with pytest.raises(NotFound):
        _edit(den, den.eve, message, "owned")
    assert den.shown(message) == message


def test_nobody_edits_what_a_model_wrote(den: Den) -> None:
    _, reply = den.ask(den.ada, "why?")
    den.close(reply, "because")
    with pytest.raises(NotAllowed):
        _edit(den, den.ada, reply, "42")


def test_an_edit_moves_the_mentions(den: Den) -> None:
    message = den.say(den.ada, "hello")
    den.heard.clear()
    _edit(den, den.ada, message, "hello @mira and @ada")
    assert (_mentions(den, den.mira), _mentions(den, den.ada)) == (1, 0)
    (counted,) = [event for event in den.heard if isinstance(event, MentionsChanged)]
    assert (counted.user_id, counted.room.mentions) == (den.mira.id, 1)
    _edit(den, den.ada, message, "hello again, @mira")
    assert den.heard[-1] == MessageChanged(den.shown(message)), "named before and after: nothing to say"
    _edit(den, den.ada, message, "hello")
    assert _mentions(den, den.mira) == 0
    assert isinstance(den.heard[-1], MentionsChanged) and den.heard[-1].room.mentions == 0


def test_a_mention_in_a_message_that_was_read_before_counts_for_nobody(den: Den) -> None:
    message = den.say(den.ada, "hello")
    den.say(den.mira, "I have seen that")
    den.heard.clear()
    edited = _edit(den, den.ada, message, "hello @mira")
    assert _mentions(den, den.mira) == 0 and den.heard == [MessageChanged(edited)]


def test_a_quote_shows_the_text_as_it_is(den: Den) -> None:
    first = den.say(den.ada, "helo")
    answer = den.say(den.mira, "hello what?", reply_to=first.id)
    _edit(den, den.ada, first, "hello")
    quote = den.shown(answer).quote
    assert quote and quote.content == "hello" and den.shown(answer).rev == answer.rev


def test_sending_an_edited_message_again_gives_what_it_is_now(den: Den) -> None:
    message = den.say(den.ada, "helo", client_id="once")
    edited = _edit(den, den.ada, message, "hello")
    assert den.say(den.ada, "helo", client_id="once") == edited
    with pytest.raises(Conflict):
        den.say(den.ada, "helo", den.new_room("private"), client_id="once")


def test_a_model_reads_the_edited_text(den: Den) -> None:
    earlier = den.say(den.ada, "the word is oak")
    question, reply = den.ask(den.ada, "what is the wort?")
    _edit(den, den.ada, earlier, "the word is elm")
    _edit(den, den.ada, question, "what is the word?")
    job = replies.ReplyJob("", reply.id, den.room, den.ada.id, MODEL, {}, bypass_cache=False)
    with den.db.read() as read:
        (_, turn) = prompts.build_prompt(read, job, None).prompt.turns
    assert turn.content == "Ada: the word is elm\n\nAda: what is the word?"
