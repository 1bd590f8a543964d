"""Quotes as people see them, and what a page of messages costs."""

import pytest

from chat import wire
from chat.errors import InvalidInput
from chat.events import MessagePosted
from chat.services.reactions import react
from tests.services.den import Den


def test_a_reply_quotes_the_message_live_and_in_the_history(den: Den) -> None:
    first = den.say(den.ada, "one\n\ntwo   " + "three " * 100)
    answer = den.say(den.mira, "yes", reply_to=first.id)
    quote = answer.quote
    assert quote and (quote.id, quote.seq, quote.author, quote.deleted) == (first.id, first.seq, first.author, False)
    assert quote.content.startswith("one two three three") and len(quote.content) == 200 and quote.content[-1] == "…"
    assert den.heard[-1] == MessagePosted(answer) and den.shown(answer) == answer
    assert den.shown(first).quote is None


def test_a_models_reply_quotes_its_question_live_and_in_the_history(den: Den) -> None:
    question, reply = den.ask(den.mira, "why?")
    assert reply.quote and (reply.quote.id, reply.quote.content) == (question.id, "why?")
    assert den.shown(reply).quote == reply.quote


def test_the_text_of_a_reply_that_is_not_written_yet_is_not_quoted(den: Den) -> None:
    _, reply = den.ask(den.mira, "why?")
    quote = den.say(den.ada, "I wonder as well", reply_to=reply.id).quote
    assert quote and (quote.author.kind, quote.content) == ("model", "")


def test_a_message_of_another_room_cannot_be_quoted(den: Den) -> None:
    elsewhere = den.say(den.ada, "secret", den.new_room("private"))
    with pytest.raises(InvalidInput) as refusal:
        den.say(den.ada, "look", reply_to=elsewhere.id)
    assert refusal.value.field == "reply_to"


@pytest.mark.sqlite
def test_a_page_takes_as_many_queries_as_one_message(den: Den) -> None:
    def queries() -> int:
        den.statements.clear()
        den.history()
        return len([statement for statement in den.statements if statement.startswith("SELECT")])

    first = den.say(den.ada, "one")
    few = queries()
    for _ in range(50):
        more = den.say(den.mira, "more", reply_to=first.id)
        react(den.db, den.ada.id, wire.React(message=more.id, emoji="🎉"))
    assert queries() == few
