"""The full-text index of messages (SQLite's FTS5): what goes into it, and out of its file. See decision 0015.

Nothing is indexed while a message is posted: every change takes its room's next rev, and `index_changes` takes up what
lies past a room's mark. What is not to be found any more is taken out by triggers, in the transaction that changes it.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, text

from chat.db.unit_of_work import Database, Reader, UnitOfWork

BATCH = 250  # messages that are indexed in one unit: some 8 ms, in which nobody else writes
BATCH_CHARS = 200_000  # and about so many of text, however few messages they are in
MERGED_PAGES = 100  # of the index, in one unit of cleaning

_CHANGED_ROOMS = text("""
    SELECT rooms.id, rooms.last_rev, coalesce(search_marks.rev, 0) AS rev
    FROM rooms LEFT JOIN search_marks ON search_marks.room_id = rooms.id
    WHERE rooms.last_rev > coalesce(search_marks.rev, 0)
""")
_CHANGED = text("""
    SELECT id, rev, length(content) AS chars FROM messages
    WHERE room_id = :room AND rev > :known ORDER BY rev LIMIT :limit
""")
_GIVE_NUMBERS = text("""
    INSERT INTO search_documents (message_id, is_indexed)
    SELECT value, 0 FROM json_each(:ids) WHERE true ORDER BY value
    ON CONFLICT (message_id) DO NOTHING
""")
_CLAIM = text("""
    UPDATE search_documents SET is_indexed = 1
    WHERE message_id IN (SELECT value FROM json_each(:ids)) AND NOT is_indexed AND EXISTS (
        SELECT 1 FROM messages WHERE id = message_id AND deleted_at IS NULL AND content <> ''
        AND (reply_phase IS NULL OR reply_phase IN ('done', 'stopped', 'failed', 'interrupted'))
    )
    RETURNING number
""")
# In one statement: FTS5 writes what it has gathered at the end of each, which is most of the work.
_INDEX = text("""
    INSERT INTO message_search (rowid, content, room, author, traits, characters)
    SELECT * FROM message_search_source WHERE number IN (SELECT value FROM json_each(:numbers)) ORDER BY number
""")
_MARK = text("""
    INSERT INTO search_marks (room_id, rev) VALUES (:room, :rev)
    ON CONFLICT (room_id) DO UPDATE SET rev = excluded.rev
""")


@dataclass(slots=True)
class Batch:
    """Messages that are indexed in one unit; `rev` is that of the last."""

    ids: list[str] = field(default_factory=list)
    chars: int = 0
    rev: int = 0

    @property
    def is_full(self) -> bool:
        return len(self.ids) >= BATCH or self.chars >= BATCH_CHARS

    def fill(self, rows: Iterable[Row[Any]]) -> None:
        for row in rows:
            if self.is_full:
                break
            self.ids.append(row.id)
            self.chars, self.rev = self.chars + row.chars, row.rev


def index_changes(uow: UnitOfWork) -> bool:
    """Takes up the next messages that have changed; whether there may be more."""
    batch = next_batch(uow)
    if batch.ids:
        ids = {"ids": json.dumps(batch.ids)}
        uow.execute(_GIVE_NUMBERS, ids)
        numbers = [row.number for row in uow.all(_CLAIM, ids)]
        uow.execute(_INDEX, {"numbers": json.dumps(numbers)})
    return batch.is_full


def next_batch(uow: UnitOfWork) -> Batch:
    """The next messages that have changed; the marks of their rooms are past them."""
    batch = Batch()
    for room in uow.all(_CHANGED_ROOMS):
        batch.fill(uow.all(_CHANGED, {"room": room.id, "known": room.rev, "limit": BATCH - len(batch.ids)}))
        uow.execute(_MARK, {"room": room.id, "rev": batch.rev if batch.is_full else room.last_rev})
        if batch.is_full:
            break
    return batch


def has_changes(tx: Reader) -> bool:
    """Whether `index_changes` has anything to do."""
    return tx.first(_CHANGED_ROOMS) is not None


def last_removal(tx: Reader) -> int | None:
    """Since the index was cleaned last; None if nothing was taken out of it."""
    found = tx.scalar(text("SELECT max(id) FROM search_removals"))
    return None if found is None else int(found)


def clean(db: Database) -> None:
    """Takes words that were deleted or edited away out of the file, if there are any."""
    with db.read() as read:
        last = last_removal(read)
    if last is None:
        return
    begins = has_more = True
    while has_more:
        with db.write() as uow:
            has_more = _merge(uow, begins=begins) or begins
        begins = False
    with db.write() as uow:
        uow.execute(text("DELETE FROM search_removals WHERE id <= :last"), {"last": last})


def _merge(uow: UnitOfWork, *, begins: bool) -> bool:
    """Writes a part of the index anew, without the words that were taken out of it; whether there is more to do.

    FTS5 only notes that a word is gone; it leaves the file when the parts of the index that know it are merged.
    """
    before = uow.scalar(text("SELECT total_changes()"))
    merge = text("INSERT INTO message_search (message_search, rank) VALUES ('merge', :pages)")
    uow.execute(merge, {"pages": -MERGED_PAGES if begins else MERGED_PAGES})
    return int(uow.scalar(text("SELECT total_changes()")) - before) >= 2
