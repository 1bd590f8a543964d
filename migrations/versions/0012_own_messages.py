"""What somebody wrote in one room is found without looking at what others wrote there.

Revision: 0012, after 0011.
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_messages_author_id_room_id_seq", "messages", ["author_id", "room_id", "seq", "deleted_at"])


def downgrade() -> None:
    op.drop_index("ix_messages_author_id_room_id_seq", "messages")
