"""What waits when the server stops is answered after the next start, whatever becomes of the rooms meanwhile."""

import threading
import time

from chat.background import Background
from chat.jobs.recovery import Recovery
from chat.jobs.reply_job import ReplyJobs
from chat.jobs.status_feed import StatusFeed
from chat.llm.scripted import Scripted
from chat.llm.status import StatusBoard
from chat.publishing import Publisher
from chat.services import job_rows
from chat.services.room_endings import clear_deleted, delete_room
from tests.fakes.engine import BACKGROUND, Engine, spawn
from tests.services.den import Den, job_of


class LateBackend:
    """Is there after the first wait; in the moment in which that is seen, a room is deleted."""

    def __init__(self, den: Den, room: str) -> None:
        self._den, self._room = den, room
        self._was_waited_for, self._is_deleted = threading.Event(), False

    def sleep(self, seconds: float) -> None:
        self._was_waited_for.set()
        time.sleep(min(seconds, 0.05))

    def is_awaited(self, model: str) -> bool:
        if not self._was_waited_for.is_set():
            return True
        if not self._is_deleted:
            self._is_deleted = True
            delete_room(self._den.db, self._den.ada, self._room)
            while clear_deleted(self._den.db):
                pass
        return False


def test_a_room_that_is_deleted_meanwhile_leaves_no_other_reply_waiting(den: Den) -> None:
    attic = den.new_room("public")
    _, first = den.ask(den.ada, "why?")
    den.ask(den.ada, "what?", attic)
    _, last = den.ask(den.ada, "how?")
    late = LateBackend(den, attic)
    engine, publisher, background = Engine(Scripted(models=("m",))), Publisher(), Background(spawn, late.sleep)
    feed = StatusFeed(StatusBoard(), publisher, background, engine.asker.programs)
    jobs = ReplyJobs(den.db, engine.asker, feed, publisher, background)

    Recovery(den.db, jobs, background, late.is_awaited).begin()
    give_up = time.monotonic() + 20
    while any("You said" not in den.shown(reply).content for reply in (first, last)) or jobs.running():
        assert time.monotonic() < give_up, "a reply waits until the next start"
        time.sleep(0.05)


def test_a_process_that_stops_takes_nothing_up_of_what_waits_for_others(den: Den) -> None:
    _, reply = den.ask(den.ada, "why?")
    job_rows.let_go(den.db, job_of(den.db, reply.id).id)
    engine, publisher = Engine(Scripted(models=("m",))), Publisher()
    feed = StatusFeed(StatusBoard(), publisher, BACKGROUND, engine.asker.programs)
    jobs = ReplyJobs(den.db, engine.asker, feed, publisher, BACKGROUND, is_alone=False)
    jobs.shut_down()
    Recovery(den.db, jobs, BACKGROUND, lambda model: False, is_alone=False).keep_alive()
    jobs.take_up([job_of(den.db, reply.id).id])
    with den.db.read() as read:
        assert job_rows.list_left(read) == [job_of(den.db, reply.id).id] and jobs.running() == 0
