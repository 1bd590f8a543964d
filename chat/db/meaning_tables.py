"""What of the messages can be searched by meaning. What becomes of it: meaning_index.py, and the triggers of 0015."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from chat.db.columns import Number, metadata, room_column, time_column

# Whose vectors these are: the newest one counts. A model that comes back is a new row, its vectors are made anew.
meaning_models = Table(
    "meaning_models",
    metadata,
    Column("id", Number, primary_key=True),
    Column("model", String(200), nullable=False),
    Column("dimensions", Integer, nullable=False),
    Column("space", LargeBinary, nullable=False),
    time_column("created_at"),
)

# Some hundred messages of one room, to be looked through at once: their numbers and codes, one after the other.
meaning_blocks = Table(
    "meaning_blocks",
    metadata,
    Column("id", Number, primary_key=True),
    Column("model_id", BigInteger, ForeignKey("meaning_models.id", ondelete="CASCADE"), nullable=False),
    room_column(),
    Column("size", Integer, nullable=False),
    Column("numbers", LargeBinary, nullable=False),
    Column("codes", LargeBinary, nullable=False),
    Index("ix_meaning_blocks_room", "room_id", "model_id"),
)

# `number` is that of the full-text index. A message without a row is not found by meaning, whatever its block says.
message_meanings = Table(
    "message_meanings",
    metadata,
    Column("number", Number, ForeignKey("search_documents.number", ondelete="CASCADE"), primary_key=True),
    Column("model_id", BigInteger, ForeignKey("meaning_models.id", ondelete="CASCADE"), nullable=False),
    Column("block_id", BigInteger, nullable=False),
    Column("vector", LargeBinary, nullable=False),
)

# Of a room's changes, those after `high` and up to `low` are still to be read: new ones come first, old ones later.
meaning_marks = Table(
    "meaning_marks",
    metadata,
    room_column(primary_key=True),
    Column("low", BigInteger, nullable=False),
    Column("high", BigInteger, nullable=False),
)

# Blocks that still have the code of a message that was edited or deleted.
meaning_removals = Table(
    "meaning_removals",
    metadata,
    Column("id", Number, primary_key=True),
    Column("block_id", BigInteger, nullable=False),
)
