"""Full-text search of messages: an index of their words, filled with those that are there.

Revision: 0010, after 0009.

The index is each database's own: SQLite's FTS5 is filled here, PostgreSQL's in the background after the start.
"""

import logging

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BATCH = 50_000  # messages
log = logging.getLogger("chat.db.migrate")

# What of a message is indexed. Who wrote it is one word, whatever signs a model has in its name.
WORDS = """
    {row}.content,
    {row}.room_id,
    coalesce({row}.author_id, hex(lower({row}.model))),
    CASE WHEN {row}.content GLOB '*`*`*' THEN 'code ' ELSE '' END
    || CASE WHEN {row}.content LIKE '%http://%' OR {row}.content LIKE '%https://%' THEN 'link' ELSE '' END
"""
SOURCE = f"""
CREATE VIEW message_search_source (number, content, room, author, traits) AS
SELECT search_documents.number, {WORDS.format(row="messages")}
FROM search_documents JOIN messages ON messages.id = search_documents.message_id
WHERE search_documents.is_indexed
"""
INDEX = """
CREATE VIRTUAL TABLE message_search USING fts5(
    content, room, author, traits,
    content='message_search_source', content_rowid='number', columnsize=0,
    tokenize='unicode61 remove_diacritics 2', prefix='2 3'
)
"""
# FTS5 has to be told the words that are to go, and here alone are they still known.
TAKE_OUT = f"""
    INSERT INTO message_search (message_search, rowid, content, room, author, traits)
    SELECT 'delete', number, {WORDS.format(row="old")}
    FROM search_documents WHERE message_id = old.id AND is_indexed;
    INSERT INTO search_removals (number) SELECT number FROM search_documents WHERE message_id = old.id AND is_indexed;
"""
CHANGED = f"""
CREATE TRIGGER message_search_changed AFTER UPDATE OF content, reply_phase, deleted_at ON messages
WHEN old.content IS NOT new.content OR old.reply_phase IS NOT new.reply_phase OR old.deleted_at IS NOT new.deleted_at
BEGIN {TAKE_OUT}
    UPDATE search_documents SET is_indexed = 0 WHERE message_id = old.id AND is_indexed;
END
"""
DELETED = f"""
CREATE TRIGGER message_search_deleted BEFORE DELETE ON messages
BEGIN {TAKE_OUT}
    DELETE FROM search_documents WHERE message_id = old.id;
END
"""
# The words stand in a row beside the message, as chat/db/postgres/lexemes.py spells them. A message that changes is
# indexed anew; until then it is not found. GIN's list of pending entries would be searched one by one.
POSTGRESQL = (
    """
    CREATE TABLE message_words (
        number bigint CONSTRAINT pk_message_words PRIMARY KEY
            CONSTRAINT fk_message_words_number REFERENCES search_documents (number) ON DELETE CASCADE,
        words tsvector NOT NULL
    )
    """,
    "CREATE INDEX ix_message_words_words ON message_words USING gin (words) WITH (fastupdate = off)",
    """
    CREATE FUNCTION message_search_take_out() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM message_words USING search_documents
        WHERE search_documents.message_id = old.id AND message_words.number = search_documents.number;
        UPDATE search_documents SET is_indexed = false WHERE message_id = old.id AND is_indexed;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER message_search_changed AFTER UPDATE OF content, reply_phase, deleted_at ON messages FOR EACH ROW
    WHEN (
        (old.content, old.reply_phase, old.deleted_at)
        IS DISTINCT FROM (new.content, new.reply_phase, new.deleted_at)
    )
    EXECUTE FUNCTION message_search_take_out()
    """,
)
NO_POSTGRESQL = (
    "DROP TRIGGER message_search_changed ON messages",
    "DROP FUNCTION message_search_take_out",
    "DROP TABLE message_words",
)


def upgrade() -> None:
    op.create_table(
        "search_documents",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("message_id", sa.String(26), nullable=False),
        sa.Column("is_indexed", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_search_documents"),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name="fk_search_documents_message_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("message_id", name="uq_search_documents_message_id"),
    )
    op.create_table(
        "search_marks",
        sa.Column("room_id", sa.String(26), nullable=False),
        sa.Column("rev", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("room_id", name="pk_search_marks"),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name="fk_search_marks_room_id", ondelete="CASCADE"),
    )
    op.create_table(
        "search_removals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search_removals"),
    )
    if op.get_bind().dialect.name == "sqlite":
        for statement in (SOURCE, INDEX):
            op.execute(statement)
        _fill()
        for statement in (CHANGED, DELETED):
            op.execute(statement)
    else:
        for statement in POSTGRESQL:
            op.execute(statement)


def _fill() -> None:
    """In the order in which the messages came, which is that of their ids."""
    op.execute(
        "INSERT INTO search_documents (message_id, is_indexed) SELECT id, deleted_at IS NULL AND content <> '' AND"
        " (reply_phase IS NULL OR reply_phase IN ('done', 'stopped', 'failed', 'interrupted'))"
        " FROM messages ORDER BY id"
    )
    op.execute("INSERT INTO search_marks (room_id, rev) SELECT id, last_rev FROM rooms")
    connection = op.get_bind()
    last = connection.execute(sa.text("SELECT coalesce(max(number), 0) FROM search_documents")).scalar_one()
    part = sa.text(
        "INSERT INTO message_search (rowid, content, room, author, traits)"
        " SELECT * FROM message_search_source WHERE number > :above AND number <= :last ORDER BY number"
    )
    for above in range(0, last, BATCH):
        connection.execute(part, {"above": above, "last": above + BATCH})
        log.info("%d of %d messages can be searched", min(above + BATCH, last), last)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for statement in (
            "DROP TRIGGER message_search_changed",
            "DROP TRIGGER message_search_deleted",
            "DROP TABLE message_search",
            "DROP VIEW message_search_source",
        ):
            op.execute(statement)
    else:
        for statement in NO_POSTGRESQL:
            op.execute(statement)
    for table in ("search_removals", "search_marks", "search_documents"):
        op.drop_table(table)
