"""Agents: what they may be called, how many there may be, and those that come ready-made."""

from dataclasses import dataclass

from chat import wire

TEAM = wire.AgentRef(id="team", handle="team", name="Team")  # who answers for several agents
PLANNER, WRITER = "planner", "writer"  # steps of a run that are no agent's
RESERVED = frozenset({TEAM.handle, PLANNER, WRITER, "all", "here", "everyone", "everybody", "me", "system"})
AUTO = "auto"  # the room's own model
IN_ROOM = 12  # agents at most
ON_SERVER = 100  # agents at most that belong to no room


@dataclass(frozen=True, slots=True)
class Suggestion:
    handle: str
    name: str
    description: str
    system: str


SUGGESTIONS = (
    Suggestion(
        "researcher",
        "Researcher",
        "Collects what is known and says how sure that is",
        "You are a careful researcher. Collect the facts that the question needs, from the conversation and from what "
        "you know. Say of each how sure you are of it, and name what is missing or would have to be checked. Give "
        "short points, no introduction and no conclusion.",
    ),
    Suggestion(
        "critic",
        "Critic",
        "Looks for what is wrong, missing or risky",
        "You are a friendly but unsparing critic. Look for errors, gaps, hidden assumptions and risks in what is asked "
        "or proposed. Order them by weight, give the reason for each, and say what would put it right. If something is "
        "sound, say so in one sentence and invent no objection.",
    ),
    Suggestion(
        "summarizer",
        "Summarizer",
        "Says in a few sentences what matters",
        "You write short, plain summaries. Say first what matters most, then decisions, open questions and who "
        "does what, as far as the conversation says so. Add nothing that is not in it. Prefer whole sentences, and "
        "lists where there are several things of one kind.",
    ),
)
