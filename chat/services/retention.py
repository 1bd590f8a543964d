"""Forgets what is older than the server keeps, piece by piece. Everybody who sees it is told, as if it were deleted."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from chat.db.ids import first_id_at
from chat.db.lock_order import SEVERAL_ROOMS
from chat.db.tables import messages, run_steps
from chat.db.unit_of_work import Database, Reader, UnitOfWork
from chat.domain.reply_states import OPEN_PHASES
from chat.services.access import hold_room
from chat.services.changes import empty_message
from chat.services.room_log import announce_change, change_message
from chat.services.run_steps import forget_steps

PIECE = 20  # messages that are emptied in one unit, between which others may write
LOOK = 500  # messages that are looked at together; most of the old ones are empty already


def list_old(tx: Reader, before: int, after: str) -> tuple[list[str], str | None]:
    """Of the next LOOK messages from before then (ms since 1970): which have something to lose, and where to go on.

    Ids, the last one None where there are no more. A reply that is still being written is left alone.
    """
    old = select(messages.c.id, messages.c.deleted_at, messages.c.reply_phase).where(
        messages.c.id > after, messages.c.id < first_id_at(before)
    )
    rows = tx.all(old.order_by(messages.c.id).limit(LOOK))
    full = [row.id for row in rows if row.deleted_at is None and row.reply_phase not in OPEN_PHASES]
    return full, rows[-1].id if len(rows) == LOOK else None


def empty_old(db: Database, message_ids: list[str]) -> int:
    """Takes away all but the places of these messages, which must be few; gives how many there were to empty."""
    with db.write() as uow:
        rows = [row for row in _held(uow, messages.c.id.in_(message_ids)) if _is_settled(row)]
        for row in rows:
            empty_message(uow, row)
    return len(rows)


def _is_settled(row: Row[Any]) -> bool:
    return row.deleted_at is None and row.reply_phase not in OPEN_PHASES


def forget_old_runs(db: Database, before: int) -> int:
    """Takes the steps of agents away from the next replies that are as old, and says so; gives of how many."""
    with db.write() as uow:
        old = (
            select(run_steps.c.message_id)
            .where(run_steps.c.message_id < first_id_at(before))
            .group_by(run_steps.c.message_id)
            .having(func.max(run_steps.c.created_at) < before)
            .limit(PIECE)
        )
        rows = [row for row in _held(uow, messages.c.id.in_(old)) if row.reply_phase not in OPEN_PHASES]
        for row in rows:
            forget_steps(uow, row.id)
            change_message(uow, row, {"reply": {**row.reply, "run": None}})
            announce_change(uow, row.id)
    return len(rows)


def _held(uow: UnitOfWork, wanted: ColumnElement[bool]) -> Sequence[Row[Any]]:
    """These messages as they are once nobody else changes their rooms, such as another process that does the same."""
    uow.alone(SEVERAL_ROOMS)
    for row in uow.all(select(messages.c.room_id).where(wanted).distinct()):
        hold_room(uow, row.room_id)
    return uow.all(select(messages).where(wanted))
