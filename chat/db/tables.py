"""All tables, as SQLAlchemy Core. Those of agents, notes, webhooks and signing in have modules of their own."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    true,
)

from chat.db.agent_tables import agents, room_agents, run_steps
from chat.db.columns import Number as _Number
from chat.db.columns import id_column as _id
from chat.db.columns import index_of_some as _index_of_some
from chat.db.columns import metadata
from chat.db.columns import room_column as _room
from chat.db.columns import time_column as _time
from chat.db.columns import user_column as _user
from chat.db.hook_tables import bots, hook_deliveries, incoming_hooks, outgoing_hooks
from chat.db.identity_tables import api_keys, identities, pending_sign_ins, sessions
from chat.db.line_tables import lines
from chat.db.memory_tables import room_memories

__all__ = ["agents", "metadata", "room_agents", "room_memories", "run_steps"]  # with what follows
__all__ += ["api_keys", "bots", "hook_deliveries", "identities", "incoming_hooks", "lines", "outgoing_hooks"]
__all__ += ["pending_sign_ins", "sessions"]

# `role` is that of whoever is no admin: moderator, member or guest. A bot is a program's account, without a password.
users = Table(
    "users",
    metadata,
    _id(),
    Column("username", String(32), nullable=False, unique=True),
    Column("display_name", String(80), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("is_admin", Boolean, nullable=False, default=False),
    Column("role", String(12), nullable=False, server_default="member"),
    Column("is_bot", Boolean, nullable=False, server_default=false()),
    _time("created_at"),
    _time("deactivated_at", nullable=True),
    _time("last_seen_at", nullable=True),
    Column("must_change_password", Boolean, nullable=False, default=False, server_default=false()),
)

# last_seq numbers messages without gaps. last_rev counts every change to a message (post, edit, reply closed …):
# a client that knows a rev asks for all messages with a higher one, old or new. A room with `deleted_at` has no members
# any more, so nobody sees it; its messages go bit by bit and it goes last.
rooms = Table(
    "rooms",
    metadata,
    _id(),
    Column("slug", String(64), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
    Column("topic", String(250), nullable=False, default=""),
    Column("kind", String(8), nullable=False),
    Column("models", JSON, nullable=False, default=list),
    Column("reply_policy", String(8), nullable=False, default="mention"),
    Column("stop_policy", String(12), nullable=False, server_default="everybody"),
    Column("last_seq", BigInteger, nullable=False, default=0),
    Column("last_rev", BigInteger, nullable=False, default=0),
    _time("created_at"),
    _time("archived_at", nullable=True),
    _time("deleted_at", nullable=True),
)

# `last_read_seq` is the own mark, which may be moved back; others are told `furthest_read_seq`, which never falls.
members = Table(
    "members",
    metadata,
    _room(primary_key=True),
    _user(primary_key=True, index=True),
    Column("role", String(8), nullable=False, default="member"),
    Column("last_read_seq", BigInteger, nullable=False, default=0),
    Column("furthest_read_seq", BigInteger, nullable=False, server_default="0"),
    Column("is_muted", Boolean, nullable=False, server_default=false()),
    _time("joined_at"),
)

# A reply is a message whose author is a model: author_id is null, model and reply_phase are set.
messages = Table(
    "messages",
    metadata,
    _id(),
    _room(),
    Column("seq", BigInteger, nullable=False),
    Column("rev", BigInteger, nullable=False),
    _user("author_id", nullable=True),
    Column("author_name", String(80), nullable=True),  # what a bot has called itself in this one
    Column("client_id", String(64), nullable=False),
    Column("content", Text, nullable=False),
    Column("reply_to", String(26), ForeignKey("messages.id", ondelete="SET NULL"), nullable=True),
    Column("model", String(200), nullable=True),
    Column("reply_phase", String(12), nullable=True),
    Column("reply", JSON, nullable=True),
    Column("template", JSON(none_as_null=True), nullable=True),
    _time("created_at"),
    _time("edited_at", nullable=True),
    _time("deleted_at", nullable=True),
    _time("pinned_at", nullable=True),
    Column("pinned_by", String(26), ForeignKey("users.id", ondelete="SET NULL"), nullable=True),
    UniqueConstraint("room_id", "seq"),
    UniqueConstraint("author_id", "client_id"),
    Index("ix_messages_room_id_rev", "room_id", "rev"),
    # What somebody wrote in one room; with the last column their own unread messages are counted in the index alone.
    Index("ix_messages_author_id_room_id_seq", "author_id", "room_id", "seq", "deleted_at"),
    # Of the deleted ones only: unread counts leave them out.
    _index_of_some("deleted_at IS NOT NULL", "ix_messages_room_id_seq_deleted", "room_id", "seq"),
    # Of the pinned ones only, so that posting does not pay for it.
    _index_of_some("pinned_at IS NOT NULL", "ix_messages_room_id_pinned_at", "room_id", "pinned_at"),
    # Or taking a message out of the table would look through all the others for its quotes.
    _index_of_some("reply_to IS NOT NULL", "ix_messages_reply_to", "reply_to"),
)

mentions = Table(
    "mentions",
    metadata,
    Column("message_id", String(26), ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    _user(primary_key=True),
    _room(),
    Column("seq", BigInteger, nullable=False),
    Index("ix_mentions_user_id_room_id_seq", "user_id", "room_id", "seq"),
)

# `rev` is the room's when somebody reacted: the order in which reactions are shown.
reactions = Table(
    "reactions",
    metadata,
    Column("message_id", String(26), ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    _user(primary_key=True),
    Column("emoji", String(64), primary_key=True),
    Column("rev", BigInteger, nullable=False),
    _time("created_at"),
    _room(),
    Index("ix_reactions_room_id_message_id", "room_id", "message_id"),
)

# The work, and the truth: what waits is taken up in the order of ids. `state` is a phase of reply_states, `attempt` is
# how often it was begun, or is to be. Whoever works on it renews `heartbeat_at`; one whose heart has stopped is closed.
jobs = Table(
    "jobs",
    metadata,
    _id(),
    Column("message_id", String(26), ForeignKey("messages.id", ondelete="CASCADE"), nullable=False, index=True),
    _room(),
    _user(),
    Column("model", String(200), nullable=False),
    Column("options", JSON, nullable=False, default=dict),
    Column("bypass_cache", Boolean, nullable=False, default=False),
    Column("state", String(12), nullable=False, index=True),
    Column("attempt", Integer, nullable=False, default=0),
    _time("created_at"),
    _time("started_at", nullable=True),
    _time("ended_at", nullable=True),
    _time("heartbeat_at", nullable=True),
)

# What the model was given to read for a reply: which messages, by their `seq`, and how much of each. No text of them.
readings = Table(
    "readings",
    metadata,
    Column("job_id", String(26), primary_key=True),
    Column("message_id", String(26), ForeignKey("messages.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("reading", JSON, nullable=False),
    _time("created_at"),
)

model_loads = Table(
    "model_loads",
    metadata,
    _id(),
    Column("backend", String(64), nullable=False),
    Column("model", String(200), nullable=False),
    Column("load_ms", BigInteger, nullable=False),
    Column("is_cold", Boolean, nullable=False, server_default=true()),
    _time("created_at"),
    Index("ix_model_loads_backend_model", "backend", "model"),
)

# What programs have said under a name of their own, and what they were answered. `last_seq` numbers the turns; `system`
# are the last system messages that were sent.
conversations = Table(
    "conversations",
    metadata,
    _id(),
    _user(),
    Column("name", String(64), nullable=False),
    Column("project", String(128), nullable=False),
    Column("end_user", String(128), nullable=False),
    Column("system", JSON, nullable=False, default=list),
    Column("last_seq", BigInteger, nullable=False, default=0),
    _time("created_at"),
    _time("updated_at"),
    UniqueConstraint("user_id", "name", "project", "end_user"),
    Index("ix_conversations_user_id_updated_at", "user_id", "updated_at"),
)

conversation_turns = Table(
    "conversation_turns",
    metadata,
    Column("conversation_id", String(26), ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("role", String(12), nullable=False),
    Column("content", Text, nullable=False),
    Column("tool_calls", JSON(none_as_null=True), nullable=True),
    Column("tool_call_id", String(200), nullable=True),
    _time("created_at"),
)

# What of the messages can be searched: their places in the order of the index, up to which of each room's changes it
# is, and what was taken out of it since it was last cleaned. The index itself is the database's own: message_search.
search_documents = Table(
    "search_documents",
    metadata,
    Column("number", _Number, primary_key=True),
    Column("message_id", String(26), ForeignKey("messages.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("is_indexed", Boolean, nullable=False),
)

search_marks = Table("search_marks", metadata, _room(primary_key=True), Column("rev", BigInteger, nullable=False))

search_removals = Table(
    "search_removals",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("number", BigInteger, nullable=False),
)

# Of a room or of one person (`owner_id`). `version` is the newest one; those that messages were sent with outlive the
# template, which then has `deleted_at`.
templates = Table(
    "templates",
    metadata,
    _id(),
    Column("room_id", String(26), ForeignKey("rooms.id", ondelete="CASCADE"), nullable=True, index=True),
    _user("owner_id", nullable=True, index=True),
    Column("version", Integer, nullable=False),
    _time("updated_at"),
    _time("deleted_at", nullable=True),
)

template_versions = Table(
    "template_versions",
    metadata,
    Column("template_id", String(26), ForeignKey("templates.id", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("content", JSON, nullable=False),
    Column("author_id", String(26), ForeignKey("users.id", ondelete="SET NULL"), nullable=True),
    Column("is_used", Boolean, nullable=False, server_default=false()),
    _time("created_at"),
)

# Who did what, as they were called then. No foreign keys: an entry outlives what it is about.
audit = Table(
    "audit",
    metadata,
    _id(),
    Column("action", String(24), nullable=False),
    Column("actor_id", String(26), nullable=True),
    Column("actor_username", String(32), nullable=False),
    Column("actor_name", String(80), nullable=False),
    Column("address", String(64), nullable=False),
    Column("target_id", String(200), nullable=True),
    Column("target_name", String(200), nullable=False),
    Column("detail", String(200), nullable=False),
    _time("created_at"),
    Index("ix_audit_created_at", "created_at"),
)
