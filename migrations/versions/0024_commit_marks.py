"""What tells a unit of work whether its commit was done, if the connection breaks in the middle of it.

Revision: 0024, after 0023.

PostgreSQL's alone (chat/db/postgres/commit_marks.py): SQLite has no connection that could break.
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("""
            CREATE TABLE commit_marks (
                connection varchar(26) CONSTRAINT pk_commit_marks PRIMARY KEY,
                unit varchar(26) NOT NULL,
                marked_at bigint NOT NULL
            )
        """)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TABLE commit_marks")
