"""What a unit of work holds it takes downwards, so that no two wait for each other."""

import pytest

from chat.db.lock_order import ADMINS, NEW_ACCOUNT, NEW_ROOM
from chat.services.access import hold_room, require_active
from tests.services.den import Den


def test_what_is_taken_at_once_is_taken_in_order_and_once(den: Den) -> None:
    with den.db.write() as uow:
        uow.alone(NEW_ROOM, NEW_ACCOUNT, ADMINS)
        hold_room(uow, den.room)
        uow.alone(NEW_ACCOUNT)


def test_a_unit_that_goes_back_up_fails(den: Den) -> None:
    with pytest.raises(AssertionError, match="“a new account” is taken before “a room”"), den.db.write() as uow:
        hold_room(uow, den.room)
        uow.alone(NEW_ACCOUNT)
    with pytest.raises(AssertionError, match="“a room” is taken before “a person”"), den.db.write() as uow:
        require_active(uow, den.ada.id)
        hold_room(uow, den.room)
