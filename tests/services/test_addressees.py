"""Whom a message asks: agents by their handles, those that always speak, the team. Agents never ask each other."""

import pytest

from chat import wire
from chat.db.ids import new_id
from chat.errors import InvalidInput, TooFast
from chat.services import agents, messages, reopening, room_settings
from chat.services.addressees import AskRules
from tests.fakes.team import FINAL, TeamScript
from tests.services.den import MODEL, Den
from tests.services.teams import RULES, Team


def policy(den: Den, value: wire.ReplyPolicy) -> None:
    room_settings.change_room(den.db, den.ada, den.room, wire.ChangeRoom(reply_policy=value))


def handles(posted: messages.Posted) -> list[str]:
    return [reply.author.handle for reply in posted.replies]


def test_an_agent_answers_as_itself_by_its_own_words_and_model(team: Team, script: TeamScript) -> None:
    team.add("critic", system="Your handle is critic . Doubt everything.")
    reply = team.ask("@critic is it so?")
    answer = team.ended(reply)
    assert (answer.author.kind, answer.author.handle, answer.author.name) == ("agent", "critic", "Critic")
    assert answer.content == "critic found something." and answer.llm
    assert answer.llm.model == "m" and answer.llm.agent and answer.llm.agent.handle == "critic"
    system = team.backend.requests[-1].messages[0].content
    assert "You are Critic" in system and "Doubt everything." in system


def test_what_other_agents_said_is_read_as_theirs(team: Team) -> None:
    team.add("critic", "researcher")
    team.ended(team.ask("@critic is it so?"))
    team.ended(team.ask("@researcher and you?"))
    roles = [(m.role, m.content.partition(":")[0]) for m in team.backend.requests[-1].messages[1:]]
    assert roles == [("user", "Ada")] and "Critic: critic found" in team.backend.requests[-1].messages[1].content
    team.ended(team.ask("@critic still?"))
    assert "assistant" in [m.role for m in team.backend.requests[-1].messages], "its own words are its own"


def test_an_agent_puts_the_question_into_its_template(team: Team) -> None:
    team.add("brief", template="summarize")
    team.ended(team.ask("@brief a long story"))
    last = team.backend.requests[-1].messages[-1].content
    assert "a long story" in last and last != "Ada: @brief a long story"


def test_agents_that_always_speak_answer_each_message_of_a_person_once(team: Team, script: TeamScript) -> None:
    team.add("one", "two", speaks="always")
    team.add("shy")
    script.finds = lambda agent: "@one @two @shy @team what do you say?"
    posted = team.send("hello")
    assert handles(posted) == ["one", "two"]
    for reply in posted.replies:
        team.ended(reply)
    assert len(team.den.history()) == 3, "nobody answers an agent"


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("@shy you alone", ["shy"]),
        ("@shy and @one both", ["shy", "one"]),
        ("@m the model", ["m"]),
        ("@shy @team all of you", ["team"]),
        ("nobody `@shy` here", ["one"]),
    ],
)
def test_who_is_named_answers_alone(team: Team, text: str, asked: list[str]) -> None:
    team.add("one", speaks="always")
    team.add("shy")
    posted = team.send(text)
    assert handles(posted) == asked
    for reply in posted.replies:
        team.ended(reply)


def test_in_a_room_without_agents_team_is_a_word(team: Team) -> None:
    assert handles(team.send("@team lunch?")) == []


def test_an_agent_of_one_room_is_nobody_in_another(team: Team) -> None:
    team.add("critic")
    elsewhere = team.den.new_room("public")
    assert handles(team.send("@critic @team tell me", room=elsewhere)) == []


def test_where_models_are_switched_off_agents_are_too(team: Team) -> None:
    team.add("critic", speaks="always")
    policy(team.den, "off")
    assert handles(team.send("hello")) == []
    posted = team.send("@critic hello")
    assert handles(posted) == [] and posted.notice and "switched off" in posted.notice.message


def test_a_room_may_have_every_message_answered_by_its_team(team: Team, script: TeamScript) -> None:
    policy(team.den, "team")
    posted = team.send("is it so?")
    assert posted.reply is None and posted.notice and "no agents" in posted.notice.message
    team.add("critic", "researcher")
    script.held = {"planner"}
    first = team.ask("is it so?", model="m")
    script.reached("planner")
    assert handles(team.send("in winter, I mean")) == [], "the run takes it in"
    script.release()
    assert team.ended(first).content == FINAL and "in winter" in script.told("writer")
    assert handles(team.send("and in summer?")) == ["team"]


