"""What is older than the server keeps goes for good, in small pieces, and everybody who sees it is told."""

import time

import pytest

from chat import wire
from chat.background import Background
from chat.config import Config
from chat.db.ids import first_id_at, new_id, now_ms
from chat.db.tables import mentions, reactions, run_steps
from chat.errors import NotFound
from chat.events import MessageChanged, MessageDeleted
from chat.jobs.retention import PAUSE, Retention
from chat.services.integrity import find_misfits
from chat.services.pins import pin_message
from chat.services.purging import DAY_MS
from chat.services.reactions import react
from chat.services.retention import LOOK, PIECE, list_old
from chat.services.room_views import get_room_view
from chat.services.run_steps import get_run
from tests.fakes.team import FINAL
from tests.services.den import Den
from tests.services.teams import Team

DAYS = 30


def _run(den: Den, at: int, **days: str) -> list[float]:
    """One round, `DAYS` after that moment; gives the pauses that it made."""
    slept: list[float] = []
    config = Config.from_env({"SECRET_KEY": "x" * 40, **days})
    background = Background(spawn=lambda work: work(), sleep=slept.append)
    Retention(den.db, background, config, clock=lambda: at + DAYS * DAY_MS).run()
    return slept


def test_ids_sort_by_the_time_that_they_are_asked_for() -> None:
    now = now_ms()
    assert first_id_at(now - 1) < first_id_at(now) <= new_id() < first_id_at(now + 60_000)


def test_nothing_goes_unless_that_is_set(den: Den) -> None:
    den.say(den.ada, "old")
    _run(den, now_ms() + 10_000 * DAY_MS)
    assert [message.content for message in den.history()] == ["old"]


def test_what_is_older_is_emptied_and_its_place_stays(den: Den) -> None:
    old = den.say(den.ada, "old @mira")
    react(den.db, den.mira.id, wire.React(message=old.id, emoji="👍", is_on=True))
    pin_message(den.db, den.ada.id, wire.PinMessage(message=old.id, is_pinned=True))
    time.sleep(0.002)
    between = now_ms()
    time.sleep(0.002)
    young = den.say(den.ada, "young")
    den.heard.clear()
    _run(den, between, MESSAGE_DAYS=str(DAYS))
    (told,) = [event.deleted for event in den.heard if isinstance(event, MessageDeleted)]
    assert (told.id, told.seq, told.room) == (old.id, 1, den.room)
    emptied, kept = den.history()
    assert (emptied.content, emptied.seq, emptied.rev, emptied.reactions) == ("", 1, told.rev, [])
    assert emptied.deleted_at and not emptied.pinned_at and kept == young
    assert den.count(mentions) == den.count(reactions) == 0
    with den.db.read() as read:
        view = get_room_view(read, den.mira.id, den.room)
        assert (view.unread, view.mentions) == (1, 0)
        assert [misfit for misfit in find_misfits(read) if "admin" not in misfit] == []
    den.heard.clear()
    _run(den, between, MESSAGE_DAYS=str(DAYS))
    assert den.heard == [], "it goes once"


def test_a_reply_that_is_being_written_stays(den: Den) -> None:
    den.ask(den.ada, "why?")
    _run(den, now_ms() + DAY_MS, MESSAGE_DAYS=str(DAYS))
    question, reply = den.history()
    assert question.deleted_at and not reply.deleted_at


def test_others_write_between_the_pieces(den: Den) -> None:
    count = 2 * PIECE + 1
    for number in range(count):
        den.say(den.ada, f"number {number}")
    assert _run(den, now_ms() + 1, MESSAGE_DAYS=str(DAYS)).count(PAUSE) == 3
    assert all(message.deleted_at for message in den.history()) and len(den.history()) == count


def test_it_goes_on_where_it_was(den: Den) -> None:
    said = [den.say(den.ada, f"number {number}") for number in range(5)]
    with den.db.read() as read:
        ids, after = list_old(read, now_ms() + 1, "")
        assert ids == [message.id for message in said] and after is None and len(said) < LOOK
        assert list_old(read, now_ms() + 1, said[2].id) == ([said[3].id, said[4].id], None)


def test_old_runs_lose_their_steps_and_keep_their_answer(team: Team) -> None:
    team.add("researcher", "critic")
    reply = team.ask()
    assert team.ended(reply).content == FINAL and reply.llm and reply.llm.run
    team.den.heard.clear()
    _run(team.den, now_ms() + 1, RUN_DAYS=str(DAYS))
    assert team.den.count(run_steps) == 0
    (changed,) = [event.message for event in team.den.heard if isinstance(event, MessageChanged)]
    assert changed.content == FINAL and changed.llm and changed.llm.run is None
    assert team.den.shown(reply) == changed
    with team.den.db.read() as read, pytest.raises(NotFound):
        get_run(read, team.den.ada.id, team.den.room, reply.llm.run)
    team.den.heard.clear()
    _run(team.den, now_ms() + 1, RUN_DAYS=str(DAYS))
    assert team.den.heard == []
