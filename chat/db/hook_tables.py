"""The tables of what speaks for programs: bots, and webhooks, by which they post into rooms and rooms to them."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table

from chat.db.columns import id_column, metadata, room_column, time_column, user_column

# The bots that come in by a key, and who made them. Those of webhooks have no row here.
bots = Table(
    "bots",
    metadata,
    user_column(primary_key=True),
    user_column("owner_id", index=True),
)

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

# The key that signs is made of its id and the server's secret. `failing_since` is when deliveries began to fail, and
# `disabled_at` when that had lasted too long.
outgoing_hooks = Table(
    "outgoing_hooks",
    metadata,
    id_column(),
    room_column(index=True),
    Column("name", String(80), nullable=False),
    Column("url", String(2000), nullable=False),
    Column("wants_messages", Boolean, nullable=False),
    Column("wants_replies", Boolean, nullable=False),
    Column("created_by", String(26), ForeignKey("users.id", ondelete="SET NULL"), nullable=True),
    time_column("created_at"),
    time_column("last_delivered_at", nullable=True),
    time_column("failing_since", nullable=True),
    time_column("disabled_at", nullable=True),
    Column("last_error", String(200), nullable=True),
)

# What is to be delivered, of each hook in the order of the ids. Whoever tries one moves `due_at` to when somebody else
# may, so that two never try at once.
hook_deliveries = Table(
    "hook_deliveries",
    metadata,
    id_column(),
    Column("hook_id", String(26), ForeignKey("outgoing_hooks.id", ondelete="CASCADE"), nullable=False),
    Column("message_id", String(26), ForeignKey("messages.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("event", String(8), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    time_column("due_at"),
    time_column("created_at"),
    Index("ix_hook_deliveries_hook_id_id", "hook_id", "id"),  # the first of each is looked for every second
)