def test_a_program_that_must_be_answered_asks_the_default(team: Team) -> None:
    sent = wire.SendMessage(room=team.den.room, content="hello", client_id=new_id())
    posted = messages.send_message(team.den.db, RULES, team.den.ada, sent, max_chars=100, must_answer=True)
    assert handles(posted) == [MODEL.name]
    policy(team.den, "off")
    with pytest.raises(InvalidInput):
        again = sent.model_copy(update={"client_id": new_id()})
        messages.send_message(team.den.db, RULES, team.den.ada, again, max_chars=100, must_answer=True)


def test_each_agent_counts_against_the_limit_of_who_asks(team: Team) -> None:
    team.add("one", "two", speaks="always")
    left = [None]

    def take(user_id: str) -> None:
        if not left:
            raise TooFast("Ask again in 10 s.", retry_after=10)
        left.pop()

    rules = AskRules(RULES.find_model, RULES.default, take)
    sent = wire.SendMessage(room=team.den.room, content="hello", client_id=new_id())
    posted = messages.send_message(team.den.db, rules, team.den.ada, sent, max_chars=100)
    assert handles(posted) == ["one"] and isinstance(posted.notice, TooFast)
    named = wire.SendMessage(room=team.den.room, content="@two hello", client_id=new_id())
    with pytest.raises(TooFast):
        messages.send_message(team.den.db, rules, team.den.ada, named, max_chars=100)


def test_an_agent_that_left_says_so_and_what_to_do(team: Team) -> None:
    team.add("critic")
    reply = team.den.say(team.den.ada, "nothing")
    posted = messages.send_message(
        team.den.db,
        RULES,
        team.den.ada,
        wire.SendMessage(room=team.den.room, content="@critic hello", client_id=new_id(), reply_to=reply.id),
        max_chars=100,
    )
    with team.den.db.read() as read:
        (critic,) = agents.list_room_agents(read, team.den.room)
    agents.take_from_room(team.den.db, team.den.ada, team.den.room, critic.id)
    assert posted.reply
    team.begin(posted.reply)
    answer = team.ended(posted.reply)
    assert answer.llm and answer.llm.error and "@critic is not in this room any more" in answer.llm.error.message
    assert answer.author.handle == "critic"


def _switch(team: Team, handle: str, *, is_on: bool) -> None:
    den = team.den
    with den.db.read() as read:
        agent = next(one for one in agents.list_room_agents(read, den.room) if one.handle == handle)
    agents.change_agent(den.db, lambda name: False, den.ada, agent.id, wire.ChangeAgent(is_on=is_on))


def test_an_agent_that_is_switched_off_stays_and_answers_nothing(team: Team, script: TeamScript) -> None:
    team.add("critic", speaks="always")
    team.add("researcher")
    _switch(team, "critic", is_on=False)
    assert handles(team.send("hello")) == []
    posted = team.send("@critic is it so?")
    assert posted.replies == () and posted.notice and "@critic is switched off" in posted.notice.message
    posted = team.send("@critic @researcher is it so?")
    assert handles(posted) == ["researcher"] and posted.notice
    team.ended(posted.replies[0])
    team.ended(team.ask())
    assert "critic" not in script.names() and "- critic:" not in script.told("planner")
    _switch(team, "critic", is_on=True)
    team.ended(team.ask("@critic is it so?"))
    assert script.names()[-1] == "critic"


def test_a_question_that_waits_for_an_agent_is_not_answered_once_it_is_switched_off(
    team: Team, script: TeamScript
) -> None:
    team.add("critic")
    answered = team.ended(team.ask("@critic is it so?"))
    _switch(team, "critic", is_on=False)
    reopening.reopen_reply(team.den.db, team.den.ada.id, wire.Regenerate(message=answered.id))
    team.begin(answered)
    failed = team.ended(answered)
    assert failed.content == answered.content and failed.llm and failed.llm.error
    assert "@critic is switched off" in failed.llm.error.message


def test_a_team_of_which_all_are_switched_off_says_so(team: Team) -> None:
    team.add("critic")
    policy(team.den, "team")
    _switch(team, "critic", is_on=False)
    posted = team.send("is it so?")
    assert posted.replies == () and posted.notice and "switch" in posted.notice.message
