"""The tables of webhooks: addresses by which programs post into rooms."""

from sqlalchemy import Column, ForeignKey, String, Table

from chat.db.columns import id_column, metadata, room_column, time_column, user_column

# `bot_id` is who speaks. `secret_hash` is an HMAC, as that of a session: the address itself is with the program only.
incoming_hooks = Table(
    "incoming_hooks",
    metadata,
    id_column(),
    room_column(index=True),
    user_column("bot_id"),
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("prefix", String(16), nullable=False),
    Column("created_by", String(26), ForeignKey("users.id", ondelete="SET NULL"), nullable=True),
    time_column("created_at"),
    time_column("last_used_at", nullable=True),
)
