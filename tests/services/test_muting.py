"""A muted room is a matter of one person alone."""

import pytest

from chat.errors import NotFound
from chat.events import RoomMuted
from chat.services.muting import mute_room
from tests.services.den import Den


def test_muting_is_told_to_its_owner_alone_and_once(den: Den) -> None:
    den.heard.clear()
    for is_muted in (True, True, False):
        mute_room(den.db, den.mira.id, den.room, is_muted=is_muted)
        assert den.view(den.mira).is_muted is is_muted
        assert not den.view(den.ada).is_muted
    assert [(e.user_id, e.room.is_muted) for e in den.heard if isinstance(e, RoomMuted)] == [
        (den.mira.id, True),
        (den.mira.id, False),
    ]
    assert len(den.heard) == 2


def test_a_muted_room_goes_on_counting(den: Den) -> None:
    mute_room(den.db, den.mira.id, den.room, is_muted=True)
    den.say(den.ada, "hello @mira")
    seen = den.view(den.mira)
    assert (seen.unread, seen.mentions) == (1, 1)


def test_only_members_mute(den: Den) -> None:
    with pytest.raises(NotFound):
        mute_room(den.db, den.eve.id, den.room, is_muted=True)
