"""Agents of the server and of rooms: who may make and change them, and which are in a room."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select, update

from chat import wire
from chat.db.ids import new_id
from chat.db.prepared import Prepared, Record
from chat.db.tables import agents, room_agents
from chat.db.unit_of_work import Database, Reader, UnitOfWork
from chat.domain.agents import AUTO, IN_ROOM, ON_SERVER, SUGGESTIONS
from chat.domain.permissions import may_change_agent
from chat.domain.text import clean_line, parse_line, parse_source
from chat.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chat.events import RoomAgentsChanged
from chat.services.access import is_admin_now, require_room, role_in
from chat.services.audit import note
from chat.services.handles import is_taken
from chat.services.templates import require_shared_use

IsModel = Callable[[str], bool]
_IN_ROOM = Prepared(  # asked for every message of a person
    select(agents)
    .join(room_agents, room_agents.c.agent_id == agents.c.id)
    .where(room_agents.c.room_id == bindparam("room"))
    .order_by(room_agents.c.added_at, agents.c.id)
)
_NO_AGENT = "There is no such agent, or it is not in a room of yours."


def agent_of(row: Row[Any] | Record) -> wire.Agent:
    names = ("id", "handle", "name", "description", "model", "system", "template", "speaks", "is_on", "created_by")
    return wire.Agent(**{name: getattr(row, name) for name in names}, room=row.room_id)


def agent_ref(agent: wire.Agent) -> wire.AgentRef:
    return wire.AgentRef(id=agent.id, handle=agent.handle, name=agent.name)


def list_server_agents(tx: Reader) -> list[wire.Agent]:
    return [agent_of(row) for row in tx.all(select(agents).where(agents.c.room_id.is_(None)).order_by(agents.c.name))]


def list_room_agents(tx: Reader, room_id: str) -> list[wire.Agent]:
    """In the order in which they came, also those that are switched off. Asks nobody whether they may be shown."""
    return [agent_of(row) for row in tx.run(_IN_ROOM, {"room": room_id})]


def list_working_agents(tx: Reader, room_id: str) -> list[wire.Agent]:
    """Those that can be asked."""
    return [agent for agent in list_room_agents(tx, room_id) if agent.is_on]


def find_room_agent(tx: Reader, room_id: str, agent_id: str) -> wire.Agent | None:
    return next((agent for agent in list_room_agents(tx, room_id) if agent.id == agent_id), None)


def list_suggestions(tx: Reader) -> list[wire.AgentDraft]:
    """Those that nobody has made yet are called as they are; the others under the next free handle."""
    return [
        wire.AgentDraft(
            handle=_free_handle(tx, suggested.handle),
            name=suggested.name,
            description=suggested.description,
            model=AUTO,
            system=suggested.system,
            speaks="mention",
        )
        for suggested in SUGGESTIONS
    ]


def _free_handle(tx: Reader, wanted: str) -> str:
    return next(handle for handle in (wanted, *(f"{wanted}-{n}" for n in range(2, 10_000))) if not is_taken(tx, handle))


def get_room_agents(tx: Reader, user_id: str, ref: str) -> wire.RoomAgentsAnswer:
    """Who is in the room and who could be, for its members."""
    room = require_room(tx, user_id, ref, "read")
    inside = list_room_agents(tx, room.id)
    ids = {agent.id for agent in inside}
    available = [agent for agent in list_server_agents(tx) if agent.is_on and agent.id not in ids]
    return wire.RoomAgentsAnswer(agents=inside, available=available, suggestions=list_suggestions(tx))


def create_server_agent(db: Database, is_model: IsModel, user: wire.User, draft: wire.CreateAgent) -> wire.Agent:
    """An agent that owners can add to their rooms. Only an admin may."""
    with db.write() as uow:
        if not may_change_agent(is_admin=is_admin_now(uow, user.id), is_of_server=True, is_owner=False):
            raise NotAllowed("Only an admin of this server may make agents for all rooms.")
        if uow.scalar(select(func.count()).where(agents.c.room_id.is_(None))) >= ON_SERVER:
            raise Conflict(f"There are {ON_SERVER} agents on this server already. Delete one first.")
        return _insert(uow, is_model, user, draft, None)


def create_room_agent(
    db: Database, is_model: IsModel, user: wire.User, ref: str, draft: wire.CreateAgent
) -> wire.Agent:
    """An agent that is in this room and in no other. An owner may."""
    with db.write() as uow:
        room = require_room(uow, user.id, ref, "change")
        made = _insert(uow, is_model, user, draft, room.id)
        _put_in(uow, room.id, made.id)
        return made


def _insert(
    uow: UnitOfWork, is_model: IsModel, user: wire.User, draft: wire.CreateAgent, room_id: str | None
) -> wire.Agent:
    values = _checked(uow, is_model, draft.model_dump(), room_id)
    row = {"id": new_id(), "room_id": room_id, "created_by": user.id, "created_at": uow.now, **values}
    uow.execute(insert(agents).values(row))
    note(uow, "agent_created", row["id"], row["handle"])
    return _get(uow, row["id"])


def _checked(tx: Reader, is_model: IsModel, values: dict[str, Any], room_id: str | None) -> dict[str, Any]:
    """The same values as they are stored. Raises `Conflict` for a handle that means something already."""
    handle = values.get("handle")
    if handle is not None and (is_taken(tx, handle) or is_model(handle)):
        raise Conflict(f"@{handle} is taken. Choose another handle.", field="handle")
    if "name" in values:
        values["name"] = parse_line(values["name"], field="name")
    if "description" in values:
        values["description"] = clean_line(values["description"])
    if "system" in values:
        values["system"] = parse_source(values["system"], field="system").strip()
    if "template" in values:
        values["template"] = values["template"] or None
        if values["template"]:
            require_shared_use(tx, values["template"], "…", room_id)  # nobody is there to fill in a variable
    return values


def change_agent(
    db: Database, is_model: IsModel, user: wire.User, agent_id: str, wanted: wire.ChangeAgent
) -> wire.Agent:
    """What it says from here on; what it has said stays under the name it had."""
    with db.write() as uow:
        before = require_agent_change(uow, user, agent_id)
        asked = _other(before, wanted.model_dump(exclude_none=True))
        changes = _other(before, _checked(uow, is_model, asked, before.room))
        if changes:
            uow.execute(update(agents).where(agents.c.id == agent_id).values(changes))
            note(uow, "agent_changed", agent_id, before.handle, ", ".join(changes))
            _announce_all(uow, agent_id)
        return _get(uow, agent_id)


def _other(before: wire.Agent, values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value != getattr(before, name)}


def delete_agent(db: Database, user: wire.User, agent_id: str) -> None:
    """It leaves all rooms; what it has said stays."""
    with db.write() as uow:
        before = require_agent_change(uow, user, agent_id)
        _delete(uow, before)


def _delete(uow: UnitOfWork, agent: wire.Agent) -> None:
    was_in = _rooms_of(uow, agent.id)
    uow.execute(delete(room_agents).where(room_agents.c.agent_id == agent.id))
    uow.execute(delete(agents).where(agents.c.id == agent.id))
    note(uow, "agent_deleted", agent.id, agent.handle)
    for room_id in was_in:
        _announce(uow, room_id)


def require_agent_change(tx: Reader, user: wire.User, agent_id: str) -> wire.Agent:
    """An agent that the asker may change. Of a room's own, who is not in the room learns nothing."""
    row = tx.first(select(agents).where(agents.c.id == agent_id))
    if row is None:
        raise NotFound(_NO_AGENT, field="agent")
    is_owner = False
    if row.room_id is not None:
        try:
            room = require_room(tx, user.id, row.room_id, "change")
        except NotFound:
            raise NotFound(_NO_AGENT, field="agent") from None
        is_owner = role_in(room) == "owner"
    is_admin = is_admin_now(tx, user.id)
    if not may_change_agent(is_admin=is_admin, is_of_server=row.room_id is None, is_owner=is_owner):
        raise NotAllowed("Only an admin of this server may change agents that are for all rooms.", field="agent")
    return agent_of(row)


