"""The tables of signing in by a provider outside."""

from sqlalchemy import Column, String, Table

from chat.db.columns import metadata, time_column, user_column

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
