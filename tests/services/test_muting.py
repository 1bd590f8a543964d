"""A muted room is a matter of one person alone."""

import pytest

from chat import wire
from chat.errors import NotFound
from chat.events import RoomMuted
from chat.services.muting import mute_room
from chat.services.room_views import get_room_view
from tests.services.den import Den


def _view(den: Den, person: wire.User) -> wire.Room:
    with den.db.read() as read:
        return get_room_view(read, person.id, den.room)


def test_muting_is_told_to_its_owner_alone_and_once(den: Den) -> None:
    den.heard.clear()
    for is_muted in (True, True, False):
        mute_room(den.db, den.mira.id, den.room, is_muted=is_muted)
        assert _view(den, den.mira).is_muted is is_muted
        assert not _view(den, den.ada).is_muted
    assert [(e.user_id, e.room.is_muted) for e in den.heard if isinstance(e, RoomMuted)] == [
        (den.mira.id, True),
        (den.mira.id, False),
    ]
    assert len(den.heard) == 2


def test_a_muted_room_goes_on_counting(den: Den) -> None:
    mute_room(den.db, den.mira.id, den.room, is_muted=True)
    den.say(den.ada, "hello @mira")
    seen = _view(den, den.mira)
    assert (seen.unread, seen.mentions) == (1, 1)


def test_only_members_mute(den: Den) -> None:
    with pytest.raises(NotFound):
        mute_room(den.db, den.eve.id, den.room, is_muted=True)
