"""The tables of signing in: by sessions, by keys, and by a provider outside."""

from sqlalchemy import Boolean, Column, String, Table, false

from chat.db.columns import id_column, metadata, time_column, user_column

# One row per way of being signed in. `secret_hash` is an HMAC: the secret itself is with the client only. A session
# that `is_external` was opened by a sign-in provider's word, without a password.
sessions = Table(
    "sessions",
    metadata,
    id_column(),
    user_column(index=True),
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("user_agent", String(200), nullable=False, default=""),
    Column("is_external", Boolean, nullable=False, server_default=false()),
    time_column("created_at"),
    time_column("last_seen_at"),
    time_column("expires_at"),
)

api_keys = Table(
    "api_keys",
    metadata,
    id_column(),
    user_column(index=True),
    Column("name", String(80), nullable=False),
    Column("prefix", String(16), nullable=False),
    Column("secret_hash", String(64), nullable=False, unique=True),
    time_column("created_at"),
    time_column("last_seen_at", nullable=True),
    time_column("expires_at", nullable=True),
)

# Who somebody is at a provider: its address and the name that it has for them, which it gives to nobody else.
identities = Table(
    "identities",
    metadata,
    Column("issuer", String(500), primary_key=True),
    Column("subject", String(255), primary_key=True),
    user_column(index=True),
    time_column("created_at"),
    time_column("last_used_at"),
)

# Sign-ins that have begun and are not over. Of the state only a hash is kept: it is with the browser, which goes to
# `path` afterwards.
pending_sign_ins = Table(
    "pending_sign_ins",
    metadata,
    Column("state_hash", String(64), primary_key=True),
    Column("nonce", String(64), nullable=False),
    Column("verifier", String(128), nullable=False),
    user_column("link_to", nullable=True),
    Column("path", String(500), nullable=False),
    time_column("expires_at"),
)
