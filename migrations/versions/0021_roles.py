"""What people are on the server beside admins: moderators, members, guests.

Revision: 0021, after 0020.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("role", sa.String(12), nullable=False, server_default="member"))


def downgrade() -> None:
    op.drop_column("users", "role")
