"""The vectors of messages: which of them are still to be made, and that those which are made are of what is there.

Nothing is done for it while a message is posted. As for the words, a room's `rev` says what has changed; two marks tell
what was read of it, so that what is new comes first and what was there before later, from the newest on. What is not to
be found any more is taken out by triggers, in the transaction that changes it. See decision 0023.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Row, String, bindparam, insert, select, text

from chat.db import vectors
from chat.db.meaning_tables import meaning_models
from chat.db.tables import messages, search_documents
from chat.db.unit_of_work import Reader, UnitOfWork
from chat.db.vectors import Space

BATCH = 32  # of them that are read at once, if they are short
BATCH_CHARS = 3_000
READ_CHARS = 2_000  # of a message; about what small models take

_MODEL = text("SELECT id, model, space FROM meaning_models ORDER BY id DESC LIMIT 1")
_UNKNOWN_ROOMS = """
    FROM search_marks WHERE NOT EXISTS (SELECT 1 FROM meaning_marks WHERE room_id = search_marks.room_id)
"""
_HAS_UNKNOWN_ROOMS = text(f"SELECT 1 {_UNKNOWN_ROOMS} LIMIT 1")
_BEGIN_ROOMS = text(f"INSERT INTO meaning_marks (room_id, low, high) SELECT room_id, rev, rev {_UNKNOWN_ROOMS}")
# Up to where the index of words is: that gives the numbers.
_MARKS = """
    SELECT meaning_marks.room_id, low, high, search_marks.rev FROM meaning_marks
    JOIN search_marks ON search_marks.room_id = meaning_marks.room_id
"""
_NEWER = text(f"{_MARKS} WHERE search_marks.rev > high LIMIT 1")
_OLDER = text(f"{_MARKS} WHERE low > 0 ORDER BY search_marks.rev DESC LIMIT 1")
_CHANGED = """
    SELECT messages.id, rev, substr(content, 1, :chars) AS content, number, (
        messages.deleted_at IS NULL AND content <> '' AND number IS NOT NULL
        AND (reply_phase IS NULL OR reply_phase IN ('done', 'stopped', 'failed', 'interrupted'))
        AND NOT EXISTS (
            SELECT 1 FROM message_meanings WHERE number = search_documents.number AND model_id = :model
        )
    ) AS is_wanted
    FROM messages LEFT JOIN search_documents ON message_id = messages.id
    WHERE room_id = :room AND rev > :above AND rev <= :last ORDER BY rev {way} LIMIT :limit
"""
_UPWARD, _DOWNWARD = text(_CHANGED.format(way="")), text(_CHANGED.format(way="DESC"))
_READ_OF = text("""
    SELECT last_seq, last_rev, coalesce(low, last_rev) AS low, coalesce(high, last_rev) AS high
    FROM rooms LEFT JOIN meaning_marks ON room_id = rooms.id WHERE rooms.id IN :rooms
""").bindparams(bindparam("rooms", expanding=True, type_=String))
_MARK = text("UPDATE meaning_marks SET low = :low, high = :high WHERE room_id = :room")


@dataclass(frozen=True, slots=True)
class MeaningModel:
    id: int
    name: str
    space: Space


# Keeps the vectors of messages, by their numbers, as each database does: meaning_blocks, postgres/meaning_codes.
Add = Callable[[UnitOfWork, MeaningModel, str, vectors.Numbers, vectors.Floats], None]


@dataclass(frozen=True, slots=True)
class Unread:
    """The next messages of one room whose vectors are to be made, and the room's marks for when they are."""

    room: str
    low: int
    high: int
    messages: Sequence[Row[Any]]  # id, rev, number, content


def find_model(tx: Reader) -> MeaningModel | None:
    row = tx.first(_MODEL)
    return MeaningModel(row.id, row.model, Space.from_bytes(row.space)) if row else None


def begin_model(uow: UnitOfWork, name: str, space: Space) -> None:
    """From here on the vectors are this model's: all messages are read anew."""
    row = {"model": name, "dimensions": space.dimensions, "space": space.to_bytes(), "created_at": uow.now}
    uow.execute(insert(meaning_models).values(row))
    uow.execute(text("DELETE FROM meaning_marks"))
    uow.execute(text("DELETE FROM meaning_removals"))


def begin_rooms(uow: UnitOfWork) -> None:
    """What is in a room by now is old."""
    uow.execute(_BEGIN_ROOMS)


def has_new_rooms(tx: Reader) -> bool:
    return tx.first(_HAS_UNKNOWN_ROOMS) is not None


def next_unread(tx: Reader, model: MeaningModel) -> Unread | None:
    """The newest changes first; None when all is read."""
    found = {"model": model.id, "limit": BATCH, "chars": READ_CHARS}
    if room := tx.first(_NEWER):
        rows = tx.all(_UPWARD, {**found, "room": room.room_id, "above": room.high, "last": room.rev})
        taken = _as_many_as_fit(rows)
        high = room.rev if len(taken) == len(rows) < BATCH else taken[-1].rev
        return Unread(room.room_id, room.low, high, [row for row in taken if row.is_wanted])
    if room := tx.first(_OLDER):
        rows = tx.all(_DOWNWARD, {**found, "room": room.room_id, "above": 0, "last": room.low})
        taken = _as_many_as_fit(rows)
        low = 0 if len(taken) == len(rows) < BATCH else taken[-1].rev - 1
        return Unread(room.room_id, low, room.high, [row for row in taken if row.is_wanted])
    return None


def _as_many_as_fit(rows: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    """One at least, and no more than a model reads in a moment: somebody may be waiting to search."""
    chars = itertools.accumulate(len(row.content) if row.is_wanted else 0 for row in rows)
    fitting = sum(1 for so_far in chars if so_far <= BATCH_CHARS)
    return rows[: max(1, fitting)]


def store(uow: UnitOfWork, model: MeaningModel, read: Unread, made: Sequence[Sequence[float] | None], add: Add) -> None:
    """The vectors of messages that nobody has changed meanwhile (None where the model made none), and the marks."""
    unchanged = _unchanged(uow, read)
    pairs = [
        (row.number, vector)
        for row, vector in zip(read.messages, made, strict=True)
        if vector is not None and row.number in unchanged
    ]
    if pairs:
        apart = model.space.of_passages([vector for _, vector in pairs])
        add(uow, model, read.room, np.array([number for number, _ in pairs], np.int64), apart)
    uow.execute(_MARK, {"room": read.room, "low": read.low, "high": read.high})


def _unchanged(uow: UnitOfWork, read: Unread) -> set[int]:
    """Their numbers. Until the unit ends nobody changes them."""
    found = uow.all(
        select(messages.c.id, messages.c.rev, search_documents.c.number)
        .join(search_documents, search_documents.c.message_id == messages.c.id)
        .where(messages.c.id.in_([row.id for row in read.messages]), messages.c.deleted_at.is_(None))
        .with_for_update(read=True, of=messages)
    )
    revs = {row.id: row.rev for row in read.messages}
    return {row.number for row in found if row.rev == revs[row.id]}


def count_read(tx: Reader, rooms: Sequence[str]) -> tuple[int, int]:
    """How many messages of these rooms can be found by meaning, about, and how many there are."""
    marks = tx.all(_READ_OF, {"rooms": list(rooms)})
    left = sum(row.last_seq * (row.low + row.last_rev - row.high) / max(1, row.last_rev) for row in marks)
    total = sum(row.last_seq for row in marks)
    return total - round(left), total
