"""The audit log, when people were last seen, and passwords that must be changed.

Revision: 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("action", sa.String(24), nullable=False),
        sa.Column("actor_id", sa.String(26), nullable=True),
        sa.Column("actor_username", sa.String(32), nullable=False),
        sa.Column("actor_name", sa.String(80), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("target_id", sa.String(200), nullable=True),
        sa.Column("target_name", sa.String(200), nullable=False),
        sa.Column("detail", sa.String(200), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_created_at", "audit", ["created_at"])
    op.add_column("users", sa.Column("last_seen_at", sa.BigInteger, nullable=True))
    op.add_column("users", sa.Column("must_change_password", sa.Boolean, nullable=False, server_default=sa.false()))
    op.execute(
        "UPDATE users SET last_seen_at = (SELECT max(last_seen_at) FROM sessions WHERE sessions.user_id = users.id)"
    )


def downgrade() -> None:
    op.drop_column("users", "must_change_password")
    op.drop_column("users", "last_seen_at")
    op.drop_table("audit")
