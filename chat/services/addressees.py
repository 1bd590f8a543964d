"""Whom a message of a person asks: a model, agents, all agents together, or nobody. Only people's messages ask."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from chat import wire
from chat.db.prepared import Record
from chat.db.unit_of_work import Reader
from chat.domain.agents import AUTO, TEAM
from chat.domain.mentions import find_mentions
from chat.errors import Conflict, InvalidInput, RoundtableError
from chat.services.agents import agent_ref, list_room_agents
from chat.services.replies import Ask, AskedModel
from chat.services.run_steps import has_open_run
from chat.services.templates import options_for

MOST_NAMED = 4  # agents that one message asks by their handles


@dataclass(frozen=True, slots=True)
class AskRules:
    """What posting needs to know about models, as functions of the model engine.

    `find_model(handle)` is the model that a mention or a picker means, or None. `take(user_id)` counts one question
    against the person's limit and raises `TooFast`. `default()` is the model of a room that answers everything.
    """

    find_model: Callable[[str], AskedModel | None]
    default: Callable[[], AskedModel]
    take: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """`model` answers; for the agent `speaker`, or for the whole team. `is_named`: it was asked, not only meant to."""

    model: AskedModel
    is_named: bool
    speaker: wire.AgentRef | None = None

    @property
    def is_run(self) -> bool:
        return self.speaker == TEAM


def find_asks(
    tx: Reader,
    rules: AskRules,
    user: wire.User,
    room: Record,
    content: str,
    request: wire.SendMessage,
    template: wire.Template | None = None,
    *,
    must_answer: bool = False,
) -> tuple[list[Ask], RoundtableError | None]:
    """What the message asks, each counted against the person's limit, or why what it asks will not be answered.

    Raises `TooFast` where somebody is asked by name.
    """
    whom = _Whom(tx, rules, room, content, request, template)
    # Or a bot that writes after each answer, and a model that answers each message, would never end.
    is_by_name = room.reply_policy == "off" or user.is_bot
    asked = list(whom.named()) or ([] if is_by_name else list(whom.by_policy()))
    if not asked and must_answer and whom.notice is None:
        asked = [Asked(rules.default(), is_named=True)]
    if room.reply_policy == "off" and asked:
        return [], InvalidInput("Models are switched off in this room, so none will answer.")
    options = options_for(template, request.options)
    asks: list[Ask] = []
    for one in asked:
        try:
            rules.take(user.id)
        except RoundtableError as refusal:
            if one.is_named and not asks:
                raise
            return asks, refusal
        ask = Ask(
            one.model,
            user.id,
            options,
            request.bypass_cache,
            template,
            one.speaker,
            one.is_run,
        )
        asks.append(ask)
    return asks, whom.notice


class _Whom:
    """One message, and who is there to be asked by it."""

    def __init__(
        self,
        tx: Reader,
        rules: AskRules,
        room: Record,
        content: str,
        request: wire.SendMessage,
        template: wire.Template | None,
    ) -> None:
        self._tx, self._rules, self._room, self._template = tx, rules, room, template
        self._handles = find_mentions(content)
        self._picked = request.model
        members = list_room_agents(tx, room.id)
        self._agents = [agent for agent in members if agent.is_on]
        self.notice = _notice_of([one.handle for one in members if not one.is_on and one.handle in self._handles])

    def named(self) -> Iterator[Asked]:
        """Whoever is asked by name, and by a template somebody always is. Agents go before models."""
        if self._agents and TEAM.handle in self._handles:
            yield Asked(self._own_model(), is_named=True, speaker=TEAM)
            return
        known = {agent.handle: agent for agent in self._agents}
        agents = [known[handle] for handle in self._handles if handle in known]
        if agents:
            yield from (self._agent(agent, is_named=True) for agent in agents[:MOST_NAMED])
            return
        model = self._named_model()
        if model:
            yield Asked(model, is_named=True)
            if not self._template and not self._mentions_model():
                yield from self._always()

    def by_policy(self) -> Iterator[Asked]:
        """Where nobody is asked by name: as the room has it, and then the agents that always speak."""
        if self._room.reply_policy == "team":
            yield from self._team()
            return
        if self._room.reply_policy == "always":
            yield Asked(room_model(self._rules, self._room.models), is_named=False)
        yield from self._always()

    def _team(self) -> Iterator[Asked]:
        """A run that has not begun to write takes the message in, so that people may join in the talk."""
        if not self._agents:
            self.notice = Conflict(
                "There are no agents at work in this room, so none will answer. Its owners can add or switch on some."
            )
        elif not has_open_run(self._tx, self._room.id):
            yield Asked(self._own_model(), is_named=False, speaker=TEAM)

    def _always(self) -> Iterator[Asked]:
        if self._room.reply_policy not in ("off", "team"):
            yield from (self._agent(agent, is_named=False) for agent in self._agents if agent.speaks == "always")

    def _agent(self, agent: wire.Agent, *, is_named: bool) -> Asked:
        return Asked(self._model_of(agent), is_named=is_named, speaker=agent_ref(agent))

    def _model_of(self, agent: wire.Agent) -> AskedModel:
        if agent.model == AUTO:
            return self._own_model()
        return self._rules.find_model(agent.model) or AskedModel(agent.model, agent.model)

    def _own_model(self) -> AskedModel:
        """The one that was picked, or else the room's."""
        if self._picked:
            return self._rules.find_model(self._picked) or AskedModel(self._picked, self._picked)
        return room_model(self._rules, self._room.models)

    def _named_model(self) -> AskedModel | None:
        if self._picked and self._room.reply_policy != "team":
            return self._own_model()
        mentioned = next((model for handle in self._handles if (model := self._rules.find_model(handle))), None)
        return mentioned or (self._template and self._template_model(self._template)) or None

    def _mentions_model(self) -> bool:
        return any(self._rules.find_model(handle) for handle in self._handles)

    def _template_model(self, template: wire.Template) -> AskedModel:
        own = self._rules.find_model(template.model) if template.model else None
        return own or room_model(self._rules, self._room.models)


def _notice_of(switched_off: Sequence[str]) -> RoundtableError | None:
    """Why these agents will not answer, although they are asked."""
    if not switched_off:
        return None
    names = " and ".join(f"@{handle}" for handle in switched_off)
    verb = "is" if len(switched_off) == 1 else "are"
    return Conflict(f"{names} {verb} switched off. Whoever looks after the agents here can switch them on again.")


def room_model(rules: AskRules, handles: Sequence[str]) -> AskedModel:
    """The first of a room's own models that there is, or else the server's default."""
    return next((model for handle in handles if (model := rules.find_model(handle))), None) or rules.default()
