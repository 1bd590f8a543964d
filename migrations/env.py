"""Alembic's entry: runs the migrations on the connection that chat/db/migrate hands over, in batch mode for SQLite."""

from alembic import context

from chat.db.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
