"""Addresses that rooms post to, and what is to be delivered there.

Revision: 0023, after 0022.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outgoing_hooks",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("room_id", sa.String(26), sa.ForeignKey("rooms.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.Column("wants_messages", sa.Boolean(), nullable=False),
        sa.Column("wants_replies", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.String(26), sa.ForeignKey("users.id", ondelete="SET NULL"), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_delivered_at", sa.BigInteger(), nullable=True),
        sa.Column("failing_since", sa.BigInteger(), nullable=True),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.Column("last_error", sa.String(200), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outgoing_hooks"),
    )
    op.create_index("ix_outgoing_hooks_room_id", "outgoing_hooks", ["room_id"])
    op.create_table(
        "hook_deliveries",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("hook_id", sa.String(26), sa.ForeignKey("outgoing_hooks.id", ondelete="CASCADE"), nullable=False),
        sa.Column("message_id", sa.String(26), sa.ForeignKey("messages.id", ondelete="CASCADE"), nullable=False),
        sa.Column("event", sa.String(8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hook_deliveries"),
    )
    op.create_index("ix_hook_deliveries_hook_id_id", "hook_deliveries", ["hook_id", "id"])
    op.create_index("ix_hook_deliveries_message_id", "hook_deliveries", ["message_id"])


def downgrade() -> None:
    op.drop_table("hook_deliveries")
    op.drop_table("outgoing_hooks")
