"""The full-text index of messages on PostgreSQL: what goes into it. What comes out of it does so by triggers (0010).

As on SQLite nothing is indexed while a message is posted, and a room's `rev` tells what has changed: see decision 0015.
"""

from typing import Any

from sqlalchemy import Row, text

from chat.db.lock_order import WORD_INDEX
from chat.db.message_index import next_batch
from chat.db.postgres.lexemes import vector
from chat.db.unit_of_work import Database, UnitOfWork

# Nobody changes the texts between here and the commit, or words that are gone would be found for good.
_READ = text("""
    SELECT id, room_id, author_id, model, content,
        reply #>> '{agent,id}' AS agent_id, reply #>> '{agent,handle}' AS agent_handle
    FROM messages
    WHERE id = ANY(:ids) AND deleted_at IS NULL AND content <> ''
        AND (reply_phase IS NULL OR reply_phase IN ('done', 'stopped', 'failed', 'interrupted'))
    ORDER BY id FOR SHARE
""")
_GIVE_NUMBERS = text("""
    INSERT INTO search_documents (message_id, is_indexed)
    SELECT id, false FROM messages WHERE id = ANY(:ids) ORDER BY id
    ON CONFLICT (message_id) DO NOTHING
""")
_CLAIM = text("""
    UPDATE search_documents SET is_indexed = true WHERE message_id = ANY(:ids) AND NOT is_indexed
    RETURNING number, message_id
""")
_INDEX = text("INSERT INTO message_words (number, words) VALUES (:number, CAST(:words AS tsvector))")


def index_changes(uow: UnitOfWork) -> bool:
    """Takes up the next messages that have changed; whether there may be more."""
    uow.alone(WORD_INDEX)  # so that numbers are given in the order in which they are seen
    batch = next_batch(uow)
    if batch.ids:
        rows = {row.id: row for row in uow.all(_READ, {"ids": batch.ids})}
        uow.execute(_GIVE_NUMBERS, {"ids": batch.ids})
        claimed = uow.all(_CLAIM, {"ids": list(rows)}) if rows else ()
        words = [{"number": new.number, "words": _words(rows[new.message_id])} for new in claimed]
        if words:
            uow.execute(_INDEX, words)
    return batch.is_full


def _words(message: Row[Any]) -> str:
    authors = (message.author_id or message.model, message.agent_id, message.agent_handle)
    marks = [author_mark(author) for author in authors if author]
    return vector(message.content, [room_mark(message.room_id), *marks, *map(trait_mark, _traits(message.content))])


def _traits(content: str) -> list[str]:
    lower = content.lower()
    has_link = "http://" in lower or "https://" in lower
    return [trait for trait, is_there in (("code", content.count("`") >= 2), ("link", has_link)) if is_there]


def room_mark(room_id: str) -> str:
    """No word has a colon in it."""
    return f"room:{room_id}"


def author_mark(author: str) -> str:
    """A person's or an agent's id, an agent's handle, or a model's name, which is looked for in small letters."""
    return f"author:{author.lower()}"


def trait_mark(trait: str) -> str:
    return f"has:{trait}"


def clean(_: Database) -> None:
    """Nothing: PostgreSQL frees by itself what was taken out (autovacuum)."""
