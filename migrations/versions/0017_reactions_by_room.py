"""The reactions of a room are found without looking at those of others.

Revision: 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reactions", sa.Column("room_id", sa.String(26), nullable=True))
    op.execute("UPDATE reactions SET room_id = (SELECT room_id FROM messages WHERE messages.id = reactions.message_id)")
    with op.batch_alter_table("reactions") as batch:
        batch.alter_column("room_id", existing_type=sa.String(26), nullable=False)
        batch.create_foreign_key("fk_reactions_room_id", "rooms", ["room_id"], ["id"], ondelete="CASCADE")
        batch.create_index("ix_reactions_room_id_message_id", ["room_id", "message_id"])


def downgrade() -> None:
    with op.batch_alter_table("reactions") as batch:
        batch.drop_index("ix_reactions_room_id_message_id")
        batch.drop_constraint("fk_reactions_room_id", type_="foreignkey")
        batch.drop_column("room_id")
