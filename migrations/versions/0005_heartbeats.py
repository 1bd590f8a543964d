"""Jobs say how far they are, and that somebody works on them.

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("heartbeat_at", sa.BigInteger, nullable=True))
    op.execute("UPDATE jobs SET heartbeat_at = started_at, state = 'generating' WHERE state = 'running'")


def downgrade() -> None:
    op.execute("UPDATE jobs SET state = 'running' WHERE state IN ('loading', 'prompt', 'generating')")
    op.drop_column("jobs", "heartbeat_at")
