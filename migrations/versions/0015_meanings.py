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


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in TRIGGERS:
            op.execute(f"DROP TRIGGER {name}")
    for table in ("meaning_removals", "meaning_marks", "message_meanings", "meaning_blocks", "meaning_models"):
        op.drop_table(table)
