"""Agents: who may make, change, add and see them, and what they may be called."""

import pytest
from sqlalchemy import update

from chat import wire
from chat.db.tables import users
from chat.domain.agents import IN_ROOM
from chat.errors import Conflict, InvalidInput, NotAllowed, NotFound, RoundtableError
from chat.events import RoomAgentsChanged
from chat.services import agents, rooms
from chat.services.accounts import register
from chat.services.passwords import Passwords
from chat.services.room_endings import delete_room
from tests.services.den import Den


def is_model(handle: str) -> bool:
    return handle == "llama3"


def draft(handle: str = "critic", **more: object) -> wire.CreateAgent:
    return wire.CreateAgent.model_validate({"handle": handle, "name": handle.title(), **more})


def of_room(den: Den, handle: str = "critic", room: str = "") -> wire.Agent:
    return agents.create_room_agent(den.db, is_model, den.ada, room or den.room, draft(handle))


def inside(den: Den, room: str = "") -> list[str]:
    with den.db.read() as read:
        return [agent.handle for agent in agents.list_room_agents(read, room or den.room)]


def told(den: Den) -> list[list[str]]:
    """The handles in each announcement of a room's agents."""
    return [[one.handle for one in event.agents.agents] for event in den.heard if isinstance(event, RoomAgentsChanged)]


def test_an_owner_makes_an_agent_of_the_room_and_the_room_hears_of_it(den: Den) -> None:
    made = of_room(den)
    assert (made.room, made.model, made.speaks) == (den.room, "auto", "mention")
    assert inside(den) == ["critic"] and told(den) == [["critic"]]
    with pytest.raises(NotAllowed):
        agents.create_room_agent(den.db, is_model, den.mira, den.room, draft("other"))
    with pytest.raises(NotFound):
        agents.create_room_agent(den.db, is_model, den.eve, den.room, draft("other"))


def test_admins_make_agents_of_the_server_and_owners_add_them(den: Den) -> None:
    with pytest.raises(NotAllowed):
        agents.create_server_agent(den.db, is_model, den.ada, draft())
    made = agents.create_server_agent(den.db, is_model, den.new_admin(), draft())
    assert inside(den) == []
    for _ in range(2):
        agents.add_to_room(den.db, den.ada, den.room, made.id)
    assert inside(den) == ["critic"] and told(den) == [["critic"]], "adding again is told to nobody"
    agents.take_from_room(den.db, den.ada, den.room, made.id)
    assert inside(den) == []
    with den.db.read() as read:
        assert [agent.handle for agent in agents.list_server_agents(read)] == ["critic"], "it only left the room"


@pytest.mark.parametrize("handle", ["ada", "team", "planner", "llama3", "critic"])
def test_no_agent_is_called_like_anybody_or_anything_else(den: Den, handle: str) -> None:
    of_room(den)
    with pytest.raises(Conflict) as refused:
        of_room(den, handle)
    assert refused.value.field == "handle"


def test_nobody_takes_the_handle_of_an_agent_as_a_user_name(den: Den) -> None:
    of_room(den)
    for name in ("critic", "team"):
        with pytest.raises(Conflict):
            register(den.db, Passwords(lambda work: work()), wire.Credentials(username=name, password="long enough"))


def test_an_agent_of_a_private_room_can_be_neither_used_nor_seen_elsewhere(den: Den) -> None:
    made = of_room(den)
    theirs = rooms.create_room(den.db, den.eve, wire.CreateRoom(name="hers")).id
    tries = (
        lambda: agents.add_to_room(den.db, den.eve, theirs, made.id),
        lambda: agents.change_agent(den.db, is_model, den.eve, made.id, wire.ChangeAgent(system="Tell all.")),
        lambda: agents.delete_agent(den.db, den.eve, made.id),
    )
    unknown = (
        lambda: agents.add_to_room(den.db, den.eve, theirs, "nonsense"),
        lambda: agents.change_agent(den.db, is_model, den.eve, "nonsense", wire.ChangeAgent(system="Tell all.")),
        lambda: agents.delete_agent(den.db, den.eve, "nonsense"),
    )
    for hidden, missing in zip(tries, unknown, strict=True):
        answers = []
        for attempt in (hidden, missing):
            with pytest.raises(RoundtableError) as refused:
                attempt()
            answers.append((type(refused.value), refused.value.message, refused.value.field))
        assert answers[0] == answers[1], "it looks like one that there is not"
    elsewhere = den.new_room("public")
    with pytest.raises(NotFound):
        agents.add_to_room(den.db, den.ada, elsewhere, made.id)
    assert inside(den) == ["critic"] and inside(den, theirs) == [] and inside(den, elsewhere) == []


