"""The tables of agents, and of what several of them do for one reply."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Table, Text, true

from chat.db.columns import id_column, metadata, room_column, time_column

# An agent of the server has no room of its own. In which rooms an agent is says room_agents alone.
agents = Table(
    "agents",
    metadata,
    id_column(),
    Column("handle", String(32), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
    Column("description", String(200), nullable=False),
    Column("model", String(200), nullable=False),
    Column("system", Text, nullable=False),
    Column("template", String(64), nullable=True),
    Column("speaks", String(8), nullable=False),
    Column("is_on", Boolean, nullable=False, server_default=true()),
    Column("room_id", String(26), ForeignKey("rooms.id", ondelete="CASCADE"), nullable=True, index=True),
    Column("created_by", String(26), ForeignKey("users.id", ondelete="SET NULL"), nullable=True),
    time_column("created_at"),
)

room_agents = Table(
    "room_agents",
    metadata,
    room_column(primary_key=True),
    Column("agent_id", String(26), ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True, index=True),
    time_column("added_at"),
)

# What several agents did for one reply. `detail` is what people read of it, `data` what the run goes on from.
run_steps = Table(
    "run_steps",
    metadata,
    Column("run_id", String(26), primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("message_id", String(26), ForeignKey("messages.id", ondelete="CASCADE"), nullable=False, index=True),
    room_column(),
    Column("agent", String(32), nullable=False),
    Column("action", String(8), nullable=False),
    Column("detail", Text, nullable=False),
    Column("data", JSON(none_as_null=True), nullable=True),
    time_column("created_at"),
)
