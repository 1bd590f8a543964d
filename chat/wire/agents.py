"""Agents: members of a room that models speak for, and what several of them do for one question."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from chat.wire.types import Id, In, ModelName, Name, Out, Username

Speaks = Literal["mention", "always", "team"]
ActionKind = Literal["planned", "started", "finding", "finished", "skipped", "failed"]
_Description = Annotated[str, StringConstraints(max_length=200)]
_System = Annotated[str, StringConstraints(max_length=4_000)]


class AgentRef(Out):
    """An agent as it was called when it spoke. For the answer of several it is `team`."""

    id: str
    handle: str
    name: str


class Agent(Out):
    """`handle` is what one types after @, `model` one of the list or `auto`: the room's own.

    It speaks when it is asked (`mention`), answers every message of a person that asks nobody else (`always`), or works
    only for a question to all (`team`). One that is not `is_on` stays where it is and answers nothing. `room` is the
    only one that it can be in; an agent of the server has none.
    """

    id: str
    handle: str
    name: str
    description: str
    model: str
    system: str
    template: str | None
    speaks: Speaks
    is_on: bool
    room: str | None
    created_by: str | None


class AgentDraft(Out):
    """An agent that could be made as it is, under a handle that is free."""

    handle: str
    name: str
    description: str
    model: str
    system: str
    speaks: Speaks


class CreateAgent(In):
    handle: Username
    name: Name
    description: _Description = ""
    model: ModelName = "auto"
    system: _System = ""
    template: Id | None = None
    speaks: Speaks = "mention"


class ChangeAgent(In):
    """What is left out stays. An empty `template` takes it away."""

    handle: Username | None = None
    name: Name | None = None
    description: _Description | None = None
    model: ModelName | None = None
    system: _System | None = None
    template: Annotated[str, StringConstraints(max_length=64)] | None = None
    speaks: Speaks | None = None
    is_on: bool | None = None


class AgentAnswer(Out):
    agent: Agent


class AgentsAnswer(Out):
    """Those of the server, by name; `suggestions` are not there yet."""

    agents: list[Agent]
    suggestions: list[AgentDraft]


class RoomAgentsAnswer(Out):
    """`agents` are in the room, `available` are the server's others, and `suggestions` are not there yet."""

    agents: list[Agent]
    available: list[Agent]
    suggestions: list[AgentDraft]


class RoomAgents(Out):
    """Who of the agents is in the room now."""

    type: Literal["room_agents"] = "room_agents"
    room: str
    agents: list[Agent]


class AgentAction(Out):
    """Something that happened in a run, whose answer the message `reply_id` becomes.

    `step` counts from 1; `agent` is a handle, or of the run itself `planner` or `writer`. `detail` is for people: a
    plan, a task, a whole finding, or why not.
    """

    type: Literal["agent_action"] = "agent_action"
    room: str
    run_id: str
    reply_id: str
    agent: str
    action: ActionKind
    detail: str
    step: int
    timestamp: str


class RunAnswer(Out):
    """All that has happened in a run, in its order. `is_over`: nothing more will."""

    room: str
    run_id: str
    reply_id: str
    is_over: bool
    actions: list[AgentAction]
