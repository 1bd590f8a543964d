"""Templates of rooms and of people, in versions.

Revision: 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def _reference(column: str, target: str, ondelete: str, *, nullable: bool = True) -> sa.Column[str]:
    return sa.Column(column, sa.String(26), sa.ForeignKey(target, ondelete=ondelete), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "templates",
        sa.Column("id", sa.String(26), primary_key=True),
        _reference("room_id", "rooms.id", "CASCADE"),
        _reference("owner_id", "users.id", "CASCADE"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
    )
    op.create_index("ix_templates_room_id", "templates", ["room_id"])
    op.create_index("ix_templates_owner_id", "templates", ["owner_id"])
    op.create_table(
        "template_versions",
        sa.Column("template_id", sa.String(26), sa.ForeignKey("templates.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("content", sa.JSON(), nullable=False),
        _reference("author_id", "users.id", "SET NULL"),
        sa.Column("is_used", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("template_versions")
    op.drop_table("templates")
