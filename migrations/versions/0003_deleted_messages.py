"""An index of deleted messages, which unread counts leave out.

Revision: 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    is_deleted = sa.text("deleted_at IS NOT NULL")
    op.create_index(
        "ix_messages_room_id_seq_deleted",
        "messages",
        ["room_id", "seq"],
        sqlite_where=is_deleted,
        postgresql_where=is_deleted,
    )


def downgrade() -> None:
    op.drop_index("ix_messages_room_id_seq_deleted", "messages")
