"""What agents said is found by their handle, and by nobody who may not read it."""

import pytest
from sqlalchemy import text

from chat import wire
from chat.domain.agents import TEAM
from chat.services import agents, changes, replies
from chat.services.agents import agent_ref
from tests.services.den import MODEL, Den
from tests.services.seeker import Seeker


@pytest.fixture
def seeker(den: Den) -> Seeker:
    return Seeker(den)


@pytest.fixture
def critic(den: Den) -> wire.Agent:
    draft = wire.CreateAgent(handle="critic", name="Critic")
    return agents.create_room_agent(den.db, lambda name: False, den.ada, den.room, draft)


def _said_by(den: Den, agent: wire.AgentRef, words: str) -> str:
    question = den.say(den.ada, "is it so?")
    with den.db.write() as uow:
        reply = replies.open_reply(uow, den.room, replies.Ask(MODEL, den.ada.id, agent=agent), question=question.id)
    den.close(reply, words)
    return reply.id


@pytest.mark.parametrize("mode", ["text", "semantic", "hybrid"])
def test_an_agent_is_an_author_like_any_other(den: Den, seeker: Seeker, critic: wire.Agent, mode: str) -> None:
    said = _said_by(den, agent_ref(critic), "a hound")
    of_all = _said_by(den, TEAM, "a hound")
    den.say(den.ada, "a hound")
    assert seeker.found(den.ada, "hound from:@critic", mode) == [said]
    assert seeker.found(den.ada, "hound from:team", mode) == [of_all]
    assert sorted(seeker.found(den.ada, "hound from:m", mode)) == sorted([said, of_all]), "and by its model"
    assert seeker.found(den.eve, "hound from:critic", mode) == []


def test_it_is_found_by_the_handle_it_has_and_by_the_one_it_had(den: Den, seeker: Seeker, critic: wire.Agent) -> None:
    before = _said_by(den, agent_ref(critic), "one")
    wanted = wire.ChangeAgent(handle="doubter")
    changed = agents.change_agent(den.db, lambda name: False, den.ada, critic.id, wanted)
    after = _said_by(den, agent_ref(changed), "two")
    assert seeker.found(den.ada, "from:doubter", "text") == [after, before]
    assert seeker.found(den.ada, "from:critic", "text") == [before]
    agents.delete_agent(den.db, den.ada, critic.id)
    assert seeker.found(den.ada, "from:doubter", "text") == [after]


@pytest.mark.sqlite
def test_what_an_agent_said_leaves_the_index_whole(den: Den, seeker: Seeker, critic: wire.Agent) -> None:
    said = _said_by(den, agent_ref(critic), "one")
    assert seeker.found(den.ada, "from:critic", "text") == [said]
    changes.delete_message(den.db, den.ada.id, said)
    assert seeker.found(den.ada, "from:critic", "text") == []
    with den.db.write() as uow:
        uow.execute(text("INSERT INTO message_search (message_search, rank) VALUES ('integrity-check', 1)"))
