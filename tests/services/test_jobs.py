"""The row of a job: claimed once, kept alive, and closed to whoever lost it."""

import pytest
from sqlalchemy import select, update

from chat.db.ids import now_ms
from chat.db.tables import jobs, messages
from chat.domain.reply_states import RunningPhase
from chat.events import MessageChanged
from chat.services import job_rows, reopening, replies
from chat.services.administration import change_person
from chat.services.room_members import leave_room
from chat.wire import ChangePerson, Message, Regenerate, User
from tests.services.den import Den, job_of


@pytest.fixture
def reply(den: Den) -> Message:
    return den.ask(den.ada, "why?")[1]


def _start(den: Den, reply: Message, phase: RunningPhase = "prompt") -> replies.ReplyJob:
    job = replies.start_job(den.db, job_of(den.db, reply.id), phase)
    assert job
    return job


def _rows(den: Den, reply: Message) -> tuple[str, str]:
    """What the job's row says, and the reply's."""
    with den.db.read() as read:
        state = read.scalar(select(jobs.c.state).where(jobs.c.message_id == reply.id).order_by(jobs.c.id.desc()))
        return state, read.scalar(select(messages.c.reply_phase).where(messages.c.id == reply.id))


def _silence(den: Den, seconds: float) -> None:
    with den.db.write() as uow:
        uow.execute(update(jobs).values(heartbeat_at=now_ms() - round(seconds * 1000)))


def _deactivate(den: Den, person: User) -> None:
    den.new_admin()
    change_person(den.db, person.username, ChangePerson(is_active=False), lambda user_id: "offline")


def _lost(den: Den) -> list[str]:
    with den.db.read() as read:
        return job_rows.list_running(read, is_lost=True)


def _left(den: Den) -> list[str]:
    with den.db.read() as read:
        return job_rows.list_left(read)


def _is_held(den: Den, job_id: str) -> bool:
    with den.db.read() as read:
        return job_rows.is_held(read, job_id)


def test_a_job_goes_through_its_phases_and_its_reply_with_it(den: Den, reply: Message) -> None:
    assert _rows(den, reply) == ("queued", "queued")
    job = _start(den, reply, "loading")
    assert _rows(den, reply) == ("loading", "loading")
    replies.note_phase(den.db, job, "prompt")
    assert _rows(den, reply) == ("prompt", "prompt")
    assert replies.save_text(den.db, job, "Beca")
    assert _rows(den, reply) == ("generating", "generating") and den.shown(reply).content == "Beca"
    assert replies.close_reply(den.db, job, "done", "Because.", {})
    assert _rows(den, reply) == ("done", "done") and den.shown(reply).content == "Because."


def test_a_job_is_claimed_once(den: Den, reply: Message) -> None:
    seen = job_of(den.db, reply.id)
    assert replies.start_job(den.db, seen, "prompt") and replies.start_job(den.db, seen, "prompt") is None


def test_who_has_lost_a_job_writes_nothing_any_more(den: Den, reply: Message) -> None:
    mine = _start(den, reply)
    assert replies.save_text(den.db, mine, "half")
    assert replies.close_reply(den.db, mine, "interrupted", None, {})
    reopening.reopen_reply(den.db, den.ada.id, Regenerate(message=reply.id))
    again = _start(den, reply)
    assert replies.save_text(den.db, again, "new text")

    assert not replies.save_text(den.db, mine, "half of the old")
    replies.note_phase(den.db, mine, "loading")
    assert replies.close_reply(den.db, mine, "done", "half of the old answer", {}) is None
    assert _rows(den, reply) == ("generating", "generating") and den.shown(reply).content == "new text"


def test_an_older_attempt_at_the_same_job_writes_nothing_any_more(den: Den, reply: Message) -> None:
    first = _start(den, reply)
    with den.db.write() as uow:
        assert job_rows.wait_again(uow, first.id, first.attempt)
    second = _start(den, reply)
    assert (first.attempt, second.attempt) == (1, 2)
    assert not replies.save_text(den.db, first, "old") and replies.save_text(den.db, second, "new")
    assert replies.close_reply(den.db, first, "done", "old", {}) is None
    assert replies.close_reply(den.db, second, "done", "new", {})


def test_a_job_whose_heart_has_stopped_is_found_and_one_that_beats_is_not(den: Den, reply: Message) -> None:
    job = _start(den, reply)
    assert _lost(den) == []
    _silence(den, job_rows.LEASE_SECONDS + 1)
    assert _lost(den) == [job.id]
    job_rows.beat(den.db, [job.id])
    assert _lost(den) == []
    _silence(den, job_rows.LEASE_SECONDS + 1)
    assert replies.save_text(den.db, job, "text is a heartbeat, too") and _lost(den) == []


