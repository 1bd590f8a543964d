"""Whoever is deactivated while what they do is on its way: it is stored before that, or not at all."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from chat import wire
from chat.db.unit_of_work import UnitOfWork
from chat.errors import NotSignedIn
from chat.services.access import require_active, require_room
from chat.services.administration import change_person
from tests.postgres.waiters import are_waiting
from tests.services.den import Den

LetIn = Callable[[UnitOfWork, Den], object]


def _deactivate(den: Den) -> wire.AdminPerson:
    return change_person(den.db, "mira", wire.ChangePerson(is_active=False), lambda user_id: "offline")


@pytest.mark.parametrize(
    "let_in",
    [
        lambda uow, den: require_room(uow, den.mira.id, den.room, "post"),
        lambda uow, den: require_active(uow, den.mira.id),
    ],
    ids=["in a room", "outside"],
)
def test_who_is_let_in_is_done_before_they_are_deactivated(den: Den, let_in: LetIn) -> None:
    den.new_admin()
    with ThreadPoolExecutor(1) as pool:
        with den.db.write() as uow:
            let_in(uow, den)
            deactivating = pool.submit(_deactivate, den)
            assert are_waiting(den.db) and not deactivating.done()
        assert deactivating.result(timeout=10).deactivated_at
    with pytest.raises(NotSignedIn), den.db.write() as uow:
        let_in(uow, den)
