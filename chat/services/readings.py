"""The rows that say what a model was given to read: one for each attempt, and one when the reply is closed."""

from typing import Any

from sqlalchemy import delete, desc, insert, select

from chat.db.tables import readings
from chat.db.unit_of_work import Reader, UnitOfWork


def keep_reading(uow: UnitOfWork, job_id: str, message_id: str, reading: dict[str, Any]) -> None:
    row = {"job_id": job_id, "message_id": message_id, "reading": reading, "created_at": uow.now}
    uow.execute(insert(readings).values(**row))


def replace_reading(uow: UnitOfWork, job_id: str, message_id: str, reading: dict[str, Any]) -> None:
    """Instead of what an earlier attempt of this job has read."""
    uow.execute(delete(readings).where(readings.c.job_id == job_id))
    keep_reading(uow, job_id, message_id, reading)


def settle_readings(uow: UnitOfWork, job_id: str, message_id: str, *, is_replaced: bool) -> None:
    """The attempt has ended: what it read replaces what was read before, or, if the old text came back, goes.

    One that ended before anything was read leaves all as it was.
    """
    of_job = readings.c.job_id == job_id
    if uow.first(select(readings.c.job_id).where(of_job)) is not None:
        uow.execute(delete(readings).where(readings.c.message_id == message_id, ~of_job if is_replaced else of_job))


def forget_readings(uow: UnitOfWork, message_id: str) -> None:
    """The reply was deleted."""
    uow.execute(delete(readings).where(readings.c.message_id == message_id))


def find_reading(tx: Reader, message_id: str) -> tuple[dict[str, Any], int] | None:
    """The newest of a reply, and when it was put together (ms since 1970)."""
    query = select(readings).where(readings.c.message_id == message_id).order_by(desc(readings.c.job_id)).limit(1)
    row = tx.first(query)
    return (row.reading, row.created_at) if row else None