def add_to_room(db: Database, user: wire.User, ref: str, agent_id: str) -> None:
    """Puts an agent of the server into a room; one that is there already stays. An owner may."""
    with db.write() as uow:
        room = require_room(uow, user.id, ref, "change")
        row = uow.first(select(agents).where(agents.c.id == agent_id))
        if row is None or row.room_id not in (None, room.id):
            raise NotFound(_NO_AGENT, field="agent")
        if room.id not in _rooms_of(uow, agent_id):
            _put_in(uow, room.id, agent_id)
            note(uow, "agent_added", agent_id, row.handle, f"to {room.name}")


def take_from_room(db: Database, user: wire.User, ref: str, agent_id: str) -> None:
    """Takes an agent out; one that can be in no other room is deleted with it. An owner may."""
    with db.write() as uow:
        room = require_room(uow, user.id, ref, "change")
        agent = next((one for one in list_room_agents(uow, room.id) if one.id == agent_id), None)
        if agent is None:
            raise NotFound("This agent is not in the room.", field="agent")
        if agent.room:
            _delete(uow, agent)
            return
        here = (room_agents.c.room_id == room.id) & (room_agents.c.agent_id == agent_id)
        uow.execute(delete(room_agents).where(here))
        note(uow, "agent_removed", agent_id, agent.handle, f"from {room.name}")
        _announce(uow, room.id)


def _put_in(uow: UnitOfWork, room_id: str, agent_id: str) -> None:
    if uow.scalar(select(func.count()).where(room_agents.c.room_id == room_id)) >= IN_ROOM:
        raise InvalidInput(f"A room has at most {IN_ROOM} agents. Take one out first.", field="agent")
    uow.execute(insert(room_agents).values(room_id=room_id, agent_id=agent_id, added_at=uow.now))
    _announce(uow, room_id)


def _get(tx: Reader, agent_id: str) -> wire.Agent:
    row = tx.first(select(agents).where(agents.c.id == agent_id))
    if row is None:
        raise NotFound(_NO_AGENT, field="agent")
    return agent_of(row)


def _rooms_of(tx: Reader, agent_id: str) -> list[str]:
    return [row.room_id for row in tx.all(select(room_agents.c.room_id).where(room_agents.c.agent_id == agent_id))]


def _announce_all(uow: UnitOfWork, agent_id: str) -> None:
    for room_id in _rooms_of(uow, agent_id):
        _announce(uow, room_id)


def _announce(uow: UnitOfWork, room_id: str) -> None:
    uow.record(RoomAgentsChanged(wire.RoomAgents(room=room_id, agents=list_room_agents(uow, room_id))))
