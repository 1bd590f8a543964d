"""Bots, and addresses by which programs post into rooms.

Revision: 0022, after 0021.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("is_bot", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("messages", sa.Column("author_name", sa.String(80), nullable=True))
    op.create_table(
        "incoming_hooks",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("room_id", sa.String(26), sa.ForeignKey("rooms.id", ondelete="CASCADE"), nullable=False),
        sa.Column("bot_id", sa.String(26), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("prefix", sa.String(16), nullable=False),
        sa.Column("created_by", sa.String(26), sa.ForeignKey("users.id", ondelete="SET NULL"), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_incoming_hooks"),
        sa.UniqueConstraint("secret_hash", name="uq_incoming_hooks_secret_hash"),
    )
    op.create_index("ix_incoming_hooks_room_id", "incoming_hooks", ["room_id"])


def downgrade() -> None:
    op.drop_table("incoming_hooks")
    op.drop_column("messages", "author_name")
    op.drop_column("users", "is_bot")
