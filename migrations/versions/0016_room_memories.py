"""What is noted of a room's older messages.

Revision: 0016, after 0015.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "room_memories",
        sa.Column("room_id", sa.String(26), sa.ForeignKey("rooms.id", ondelete="CASCADE"), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("from_seq", sa.BigInteger(), nullable=False),
        sa.Column("kept_up_to", sa.BigInteger(), nullable=False),
        sa.Column("up_to_seq", sa.BigInteger(), nullable=False),
        sa.Column("is_doubtful", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("model", sa.String(200), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=True),
        sa.Column("edited_by", sa.String(26), sa.ForeignKey("users.id", ondelete="SET NULL"), nullable=True),
        sa.Column("edited_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("room_id", name="pk_room_memories"),
    )


def downgrade() -> None:
    op.drop_table("room_memories")
