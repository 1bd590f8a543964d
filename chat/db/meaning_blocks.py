"""How SQLite keeps vectors: each in a row, and their codes in their room's blocks, to be looked through at once."""

import json

import numpy as np
from sqlalchemy import text

from chat.db import vectors
from chat.db.meaning_index import MeaningModel
from chat.db.unit_of_work import Reader, UnitOfWork

BLOCK = 512  # messages
OLD_BLOCKS = 50  # of another model, taken out in one unit

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


def add(uow: UnitOfWork, model: MeaningModel, room: str, numbers: vectors.Numbers, apart: vectors.Floats) -> None:
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
