"""Whether the rows of the database fit each other: what is wrong, and what to do about it."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, ForeignKey, func, select

from chat.db.tables import messages, metadata, rooms, users
from chat.db.unit_of_work import Reader
from chat.domain.reply_states import OPEN_PHASES
from chat.services import job_rows

_ASK = "Restore a backup from before it happened, and report it with what “flask check” printed."


def find_misfits(tx: Reader) -> list[str]:
    """One line each."""
    return [*_bad_numbers(tx), *_dangling(tx), *_dead_jobs(tx), *_no_admin(tx)]


def _bad_numbers(tx: Reader) -> Iterator[str]:
    """`seq` runs from 1 to the room's `last_seq` without gaps. A room that is being taken out has some left only."""
    numbers = (
        func.count(messages.c.id).label("total"),
        func.coalesce(func.max(messages.c.seq), 0).label("max_seq"),
        func.coalesce(func.max(messages.c.rev), 0).label("max_rev"),
    )
    counted = (
        select(rooms.c.slug, rooms.c.last_seq, rooms.c.last_rev, *numbers)
        .outerjoin(messages, messages.c.room_id == rooms.c.id)
        .where(rooms.c.deleted_at.is_(None))
        .group_by(rooms.c.id)
        .order_by(rooms.c.slug)
    )
    for room in tx.all(counted):
        counts = f"Room #{room.slug} counts {room.last_seq} messages"
        if room.total != room.last_seq or room.max_seq != room.last_seq:
            yield f"{counts} and has {room.total}, the last of them is {room.max_seq}. {_ASK}"
        if room.max_rev > room.last_rev:
            yield f"{counts} and {room.last_rev} changes, but a message has change {room.max_rev}. {_ASK}"


def _dangling(tx: Reader) -> Iterator[str]:
    for table in metadata.sorted_tables:
        for column in table.columns:
            for key in column.foreign_keys:
                if count := tx.scalar(_without_target(column, key)):
                    yield f"{count} rows of {table.name} have a {column.name} that points nowhere. {_ASK}"


def _without_target(column: Column[Any], key: ForeignKey) -> Any:
    target = key.column.table.alias("target")
    is_there = select(target.c[key.column.name]).where(target.c[key.column.name] == column).exists()
    return select(func.count()).select_from(column.table).where(column.is_not(None), ~is_there)


def _dead_jobs(tx: Reader) -> Iterator[str]:
    if lost := job_rows.list_running(tx, is_lost=True):
        yield f"{len(lost)} replies are being written by nobody. Run “flask reap”."
    job_of = job_rows.open_job_of(messages.c.id)
    if stuck := tx.scalar(select(func.count()).where(messages.c.reply_phase.in_(OPEN_PHASES), ~job_of)):
        yield f"{stuck} replies are open without a job. Press Stop at them, or ask again."


def _no_admin(tx: Reader) -> Iterator[str]:
    can_sign_in = select(users.c.id).where(users.c.deactivated_at.is_(None))
    if tx.first(can_sign_in.limit(1)) and not tx.first(can_sign_in.where(users.c.is_admin).limit(1)):
        yield "Nobody who can sign in is an admin. Run “flask create-admin NAME”."
