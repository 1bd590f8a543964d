"""Messages as vectors, so that they can be searched by meaning. Nothing is filled in here: that takes a model.

Revision: 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
# What is deleted or edited is out of the search at once. Its block is tidied later: see chat/db/meaning_index.py.
TRIGGERS = {
    "message_meaning_changed": """
        AFTER UPDATE OF content, reply_phase, deleted_at ON messages
        WHEN old.content IS NOT new.content OR old.reply_phase IS NOT new.reply_phase
            OR old.deleted_at IS NOT new.deleted_at
        BEGIN
            DELETE FROM message_meanings
            WHERE number = (SELECT number FROM search_documents WHERE message_id = old.id);
        END
    """,
    "message_meaning_removed": """
        AFTER DELETE ON message_meanings
        BEGIN
            INSERT INTO meaning_removals (block_id) VALUES (old.block_id);
        END
    """,
}
# PostgreSQL compares codes by itself (chat/db/postgres/meaning_codes.py), so they stand in rows and not in blocks.
POSTGRESQL = (
    """
    CREATE TABLE meaning_codes (
        number bigint CONSTRAINT pk_meaning_codes PRIMARY KEY
            CONSTRAINT fk_meaning_codes_number REFERENCES message_meanings (number) ON DELETE CASCADE,
        room_id varchar(26) NOT NULL,
        model_id bigint NOT NULL,
        code bit varying NOT NULL
    )
    """,
    "CREATE INDEX ix_meaning_codes_room ON meaning_codes (room_id, model_id)",
    """
    CREATE FUNCTION message_meaning_take_out() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM message_meanings USING search_documents
        WHERE search_documents.message_id = old.id AND message_meanings.number = search_documents.number;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER message_meaning_changed AFTER UPDATE OF content, reply_phase, deleted_at ON messages FOR EACH ROW
    WHEN (
        (old.content, old.reply_phase, old.deleted_at)
        IS DISTINCT FROM (new.content, new.reply_phase, new.deleted_at)
    )
    EXECUTE FUNCTION message_meaning_take_out()
    """,
)
NO_POSTGRESQL = (
    "DROP TRIGGER message_meaning_changed ON messages",
    "DROP FUNCTION message_meaning_take_out",
    "DROP TABLE meaning_codes",
)


def upgrade() -> None:
    op.create_table(
        "meaning_models",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("dimensions", sa.Integer, nullable=False),
        sa.Column("space", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_meaning_models"),
    )
    op.create_table(
        "meaning_blocks",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("model_id", sa.BigInteger, nullable=False),
        sa.Column("room_id", sa.String(26), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("numbers", sa.LargeBinary, nullable=False),
        sa.Column("codes", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_meaning_blocks"),
        sa.ForeignKeyConstraint(
            ["model_id"], ["meaning_models.id"], name="fk_meaning_blocks_model_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name="fk_meaning_blocks_room_id", ondelete="CASCADE"),
    )
    op.create_index("ix_meaning_blocks_room", "meaning_blocks", ["room_id", "model_id"])
    op.create_table(
        "message_meanings",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("model_id", sa.BigInteger, nullable=False),
        sa.Column("block_id", sa.BigInteger, nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_message_meanings"),
        sa.ForeignKeyConstraint(
            ["number"], ["search_documents.number"], name="fk_message_meanings_number", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["model_id"], ["meaning_models.id"], name="fk_message_meanings_model_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "meaning_marks",
        sa.Column("room_id", sa.String(26), nullable=False),
        sa.Column("low", sa.BigInteger, nullable=False),
        sa.Column("high", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("room_id", name="pk_meaning_marks"),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name="fk_meaning_marks_room_id", ondelete="CASCADE"),
    )
    op.create_table(
        "meaning_removals",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("block_id", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_meaning_removals"),
    )
    if op.get_bind().dialect.name == "sqlite":
        for name, words in TRIGGERS.items():
            op.execute(f"CREATE TRIGGER {name} {words}")
    else:
        for statement in POSTGRESQL:
            op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in TRIGGERS:
            op.execute(f"DROP TRIGGER {name}")
    else:
        for statement in NO_POSTGRESQL:
            op.execute(statement)
    for table in ("meaning_removals", "meaning_marks", "message_meanings", "meaning_blocks", "meaning_models"):
        op.drop_table(table)
