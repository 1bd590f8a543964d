"""Reactions to messages, and pinned messages.

Revision: 0002, after 0001.

The columns are added in place: SQLite's way of rewriting a table would drop the old one, and with it all that refers to
its rows.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reactions",
        sa.Column("message_id", sa.String(length=26), nullable=False),
        sa.Column("user_id", sa.String(length=26), nullable=False),
        sa.Column("emoji", sa.String(length=64), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_reactions_message_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_reactions_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("message_id", "user_id", "emoji", name="pk_reactions"),
    )
    op.add_column("messages", sa.Column("pinned_at", sa.BigInteger(), nullable=True))
    op.execute(  # Alembic would leave the name of the constraint out
        "ALTER TABLE messages ADD COLUMN pinned_by VARCHAR(26) "
        "CONSTRAINT fk_messages_pinned_by REFERENCES users (id) ON DELETE SET NULL"
    )
    is_pinned = sa.text("pinned_at IS NOT NULL")
    op.create_index(
        "ix_messages_room_id_pinned_at",
        "messages",
        ["room_id", "pinned_at"],
        sqlite_where=is_pinned,
        postgresql_where=is_pinned,
    )


def downgrade() -> None:
    op.drop_index("ix_messages_room_id_pinned_at", "messages")
    op.drop_column("messages", "pinned_by")
    op.drop_column("messages", "pinned_at")
    op.drop_table("reactions")
