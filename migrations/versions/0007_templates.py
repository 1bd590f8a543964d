"""The template that a message was put into before a model read it.

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("template", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("messages", "template")
