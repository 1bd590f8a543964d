"""Pinning: by any member, announced as a change, bounded, gone with the message."""

import pytest
from sqlalchemy import update

from chat import wire
from chat.db.tables import messages
from chat.errors import Conflict, NotAllowed, NotFound
from chat.events import MessageChanged
from chat.services.changes import delete_message
from chat.services.pins import MAX_PINS, list_pins, pin_message
from tests.services.den import Den


def _pin(den: Den, person: wire.User, message: wire.Message, is_pinned: bool = True) -> None:
    pin_message(den.db, person.id, wire.PinMessage(message=message.id, is_pinned=is_pinned))


def _pins(den: Den, person: wire.User) -> list[wire.Message]:
    with den.db.read() as read:
        return list_pins(read, person.id, den.room)


def test_a_pin_is_a_change_of_the_message(den: Den) -> None:
    message = den.say(den.ada, "the address is …")
    den.heard.clear()
    _pin(den, den.mira, message)
    pinned = den.shown(message)
    assert pinned.pinned_at and (pinned.pinned_by, pinned.rev) == (den.mira.id, message.rev + 1)
    _pin(den, den.ada, message, is_pinned=False)
    free = den.shown(message)
    assert (free.pinned_at, free.pinned_by, free.rev) == (None, None, message.rev + 2)
    assert den.heard == [MessageChanged(pinned), MessageChanged(free)]


def test_what_is_so_already_is_left_alone(den: Den) -> None:
    message = den.say(den.ada, "the address is …")
    _pin(den, den.mira, message)
    pinned, _ = den.shown(message), den.heard.clear()
    _pin(den, den.ada, message)
    _pin(den, den.ada, den.say(den.ada, "another"), is_pinned=False)
    assert den.shown(message) == pinned
    assert not [event for event in den.heard if isinstance(event, MessageChanged)]


def test_the_list_has_the_newest_pin_first_and_no_other_message(den: Den) -> None:
    first, second, _ = (den.say(den.ada, text) for text in ("one", "two", "three"))
    _pin(den, den.ada, second)
    _pin(den, den.ada, first)
    with den.db.write() as uow:  # pinned a minute apart
        uow.execute(update(messages).where(messages.c.id == first.id).values(pinned_at=messages.c.pinned_at + 60_000))
    assert [m.content for m in _pins(den, den.mira)] == ["one", "two"]
    with pytest.raises(NotFound):
        _pins(den, den.eve)


def test_a_deleted_message_is_not_pinned(den: Den) -> None:
    message, other = den.say(den.ada, "one"), den.say(den.ada, "two")
    _pin(den, den.ada, message)
    for gone in (message, other):
        delete_message(den.db, den.ada.id, gone.id)
    assert _pins(den, den.ada) == []
    with pytest.raises(Conflict):
        _pin(den, den.ada, other)


def test_a_reply_is_pinned_once_it_is_written(den: Den) -> None:
    _, reply = den.ask(den.ada, "why?")
    with pytest.raises(Conflict):
        _pin(den, den.ada, reply)
    den.close(reply, "because")
    _pin(den, den.ada, reply)
    assert [m.content for m in _pins(den, den.ada)] == ["because"]


def test_there_is_a_most_of_pins(den: Den) -> None:
    said = [den.say(den.ada, str(number)) for number in range(MAX_PINS + 1)]
    for message in said[:-1]:
        _pin(den, den.ada, message)
    with pytest.raises(Conflict):
        _pin(den, den.ada, said[-1])
    _pin(den, den.ada, said[0], is_pinned=False)
    _pin(den, den.ada, said[-1])
    assert len(_pins(den, den.ada)) == MAX_PINS


def test_only_members_pin(den: Den) -> None:
    public = den.new_room("public")
    with pytest.raises(NotAllowed):
        _pin(den, den.eve, den.say(den.ada, "hello", public))
    with pytest.raises(NotFound):
        _pin(den, den.eve, den.say(den.ada, "hello"))
