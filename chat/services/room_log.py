"""The two counters of a room: seq numbers its messages, rev every change to any of them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from chat import wire
from chat.db.prepared import Prepared
from chat.db.tables import messages, rooms
from chat.db.unit_of_work import Reader, UnitOfWork
from chat.events import MessageChanged
from chat.services.message_views import get_message

_BOTH = {"last_seq": rooms.c.last_seq + 1, "last_rev": rooms.c.last_rev + 1}
_COUNT = Prepared(
    update(rooms).where(rooms.c.id == bindparam("room")).values(_BOTH).returning(rooms.c.last_seq, rooms.c.last_rev)
)
_NUMBERS = select(rooms.c.id, rooms.c.last_seq, rooms.c.last_rev).where(rooms.c.deleted_at.is_(None))


def next_numbers(uow: UnitOfWork, room_id: str) -> tuple[int, int]:
    """The next seq and rev. They roll back with the transaction, so committed ones have no gaps."""
    (row,) = uow.run(_COUNT, {"room": room_id})
    return row.last_seq, row.last_rev


def next_rev(uow: UnitOfWork, room_id: str) -> int:
    """The rev for a change to a message that has its seq already."""
    counted = update(rooms).where(rooms.c.id == room_id).values(last_rev=rooms.c.last_rev + 1)
    return int(uow.execute(counted.returning(rooms.c.last_rev)).scalar_one())


def change_message(uow: UnitOfWork, message: Row[Any], values: dict[str, Any]) -> int:
    """Writes `values` to a message that is there already, under the room's next rev, which is returned."""
    rev = next_rev(uow, message.room_id)
    uow.execute(update(messages).where(messages.c.id == message.id).values(**values, rev=rev))
    return rev


def announce_change(uow: UnitOfWork, message_id: str) -> wire.Message:
    """Records `MessageChanged` with the message as it is now."""
    changed = get_message(uow, message_id)
    uow.record(MessageChanged(changed))
    return changed


def list_numbers(tx: Reader) -> Sequence[Row[Any]]:
    """`id`, `last_seq` and `last_rev` of all rooms."""
    return tx.all(_NUMBERS)


def find_numbers(tx: Reader, room_id: str) -> Row[Any] | None:
    return tx.first(_NUMBERS.where(rooms.c.id == room_id))
