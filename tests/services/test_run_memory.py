"""What a run reads of a room that has outgrown its prompts, and that the account of it says so."""

from chat import wire
from chat.services import contexts
from tests.fakes.team import FINAL, TeamScript
from tests.services.noting import edit, say_many
from tests.services.teams import Team


def _context(team: Team, reply: wire.Message) -> wire.ReplyContext:
    with team.den.db.read() as read:
        context = contexts.get_context(read, team.den.mira.id, reply.id)
    assert context
    return context


def test_all_steps_read_the_note_and_the_passages_within_their_budget(team: Team, script: TeamScript) -> None:
    team.add("researcher", "critic")
    far = team.den.say(team.den.mira, "The tree in the yard is an elm.")
    say_many(team.den)
    edit(team.den, "The yard is behind the house.")
    team.near = [far.id]
    script.finds = lambda agent: "word " * 3000
    reply = team.ask("@team which tree is it?")
    assert team.ended(reply).content == FINAL
    for who in ("planner", "critic", "researcher", "writer"):
        told = script.told(who)
        assert told.count("is an elm.") == 1 and told.count("behind the house.") == 1
        assert told.index("behind the house.") < told.index("is an elm.") < told.index("which tree is it?")
    context = _context(team, reply)
    assert [passage.id for passage in context.passages] == [far.id]
    assert context.note and context.note.chars == len("The yard is behind the house.")
    assert 0 < context.told_chars <= context.chars <= context.budget_chars


def test_a_run_that_goes_on_after_a_crash_reads_them_as_well(team: Team, script: TeamScript) -> None:
    team.add("researcher", "critic")
    far = team.den.say(team.den.mira, "The tree in the yard is an elm.")
    say_many(team.den)
    team.near = [far.id]
    script.held = {"critic"}
    reply = team.ask()
    script.reached("critic")
    script.held = set()
    team.restart()
    assert team.ended(reply).content == FINAL
    assert "is an elm." in script.told("writer")
    assert [passage.id for passage in _context(team, reply).passages] == [far.id]
