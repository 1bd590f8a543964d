"""The table of the lines in front of the backends."""

from sqlalchemy import JSON, BigInteger, Column, String, Table

from chat.db.columns import metadata

# Who asks a backend and who waits for it, over all processes; `state` is as `jobs/shared_line.py` writes it.
lines = Table(
    "lines",
    metadata,
    Column("backend", String(64), primary_key=True),
    Column("rev", BigInteger, nullable=False),
    Column("state", JSON, nullable=False),
)
