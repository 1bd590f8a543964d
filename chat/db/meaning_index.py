"""The vectors of messages: which of them are still to be made, and how they come into their room's blocks.

Nothing is done for it while a message is posted. As for the words, a room's `rev` says what has changed; two marks tell
what was read of it, so that what is new comes first and what was there before later, from the newest on. What is not to
be found any more is taken out by triggers, in the transaction that changes it. See decision 0023.
"""

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Row, insert, text

from chat.db import vectors
from chat.db.meaning_tables import meaning_models
from chat.db.unit_of_work import Reader, UnitOfWork
from chat.db.vectors import Space

BLOCK = 512  # messages
BATCH = 32  # of them that are read at once, if they are short
BATCH_CHARS = 3_000
READ_CHARS = 2_000  # of a message; about what small models take
OLD_BLOCKS = 50  # of another model, taken out in one unit

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
_MARK = text("UPDATE meaning_marks SET low = :low, high = :high WHERE room_id = :room")
_UNCHANGED = text("""
    SELECT number FROM json_each(:made) CROSS JOIN messages ON messages.id = json_extract(value, '$[0]')
    JOIN search_documents ON message_id = messages.id
    WHERE rev = json_extract(value, '$[1]') AND deleted_at IS NULL
""")
_OPEN_BLOCK = text("""
    SELECT id, numbers, codes FROM meaning_blocks
    WHERE room_id = :room AND model_id = :model AND size < :full ORDER BY id DESC LIMIT 1
""")
_NEW_BLOCK = text("""
    INSERT INTO meaning_blocks (model_id, room_id, size, numbers, codes) VALUES (:model, :room, 0, x'', x'')
    RETURNING id, numbers, codes
""")
_FILL_BLOCK = text("UPDATE meaning_blocks SET size = :size, numbers = :numbers, codes = :codes WHERE id = :id")
_KEEP = text("""
    INSERT INTO message_meanings (number, model_id, block_id, vector) VALUES (:number, :model, :block, :vector)
    ON CONFLICT (number) DO UPDATE
    SET model_id = excluded.model_id, block_id = excluded.block_id, vector = excluded.vector
""")


@dataclass(frozen=True, slots=True)
class MeaningModel:
    id: int
    name: str
    space: Space


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


def store(uow: UnitOfWork, model: MeaningModel, read: Unread, made: Sequence[Sequence[float] | None]) -> None:
    """The vectors of messages that nobody has changed meanwhile (None where the model made none), and the marks."""
    ids = json.dumps([[row.id, row.rev] for row in read.messages])
    unchanged = {row.number for row in uow.all(_UNCHANGED, {"made": ids})} if read.messages else set()
    pairs = [
        (row.number, vector)
        for row, vector in zip(read.messages, made, strict=True)
        if vector is not None and row.number in unchanged
    ]
    if pairs:
        apart = model.space.of_passages([vector for _, vector in pairs])
        _add(uow, model, read.room, np.array([number for number, _ in pairs], np.int64), apart)
    uow.execute(_MARK, {"room": read.room, "low": read.low, "high": read.high})


def _add(uow: UnitOfWork, model: MeaningModel, room: str, numbers: vectors.Numbers, apart: vectors.Floats) -> None:
    """Into the room's last block, and when that is full into another one."""
    where = {"room": room, "model": model.id}
    codes = model.space.codes(apart)
    start = 0
    while start < len(numbers):
        block = uow.first(_OPEN_BLOCK, {**where, "full": BLOCK}) or uow.first(_NEW_BLOCK, where)
        assert block
        known = vectors.numbers_from_bytes(block.numbers)
        end = start + BLOCK - len(known)
        filled = np.concatenate([known, numbers[start:end]])
        known_codes = vectors.codes_from_bytes(block.codes, model.space.words)
        _fill(uow, block.id, filled, np.concatenate([known_codes, codes[start:end]]))
        kept = [
            {"number": int(number), "model": model.id, "block": block.id, "vector": vectors.pack(one)}
            for number, one in zip(numbers[start:end], apart[start:end], strict=True)
        ]
        uow.execute(_KEEP, kept)
        start = end


def _fill(uow: UnitOfWork, block: int, numbers: vectors.Numbers, codes: vectors.Codes) -> None:
    stored = {"numbers": vectors.numbers_to_bytes(numbers), "codes": vectors.codes_to_bytes(codes)}
    uow.execute(_FILL_BLOCK, {"id": block, "size": len(numbers), **stored})


def has_leftovers(tx: Reader, model: MeaningModel) -> bool:
    """Whether `tidy` has anything to do."""
    old = text("SELECT 1 FROM meaning_blocks WHERE model_id <> :model LIMIT 1")
    return bool(tx.first(text("SELECT 1 FROM meaning_removals LIMIT 1")) or tx.first(old, {"model": model.id}))


def tidy(uow: UnitOfWork, model: MeaningModel) -> None:
    """Takes out of a few blocks what was edited or deleted, and a few blocks of another model altogether."""
    dirty = uow.all(text("SELECT block_id, max(id) AS last FROM meaning_removals GROUP BY block_id LIMIT 10"))
    for block in dirty:
        _tidy_block(uow, model, block.block_id)
        done = {"block": block.block_id, "last": block.last}
        uow.execute(text("DELETE FROM meaning_removals WHERE block_id = :block AND id <= :last"), done)
    old = text(
        "DELETE FROM meaning_blocks WHERE id IN (SELECT id FROM meaning_blocks WHERE model_id <> :model LIMIT :most)"
    )
    uow.execute(old, {"model": model.id, "most": OLD_BLOCKS})


def _tidy_block(uow: UnitOfWork, model: MeaningModel, block_id: int) -> None:
    mine = {"id": block_id, "model": model.id}
    block = uow.first(text("SELECT numbers, codes FROM meaning_blocks WHERE id = :id AND model_id = :model"), mine)
    if block is None:
        return
    numbers = vectors.numbers_from_bytes(block.numbers)
    there = text("""
        SELECT number FROM json_each(:numbers) CROSS JOIN message_meanings ON number = value
        WHERE block_id = :id AND model_id = :model
    """)
    kept = {row.number for row in uow.all(there, {**mine, "numbers": json.dumps(numbers.tolist())})}
    last = {int(number): place for place, number in enumerate(numbers)}  # an edited one may be there twice
    places = [place for number, place in last.items() if number in kept]
    codes = vectors.codes_from_bytes(block.codes, model.space.words)
    _fill(uow, block_id, numbers[places], codes[places])


def count_read(tx: Reader, rooms: Sequence[str]) -> tuple[int, int]:
    """How many messages of these rooms can be found by meaning, about, and how many there are."""
    marks = tx.all(
        text("""
        SELECT last_seq, last_rev, coalesce(low, last_rev) AS low, coalesce(high, last_rev) AS high
        FROM rooms LEFT JOIN meaning_marks ON room_id = rooms.id
        WHERE rooms.id IN (SELECT value FROM json_each(:rooms))
        """),
        {"rooms": json.dumps(list(rooms))},
    )
    left = sum(row.last_seq * (row.low + row.last_rev - row.high) / max(1, row.last_rev) for row in marks)
    total = sum(row.last_seq for row in marks)
    return total - round(left), total
