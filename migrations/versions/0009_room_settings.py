"""Rooms are archived and deleted, say who may stop a reply, and always have an owner; members mute and mark as unread.

Revision: 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Whoever has been there longest owns a room that its last owner has left. Nobody owns the room of everybody.
_FIRST = """
UPDATE members SET role = 'owner'
WHERE user_id = (
    SELECT m.user_id FROM members AS m WHERE m.room_id = members.room_id ORDER BY m.joined_at, m.user_id LIMIT 1
)
AND room_id IN (SELECT id FROM rooms WHERE kind != 'direct' AND slug != 'general')
AND NOT EXISTS (SELECT 1 FROM members AS o WHERE o.room_id = members.room_id AND o.role = 'owner')
"""


def upgrade() -> None:
    op.add_column("rooms", sa.Column("stop_policy", sa.String(12), nullable=False, server_default="everybody"))
    op.add_column("rooms", sa.Column("archived_at", sa.BigInteger, nullable=True))
    op.add_column("rooms", sa.Column("deleted_at", sa.BigInteger, nullable=True))
    op.add_column("members", sa.Column("furthest_read_seq", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("members", sa.Column("is_muted", sa.Boolean, nullable=False, server_default=sa.false()))
    op.execute("UPDATE members SET furthest_read_seq = last_read_seq")
    op.execute(_FIRST)
    op.create_index(
        "ix_messages_reply_to",
        "messages",
        ["reply_to"],
        sqlite_where=sa.text("reply_to IS NOT NULL"),
        postgresql_where=sa.text("reply_to IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_messages_reply_to", "messages")
    op.drop_column("members", "is_muted")
    op.drop_column("members", "furthest_read_seq")
    op.drop_column("rooms", "deleted_at")
    op.drop_column("rooms", "archived_at")
    op.drop_column("rooms", "stop_policy")
