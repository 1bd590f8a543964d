"""The table of what is noted of a room's older messages."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, String, Table, Text, false, true

from chat.db.columns import metadata, room_column, time_column

# `kept` are people's words, which no model changes, and tell of the messages up to `kept_up_to`; `text` is a model's,
# and goes on from there up to `up_to_seq`. A room without a row has no note yet, and will have one.
room_memories = Table(
    "room_memories",
    metadata,
    room_column(primary_key=True),
    Column("is_on", Boolean, nullable=False, default=True, server_default=true()),
    Column("version", Integer, nullable=False),
    Column("kept", Text, nullable=False, default=""),
    Column("text", Text, nullable=False, default=""),
    Column("from_seq", BigInteger, nullable=False, default=0),
    Column("kept_up_to", BigInteger, nullable=False, default=0),
    Column("up_to_seq", BigInteger, nullable=False, default=0),
    Column("is_doubtful", Boolean, nullable=False, default=False, server_default=false()),
    Column("model", String(200), nullable=True),
    time_column("made_at", nullable=True),
    Column("edited_by", String(26), ForeignKey("users.id", ondelete="SET NULL"), nullable=True),
    time_column("edited_at", nullable=True),
)
