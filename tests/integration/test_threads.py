"""The same server with plain threads instead of the event loop."""

from pathlib import Path

from tests.people import Person
from tests.running_server import LIMITS, RunningServer


def test_people_talk_a_model_answers_and_it_stops_in_time(tmp_path: Path) -> None:
    with RunningServer(tmp_path, ASYNC_MODE="threading", LLM_SCRIPTED="on", **LIMITS) as server:
        ada, mira = (Person(server.url, name).register().connect() for name in ("ada", "mira"))
        for person in (ada, mira):
            person.join()
        question = ada.send("@echo are you there?")["message"]
        assert mira.wait_for("message", lambda m: m["id"] == question["id"]) == question
        reply = mira.wait_reply(question["id"])
        assert mira.wait_closed(reply["id"])["content"].endswith("are you there?")
        status, seconds = server.stop()
        for person in (ada, mira):
            person.disconnect()
        assert status == 0 and seconds < 2
        assert "Traceback" not in server.log()
