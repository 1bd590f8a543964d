"""Which replies may be continued, and what is shown of them meanwhile."""

from typing import Any

import pytest

from chat import wire
from chat.domain.reply_states import ClosedPhase
from chat.errors import Conflict, InvalidInput, NotFound
from chat.services import prompts, reopening, replies
from tests.services.den import Den, job_of


def _end(den: Den, phase: ClosedPhase, text: str, finish: str) -> wire.Message:
    _, reply = den.ask(den.ada, "why?")
    replies.close_reply(den.db, job_of(den.db, reply.id), phase, text, {"finish": finish})
    return reply


def _continue(den: Den, reply: wire.Message, person: wire.User | None = None) -> wire.Message:
    return reopening.continue_reply(den.db, (person or den.ada).id, wire.ContinueReply(message=reply.id))


CUT_OFF: list[tuple[ClosedPhase, str]] = [
    ("interrupted", "interrupted"),
    ("stopped", "stopped"),
    ("failed", "error"),
    ("done", "length"),
]


@pytest.mark.parametrize(("phase", "finish"), CUT_OFF)
def test_the_text_stays_in_sight_while_the_rest_is_asked_for(den: Den, phase: ClosedPhase, finish: str) -> None:
    reply = _end(den, phase, "Because it", finish)
    quoting = den.say(den.mira, "go on", reply_to=reply.id)
    reopened = _continue(den, reply)
    assert (reopened.content, reopened.status) == ("Because it", "sending")
    assert reopened.llm and (reopened.llm.phase, reopened.llm.continued) == ("queued", True)
    assert reopened.rev > reply.rev and den.shown(reply) == reopened
    quote = den.shown(quoting).quote
    assert quote and quote.content == "Because it"
    job = job_of(den.db, reply.id)
    assert job.begun == "Because it"
    with den.db.read() as read:
        assert [turn.content for turn in prompts.build_prompt(read, job, None).prompt.turns][-1] == "Because it"


def test_a_crash_while_it_is_continued_keeps_the_old_text_and_what_came(den: Den) -> None:
    reply = _end(den, "stopped", "Because it", "stopped")
    _continue(den, reply)
    job = replies.start_job(den.db, job_of(den.db, reply.id), "prompt")
    assert job and den.shown(reply).content == "Because it"
    assert replies.save_text(den.db, job, "Because it is")
    replies.close_reply(den.db, job, "interrupted", None, {"finish": "interrupted"})
    assert den.shown(reply).content == "Because it is"
    _continue(den, reply)
    assert job_of(den.db, reply.id).begun == "Because it is"


def test_asking_again_afterwards_begins_anew(den: Den) -> None:
    reply = _end(den, "stopped", "Because it", "stopped")
    _continue(den, reply)
    replies.close_reply(den.db, job_of(den.db, reply.id), "done", "Because it is.", {"finish": "stop"})
    reopened = reopening.reopen_reply(den.db, den.ada.id, wire.Regenerate(message=reply.id))
    assert reopened.content == "" and reopened.llm and not reopened.llm.continued
    assert job_of(den.db, reply.id).begun == ""


REFUSED: dict[str, tuple[ClosedPhase, str, str]] = {
    "complete": ("done", "Because.", "stop"),
    "without text": ("interrupted", "", "interrupted"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_complete_or_has_no_text_is_not_continued(den: Den, case: str) -> None:
    reply = _end(den, *REFUSED[case])
    with pytest.raises(Conflict, match="Ask again"):
        _continue(den, reply)


def test_a_good_answer_that_came_back_is_not_continued(den: Den) -> None:
    reply = _end(den, "done", "Because.", "stop")
    reopening.reopen_reply(den.db, den.ada.id, wire.Regenerate(message=reply.id))
    replies.close_reply(den.db, job_of(den.db, reply.id), "failed", "", {"finish": "error"})
    shown = den.shown(reply)
    assert shown.content == "Because." and shown.llm and (shown.llm.phase, shown.llm.finish) == ("failed", "stop")
    with pytest.raises(Conflict, match="complete"):
        _continue(den, reply)


def test_nobody_continues_what_is_being_written_deleted_or_not_theirs(den: Den) -> None:
    _, running = den.ask(den.ada, "why?")
    refused: list[tuple[Any, type[Exception], wire.User]] = [
        (running, Conflict, den.ada),
        (den.say(den.ada, "a person's"), InvalidInput, den.ada),
        (_end(den, "stopped", "Because it", "stopped"), NotFound, den.eve),
    ]
    for message, error, person in refused:
        with pytest.raises(error):
            _continue(den, message, person)