def test_a_job_that_waits_needs_no_heart_and_waiting_ones_keep_their_order(den: Den, reply: Message) -> None:
    others = [den.ask(den.mira, f"question {number}")[1] for number in range(20)]
    _silence(den, 1000)
    assert _lost(den) == []
    with den.db.read() as read:
        waiting = job_rows.list_waiting(read)
    assert waiting == [job_of(den.db, asked.id).id for asked in (reply, *others)]


def test_a_waiting_job_in_nobodys_hands_is_taken_over_by_one(den: Den, reply: Message) -> None:
    job = job_of(den.db, reply.id)
    assert _left(den) == [] and _is_held(den, job.id), "it was asked just now"
    job_rows.beat(den.db, [job.id])
    assert not job_rows.take_over(den.db, job.id)
    _silence(den, job_rows.LEASE_SECONDS + 1)
    assert _left(den) == [job.id] and not _is_held(den, job.id)
    assert job_rows.take_over(den.db, job.id) and not job_rows.take_over(den.db, job.id)
    assert _left(den) == [] and _is_held(den, job.id)


def test_a_job_that_nobody_has_taken_yet_is_taken_by_one_who_is_told_of_it(den: Den, reply: Message) -> None:
    job = job_of(den.db, reply.id)
    with den.db.read() as read:
        assert job_rows.list_left(read, untaken_seconds=-1) == [job.id], "whoever looks may be less patient, too"
    assert job_rows.take_over(den.db, job.id) and not job_rows.take_over(den.db, job.id)
    assert not job_rows.take_over(den.db, "no job")


def test_a_job_that_was_stopped_is_taken_by_nobody(den: Den, reply: Message) -> None:
    job = job_of(den.db, reply.id)
    replies.close_reply(den.db, job, "stopped", None, {})
    assert not job_rows.take_over(den.db, job.id)


def test_who_lets_go_of_a_waiting_job_need_not_fall_silent_first(den: Den, reply: Message) -> None:
    job = job_of(den.db, reply.id)
    assert job_rows.beat(den.db, [job.id]) == {job.id}
    job_rows.let_go(den.db, job.id)
    assert _left(den) == [job.id]


def test_a_running_job_is_not_let_go_of_and_a_beat_says_which_are_closed(den: Den, reply: Message) -> None:
    job = _start(den, reply)
    job_rows.let_go(den.db, job.id)
    assert _is_held(den, job.id) and _left(den) == []
    replies.close_reply(den.db, job, "stopped", None, {})
    assert job_rows.beat(den.db, [job.id]) == set() and not _is_held(den, job.id)


def test_what_waits_for_whoever_is_deactivated_is_stopped_in_its_row_and_nothing_else(den: Den, reply: Message) -> None:
    """Nobody has taken it, and nobody hears of this who could; nor is it only in rooms that they are still in."""
    attic = den.new_room("public")
    asked = [den.ask(den.mira, "why not?")[1], den.ask(den.mira, "why here?", attic)[1]]
    leave_room(den.db, den.mira, attic)
    seen = job_of(den.db, asked[0].id)
    den.heard.clear()
    _deactivate(den, den.mira)
    assert [_rows(den, one) for one in asked] == [("stopped", "stopped")] * 2
    changed = [event.message for event in den.heard if isinstance(event, MessageChanged)]
    assert [(one.id, one.status, one.llm and one.llm.finish) for one in changed] == [
        (one.id, "delivered", "stopped") for one in asked
    ]
    assert replies.start_job(den.db, seen, "prompt") is None and not job_rows.take_over(den.db, seen.id)
    with den.db.read() as read:
        assert job_rows.list_waiting(read) == [job_of(den.db, reply.id).id]


def test_an_answer_that_was_asked_for_anew_comes_back_when_who_asked_is_deactivated(den: Den) -> None:
    asked = den.ask(den.mira, "why not?")[1]
    den.close(asked, "Because.")
    reopening.reopen_reply(den.db, den.mira.id, Regenerate(message=asked.id))
    _deactivate(den, den.mira)
    assert den.shown(asked).content == "Because." and _rows(den, asked) == ("stopped", "stopped")


def test_what_had_begun_for_whoever_is_deactivated_does_not_wait_for_another_attempt(den: Den) -> None:
    job = _start(den, den.ask(den.mira, "why not?")[1])
    _deactivate(den, den.mira)
    assert not replies.wait_again(den.db, job)
    assert replies.close_reply(den.db, job, "interrupted", None, {"finish": "interrupted"})
