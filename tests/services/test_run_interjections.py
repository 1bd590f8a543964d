"""What people write while agents work: a run takes it in, and nothing else."""

import pytest

from chat import wire
from chat.errors import ModelUnreachable
from chat.services import changes, reopening
from tests.fakes.team import FINAL, TeamScript
from tests.services.den import job_of
from tests.services.teams import Team


@pytest.fixture(autouse=True)
def _agents(team: Team) -> None:
    team.add("researcher", "critic")


def test_what_people_write_meanwhile_is_taken_in_at_the_next_step(team: Team, script: TeamScript) -> None:
    script.held = {"planner"}
    reply = team.ask()
    script.reached("planner")
    team.send("only in winter, please", team.den.mira)
    script.release()
    team.ended(reply)
    assert "only in winter" in script.told("critic") and "only in winter" in script.told("writer")
    assert "from Mira" in team.detail(reply, "critic", "started")
    assert "from Mira" in team.detail(reply, "writer", "started")


def test_what_was_talked_of_before_a_run_was_asked_for_again_is_not_told_to_it(team: Team, script: TeamScript) -> None:
    reply = team.ask()
    team.ended(reply)
    team.send("@m and how is the weather?", team.den.mira)
    team.ended(team.den.history()[-1])
    reopening.reopen_reply(team.den.db, team.den.ada.id, wire.Regenerate(message=reply.id))
    team.begin(reply)
    assert team.ended(reply).content == FINAL
    assert "weather" not in script.told("critic") + script.told("writer")
    assert "Mira" not in team.detail(reply, "writer", "started")


def test_however_much_people_write_meanwhile_the_question_is_what_is_answered(team: Team, script: TeamScript) -> None:
    script.held = {"planner"}
    reply = team.ask("@team is it so? " + "Look closely. " * 50)
    script.reached("planner")
    for number in range(60):
        team.send(f"Remark {number}. " + "It goes on. " * 70, team.den.mira)
    script.release()
    team.ended(reply)
    for who in ("critic", "writer"):
        assert script.told(who).index("Remark 24") < script.told(who).index("is it so?")


def _stopped_with(team: Team, script: TeamScript, *said: str) -> tuple[wire.Message, list[wire.Message]]:
    """A run that was stopped while its agents worked and people wrote."""
    script.held = {"critic", "researcher"}
    reply = team.ask()
    script.reached("critic")
    script.reached("researcher")
    later = [team.send(words, team.den.mira).message for words in said]
    assert team.jobs.stop(job_of(team.den.db, reply.id).id)
    return team.ended(reply), later


def _ask_again(team: Team, script: TeamScript, reply: wire.Message) -> wire.Message:
    script.release()
    reopening.reopen_reply(team.den.db, team.den.ada.id, wire.Regenerate(message=reply.id))
    team.begin(reply)
    return team.ended(reply)


def test_what_a_stopped_run_leaves_unanswered_is_told_and_taken_in_by_the_next(team: Team, script: TeamScript) -> None:
    reply, (first, _) = _stopped_with(team, script, "only in winter, please", "@m and the weather?")
    assert reply.llm and reply.llm.missed == [first.id], "the other one has a reply of its own"
    told = team.detail(reply, "writer", "skipped")
    assert told.startswith("Stopped.\nLeft unanswered: a message that came meanwhile, from Mira.")
    again = _ask_again(team, script, reply)
    assert again.content == FINAL and again.llm and again.llm.missed == []
    assert "only in winter" in script.told("critic") and "only in winter" in script.told("writer")
    assert "weather" not in script.told("writer")


def test_what_was_left_unanswered_is_so_until_there_is_an_answer(team: Team, script: TeamScript) -> None:
    reply, (first,) = _stopped_with(team, script, "only in winter, please")
    script.faults |= {"critic": ModelUnreachable("It is away."), "researcher": ModelUnreachable("It is away.")}
    failed = _ask_again(team, script, reply)
    assert failed.llm and failed.llm.phase == "failed" and failed.llm.missed == [first.id]
    assert "from Mira" in team.detail(reply, "writer", "failed")
    changes.delete_message(team.den.db, team.den.mira.id, first.id)
    failed = _ask_again(team, script, reply)
    assert failed.llm and failed.llm.missed == []


def test_a_run_that_is_stopped_while_it_writes_has_read_what_people_wrote(team: Team, script: TeamScript) -> None:
    script.held = {"planner"}
    script.breaks["writer"] = ModelUnreachable("It is away.")
    reply = team.ask()
    script.reached("planner")
    team.send("only in winter, please", team.den.mira)
    script.release()
    broken = team.ended(reply)
    assert broken.llm and broken.content == FINAL and broken.llm.missed == []
