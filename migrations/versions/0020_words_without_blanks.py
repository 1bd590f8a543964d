"""Chinese and Japanese are found by any part of a sentence.

Revision: 0020, after 0019.

A table of FTS5 gets no further column, so the index is made anew: a minute for two million messages.
"""

import logging

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

BATCH = 50_000  # messages
PART = 100  # characters that are taken apart at once, or a long text would be walked through for each of them
MOST = 20_000  # characters of a message that are
log = logging.getLogger("chat.db.migrate")

# What of a message is indexed. Who wrote it is one word, whatever signs a model has in its name.
_WORDS = """
    {row}.content,
    {row}.room_id,
    coalesce({row}.author_id, hex(lower({row}.model)))
    || coalesce(' ' || json_extract({row}.reply, '$.agent.id'), '')
    || coalesce(' ' || hex(json_extract({row}.reply, '$.agent.handle')), ''),
    CASE WHEN {row}.content GLOB '*`*`*' THEN 'code ' ELSE '' END
    || CASE WHEN {row}.content LIKE '%http://%' OR {row}.content LIKE '%https://%' THEN 'link' ELSE '' END
"""
# A text with Chinese or Japanese in it once more, with a sign after each character that makes it a word of its own.
# FTS5 looks into no other virtual table, so there are lists of numbers in place of json_each. LIMIT -1: or SQLite
# would make one query of both.
_CHARACTERS = """
    CASE
        WHEN length(CAST({row}.content AS BLOB)) = length({row}.content) THEN ''
        WHEN NOT {row}.content GLOB '*[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0002ffff]*' THEN ''
        ELSE (
            SELECT group_concat(substr(part.content, place.column1, 1), char(3))
            FROM (
                SELECT substr({row}.content, column1, {size}) AS content FROM (VALUES {parts})
                WHERE column1 <= length({row}.content) LIMIT -1
            ) AS part
            CROSS JOIN (VALUES {places}) AS place
            WHERE place.column1 <= length(part.content)
        )
    END
"""


def upgrade() -> None:
    _make_anew(", characters", ", " + _CHARACTERS)


def downgrade() -> None:
    _make_anew("", "")


def _make_anew(column: str, words: str) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    columns = "content, room, author, traits" + column
    for what in ("TRIGGER message_search_changed", "TRIGGER message_search_deleted", "TABLE message_search"):
        op.execute(f"DROP {what}")
    op.execute("DROP VIEW message_search_source")
    op.execute(
        f"CREATE VIEW message_search_source (number, {columns}) AS"
        f" SELECT search_documents.number, {_words('messages', words)}"
        " FROM search_documents JOIN messages ON messages.id = search_documents.message_id"
        " WHERE search_documents.is_indexed"
    )
    op.execute(
        f"CREATE VIRTUAL TABLE message_search USING fts5({columns}, content='message_search_source',"
        " content_rowid='number', columnsize=0, tokenize='unicode61 remove_diacritics 2', prefix='2 3')"
    )
    _fill(columns)
    for trigger in _triggers(columns, _words("old", words)):
        op.execute(trigger)


def _words(row: str, words: str) -> str:
    parts, places = (", ".join(f"({n})" for n in numbers) for numbers in (range(1, MOST, PART), range(1, PART + 1)))
    return (_WORDS + words).format(row=row, size=PART, parts=parts, places=places)


def _fill(columns: str) -> None:
    connection = op.get_bind()
    last = connection.execute(sa.text("SELECT coalesce(max(number), 0) FROM search_documents")).scalar_one()
    part = sa.text(
        f"INSERT INTO message_search (rowid, {columns})"
        " SELECT * FROM message_search_source WHERE number > :above AND number <= :last ORDER BY number"
    )
    for above in range(0, last, BATCH):
        connection.execute(part, {"above": above, "last": above + BATCH})
        log.info("%d of %d messages can be searched", min(above + BATCH, last), last)


def _triggers(columns: str, words: str) -> tuple[str, str]:
    """FTS5 has to be told the words that are to go, and here alone are they still known."""
    take_out = f"""
    INSERT INTO message_search (message_search, rowid, {columns})
    SELECT 'delete', number, {words} FROM search_documents WHERE message_id = old.id AND is_indexed;
    INSERT INTO search_removals (number) SELECT number FROM search_documents WHERE message_id = old.id AND is_indexed;
    """
    changed = f"""
    CREATE TRIGGER message_search_changed AFTER UPDATE OF content, reply_phase, deleted_at ON messages
    WHEN old.content IS NOT new.content OR old.reply_phase IS NOT new.reply_phase
        OR old.deleted_at IS NOT new.deleted_at
    BEGIN {take_out}
        UPDATE search_documents SET is_indexed = 0 WHERE message_id = old.id AND is_indexed;
    END
    """
    deleted = f"""
    CREATE TRIGGER message_search_deleted BEFORE DELETE ON messages
    BEGIN {take_out}
        DELETE FROM search_documents WHERE message_id = old.id;
    END
    """
    return changed, deleted
