"""Agents over HTTP, and what happened in the runs of several of them."""

from dataclasses import dataclass

from chat import wire
from chat.db.unit_of_work import Database
from chat.rate_limits import RateLimits
from chat.services import agents
from chat.services.addressees import AskRules
from chat.services.run_steps import get_run
from chat.web.api import Api, Operation, user


@dataclass(frozen=True)
class AgentRoutes:
    db: Database
    ask_rules: AskRules
    limits: RateLimits

    def add_to(self, api: Api) -> None:
        one, of_room = wire.AgentAnswer, "/api/rooms/{room}/agents"
        for operation in (
            Operation("GET", "/api/agents", self.list, "The server's agents", answer=wire.AgentsAnswer),
            Operation("POST", "/api/agents", self.create, "Make one for all rooms", wire.CreateAgent, one, 201),
            Operation("PATCH", "/api/agents/{agent}", self.change, "Change an agent", wire.ChangeAgent, one),
            Operation("DELETE", "/api/agents/{agent}", self.delete, "Delete an agent"),
            Operation("GET", of_room, self.list_in_room, "A room's agents", answer=wire.RoomAgentsAnswer),
            Operation("POST", of_room, self.create_in_room, "Make one for this room", wire.CreateAgent, one, 201),
            Operation("PUT", of_room + "/{agent}", self.add, "Put one of the server's in"),
            Operation("DELETE", of_room + "/{agent}", self.take_out, "Take one out; the room's own is deleted"),
            Operation("GET", "/api/rooms/{room}/runs/{run}", self.run, "What agents did", answer=wire.RunAnswer),
        ):
            api.add(operation)

    def list(self) -> wire.AgentsAnswer:
        with self.db.read() as read:
            listed = agents.list_server_agents(read)
            return wire.AgentsAnswer(agents=listed, suggestions=agents.list_suggestions(read))

    def create(self, body: wire.CreateAgent) -> wire.AgentAnswer:
        made = agents.create_server_agent(self.db, self._is_model, self._changer(), body)
        return wire.AgentAnswer(agent=made)

    def change(self, agent: str, body: wire.ChangeAgent) -> wire.AgentAnswer:
        changed = agents.change_agent(self.db, self._is_model, self._changer(), agent, body)
        return wire.AgentAnswer(agent=changed)

    def delete(self, agent: str) -> None:
        agents.delete_agent(self.db, self._changer(), agent)

    def list_in_room(self, room: str) -> wire.RoomAgentsAnswer:
        with self.db.read() as read:
            return agents.get_room_agents(read, user().id, room)

    def create_in_room(self, room: str, body: wire.CreateAgent) -> wire.AgentAnswer:
        made = agents.create_room_agent(self.db, self._is_model, self._changer(), room, body)
        return wire.AgentAnswer(agent=made)

    def add(self, room: str, agent: str) -> None:
        agents.add_to_room(self.db, self._changer(), room, agent)

    def take_out(self, room: str, agent: str) -> None:
        agents.take_from_room(self.db, self._changer(), room, agent)

    def run(self, room: str, run: str) -> wire.RunAnswer:
        with self.db.read() as read:
            return get_run(read, user().id, room, run)

    def _is_model(self, handle: str) -> bool:
        return self.ask_rules.find_model(handle) is not None

    def _changer(self) -> wire.User:
        self.limits.take("change", user().id)
        return user()