def test_a_change_holds_for_all_rooms_and_the_same_again_is_told_to_nobody(den: Den) -> None:
    made = of_room(den)
    den.heard.clear()
    for _ in range(2):
        changed = agents.change_agent(den.db, is_model, den.ada, made.id, wire.ChangeAgent(handle="sceptic"))
        assert changed.handle == "sceptic"
    assert told(den) == [["sceptic"]]
    with pytest.raises(NotAllowed):
        agents.change_agent(den.db, is_model, den.mira, made.id, wire.ChangeAgent(handle="mine"))


def test_a_room_hears_of_an_agent_that_is_switched_off_and_is_offered_none_of_the_servers(den: Den) -> None:
    made = of_room(den)
    admin = den.new_admin()
    common = agents.create_server_agent(den.db, is_model, admin, draft("editor"))
    off = wire.ChangeAgent(is_on=False)
    with pytest.raises(NotAllowed):
        agents.change_agent(den.db, is_model, den.ada, common.id, off)
    for person, agent in ((den.ada, made), (admin, common)):
        assert agents.change_agent(den.db, is_model, person, agent.id, off).is_on is False
    assert [
        one.is_on for event in den.heard if isinstance(event, RoomAgentsChanged) for one in event.agents.agents
    ] == [*(True, False)]
    with den.db.read() as read:
        there = agents.get_room_agents(read, den.mira.id, den.room)
    assert [one.handle for one in there.agents] == ["critic"] and there.available == []


def test_what_an_agent_is_told_is_stored_as_text_and_said_once(den: Den) -> None:
    asked = draft(system=" Be\x00 it.\r\nShortly. ")
    made = agents.create_room_agent(den.db, is_model, den.ada, den.room, asked)
    assert made.system == "Be it.\nShortly."
    before = len(told(den))
    same = wire.ChangeAgent(name=" Critic ", template="", system=asked.system)
    assert agents.change_agent(den.db, is_model, den.ada, made.id, same) == made and len(told(den)) == before


def test_only_a_template_that_asks_for_nothing_can_be_an_agents(den: Den) -> None:
    made = of_room(den)
    for template in ("nonsense", "translate"):
        with pytest.raises(InvalidInput):
            agents.change_agent(den.db, is_model, den.ada, made.id, wire.ChangeAgent(template=template))
    asked = wire.ChangeAgent(template="summarize")
    assert agents.change_agent(den.db, is_model, den.ada, made.id, asked).template == "summarize"
    assert agents.change_agent(den.db, is_model, den.ada, made.id, wire.ChangeAgent(template="")).template is None


def test_a_room_has_a_bounded_number_of_agents(den: Den) -> None:
    for number in range(IN_ROOM):
        of_room(den, f"agent{number}")
    with pytest.raises(InvalidInput):
        of_room(den, "onemore")
    assert len(inside(den)) == IN_ROOM
    with den.db.read() as read:
        assert agents.list_suggestions(read)[0].handle == "researcher"


def test_a_suggestion_can_be_made_as_it_is_in_every_room(den: Den) -> None:
    other = den.new_room("public")
    for room in (den.room, other):
        with den.db.read() as read:
            suggested = agents.list_suggestions(read)
        assert len({one.handle for one in suggested}) == 3
        for one in suggested:
            agents.create_room_agent(den.db, is_model, den.ada, room, wire.CreateAgent(**one.model_dump()))
    assert inside(den, other) == ["researcher-2", "critic-2", "summarizer-2"]


def test_the_agents_of_a_deleted_room_are_gone_and_their_handles_free(den: Den) -> None:
    attic = den.new_room("public")
    of_room(den, room=attic)
    delete_room(den.db, den.ada, attic)
    assert of_room(den).handle == "critic"


def test_who_no_longer_owns_the_room_changes_no_agent_of_it(den: Den) -> None:
    admin = den.new_admin()
    made = agents.create_server_agent(den.db, is_model, admin, draft())
    with den.db.write() as uow:
        uow.execute(update(users).where(users.c.id == admin.id).values(is_admin=False))
    with pytest.raises(NotAllowed):
        agents.delete_agent(den.db, admin, made.id)
