"""What people write while agents work: a run takes it in, and nothing else."""

import pytest

from chat import wire
from chat.services import reopening
from tests.fakes.team import FINAL, TeamScript
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
