"""Reacting: once each, in order, within bounds, and announced with the whole list."""

import pytest

from chat import wire
from chat.errors import Conflict, InvalidInput, NotFound
from chat.events import ReactionChanged
from chat.services.changes import delete_message
from chat.services.reactions import MAX_EMOJI, react
from tests.services.den import Den


def _react(den: Den, person: wire.User, message: wire.Message, emoji: str, is_on: bool = True) -> None:
    react(den.db, person.id, wire.React(message=message.id, emoji=emoji, is_on=is_on))


def test_reactions_stand_in_the_order_in_which_people_reacted(den: Den) -> None:
    message = den.say(den.ada, "done!")
    for person, emoji in ((den.mira, "🎉"), (den.ada, "👍"), (den.ada, "🎉"), (den.mira, "👍")):
        _react(den, person, message, emoji)
    assert den.shown(message).reactions == [
        wire.Reaction(emoji="🎉", users=[den.mira.id, den.ada.id]),
        wire.Reaction(emoji="👍", users=[den.ada.id, den.mira.id]),
    ]
    _react(den, den.mira, message, "🎉", is_on=False)
    assert [r.emoji for r in den.shown(message).reactions] == ["👍", "🎉"]


def test_every_reaction_takes_a_rev_and_is_announced_with_all_of_them(den: Den) -> None:
    message = den.say(den.ada, "done!")
    _react(den, den.ada, message, "👍")
    den.heard.clear()
    _react(den, den.mira, message, "👍")
    (event,) = den.heard
    assert isinstance(event, ReactionChanged)
    assert event.reaction == wire.ReactionEvent(
        room=den.room,
        id=message.id,
        rev=message.rev + 2,
        user=den.mira.id,
        emoji="👍",
        is_on=True,
        reactions=[wire.Reaction(emoji="👍", users=[den.ada.id, den.mira.id])],
    )
    assert den.shown(message).rev == message.rev + 2


def test_what_is_so_already_is_left_alone(den: Den) -> None:
    message = den.say(den.ada, "done!")
    _react(den, den.ada, message, "👍")
    shown, _ = den.shown(message), den.heard.clear()
    _react(den, den.ada, message, "👍")
    _react(den, den.mira, message, "👍", is_on=False)
    _react(den, den.ada, message, "🎉", is_on=False)
    assert den.shown(message) == shown and den.heard == []


def test_one_emoji_too_many_is_refused_and_those_that_are_there_are_not(den: Den) -> None:
    message = den.say(den.ada, "choose")
    for number in range(MAX_EMOJI):
        _react(den, den.ada, message, f":choice_{number}:")
    with pytest.raises(Conflict) as refusal:
        _react(den, den.mira, message, "👍")
    assert refusal.value.field == "emoji"
    _react(den, den.mira, message, ":choice_0:")
    assert len(den.shown(message).reactions) == MAX_EMOJI
    _react(den, den.ada, message, ":choice_1:", is_on=False)
    _react(den, den.mira, message, "👍")


def test_words_are_no_reaction(den: Den) -> None:
    with pytest.raises(InvalidInput):
        _react(den, den.ada, den.say(den.ada, "done!"), "lol")


def test_only_members_react_and_not_to_what_was_deleted(den: Den) -> None:
    message = den.say(den.ada, "done!")
    with pytest.raises(NotFound):
        _react(den, den.eve, message, "👍")
    delete_message(den.db, den.ada.id, message.id)
    with pytest.raises(Conflict):
        _react(den, den.mira, message, "👍")
    _react(den, den.mira, message, "👍", is_on=False)
    assert den.shown(message).reactions == []


def test_a_reply_keeps_its_reactions_when_it_is_closed(den: Den) -> None:
    _, reply = den.ask(den.ada, "why?")
    _react(den, den.mira, reply, "👀")
    den.close(reply, "because")
    shown = den.shown(reply)
    assert (shown.content, [r.emoji for r in shown.reactions]) == ("because", ["👀"])
