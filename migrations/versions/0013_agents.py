"""Agents, which rooms they are in, and the steps of their runs.

Revision: 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agents",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("handle", sa.String(32), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("description", sa.String(200), nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("system", sa.Text, nullable=False),
        sa.Column("template", sa.String(64), nullable=True),
        sa.Column("speaks", sa.String(8), nullable=False),
        sa.Column("room_id", sa.String(26), sa.ForeignKey("rooms.id", ondelete="CASCADE"), nullable=True),
        sa.Column("created_by", sa.String(26), sa.ForeignKey("users.id", ondelete="SET NULL"), nullable=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agents"),
        sa.UniqueConstraint("handle", name="uq_agents_handle"),
    )
    op.create_index("ix_agents_room_id", "agents", ["room_id"])
    op.create_table(
        "room_agents",
        sa.Column("room_id", sa.String(26), sa.ForeignKey("rooms.id", ondelete="CASCADE"), nullable=False),
        sa.Column("agent_id", sa.String(26), sa.ForeignKey("agents.id", ondelete="CASCADE"), nullable=False),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("room_id", "agent_id", name="pk_room_agents"),
    )
    op.create_index("ix_room_agents_agent_id", "room_agents", ["agent_id"])
    op.create_table(
        "run_steps",
        sa.Column("run_id", sa.String(26), nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("message_id", sa.String(26), sa.ForeignKey("messages.id", ondelete="CASCADE"), nullable=False),
        sa.Column("room_id", sa.String(26), sa.ForeignKey("rooms.id", ondelete="CASCADE"), nullable=False),
        sa.Column("agent", sa.String(32), nullable=False),
        sa.Column("action", sa.String(8), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("data", sa.JSON, nullable=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "step", name="pk_run_steps"),
    )
    op.create_index("ix_run_steps_message_id", "run_steps", ["message_id"])


def downgrade() -> None:
    for table in ("run_steps", "room_agents", "agents"):
        op.drop_table(table)
