"""A process that goes on after others have taken its job for lost tells nobody how that ended: it does not know."""

import threading
from collections.abc import Iterable

import pytest

from chat import wire
from chat.events import Event, ReplyGrew, ReplyProgressed
from chat.jobs.reply_job import ReplyJobs
from chat.jobs.status_feed import StatusFeed
from chat.llm.base import ChatRequest, TextChunk
from chat.llm.scripted import Scripted, Step
from chat.llm.status import StatusBoard
from chat.publishing import Publisher
from chat.services import job_rows, replies
from chat.services.administration import change_person
from tests.fakes.engine import BACKGROUND, Engine, until_cancelled
from tests.services.den import Den, job_of
from tests.services.teams import until

OVER = ("done", "stopped", "failed")


class Process:
    """Its model writes “half”, and after `go_on` the rest, without coming to an end."""

    def __init__(self, den: Den) -> None:
        self.told: list[Event] = []
        self.go_on = threading.Event()
        publisher = Publisher()
        publisher.subscribe(self.told.append)
        asker = Engine(Scripted(self._write, models=("m",), parallelism=1)).asker
        self.feed = StatusFeed(StatusBoard(), publisher, BACKGROUND, asker.programs)
        self.jobs = ReplyJobs(den.db, asker, self.feed, publisher, BACKGROUND)

    def _write(self, _: ChatRequest) -> Iterable[Step]:
        return TextChunk("half"), lambda cancel: _wait(self.go_on), TextChunk(" the rest"), until_cancelled

    def ends_of(self, reply: wire.Message) -> list[str]:
        """What it has told of the reply's end."""
        progress = [event.status for event in self.told if isinstance(event, ReplyProgressed)]
        chunks = [event.chunk for event in self.told if isinstance(event, ReplyGrew)]
        over = [status.phase for status in progress if status.reply_id == reply.id and status.phase in OVER]
        return [*over, *("final" for chunk in chunks if chunk.reply_id == reply.id and chunk.data.is_final)]


def _wait(gate: threading.Event) -> None:
    assert gate.wait(20)


@pytest.fixture
def process(den: Den) -> Process:
    return Process(den)


def _begun(den: Den, process: Process) -> tuple[wire.Message, replies.ReplyJob]:
    """A reply of which a half is written and stored."""
    reply = den.ask(den.ada, "why?")[1]
    process.jobs.begin(job_of(den.db, reply.id).id)
    until(lambda: den.shown(reply).content == "half")
    return reply, job_of(den.db, reply.id)


def test_a_reply_that_others_have_closed_is_not_told_of(den: Den, process: Process) -> None:
    reply, job = _begun(den, process)
    assert process.feed.overall().phase == "generating"
    assert replies.close_reply(den.db, job, "interrupted", None, {"finish": "interrupted"})
    process.jobs.beat()
    process.go_on.set()
    until(lambda: not process.jobs.running())
    assert process.ends_of(reply) == [] and process.feed.overall().phase == "done"
    assert den.shown(reply).content == "half"


def test_a_reply_that_waits_for_another_attempt_is_not_told_to_have_ended(den: Den, process: Process) -> None:
    reply, job = _begun(den, process)
    with den.db.write() as uow:
        assert job_rows.wait_again(uow, job.id, job.attempt)
    process.go_on.set()
    until(lambda: not process.jobs.running())
    assert process.ends_of(reply) == [] and process.feed.overall().phase == "done"


def test_a_question_that_waits_while_its_process_stops_is_not_told_to_have_ended(den: Den, process: Process) -> None:
    running, _ = _begun(den, process)
    waiting = den.ask(den.ada, "and what?")[1]
    process.jobs.begin(job_of(den.db, waiting.id).id)
    process.jobs.shut_down()
    process.go_on.set()
    until(lambda: not process.jobs.running())
    assert process.ends_of(running) == ["stopped", "final"] and process.ends_of(waiting) == []
    assert den.shown(waiting).status == "sending" and process.feed.overall().phase == "done"


def test_a_question_that_waits_leaves_the_line_when_who_asked_is_deactivated(den: Den, process: Process) -> None:
    """That it was stopped is said together with that, so that the process has nothing more to say of it."""
    running, _ = _begun(den, process)
    waiting = den.ask(den.mira, "and what?")[1]
    process.jobs.begin(job_of(den.db, waiting.id).id)
    den.new_admin()
    den.heard.clear()
    change_person(den.db, "mira", wire.ChangePerson(is_active=False), lambda user_id: "offline")
    for event in den.heard:
        process.jobs.on_event(event)
    until(lambda: process.jobs.running() == 1)
    assert process.ends_of(waiting) == [] and den.shown(running).status == "sending"
    assert (info := den.shown(waiting).llm) and info.phase == "stopped"
    process.jobs.shut_down()
    process.go_on.set()
    until(lambda: not process.jobs.running())
