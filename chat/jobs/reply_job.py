"""Runs the replies of rooms, from the open row to the closed one; what goes wrong becomes the reply's error."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from chat import wire
from chat.background import Background
from chat.db.unit_of_work import Database
from chat.domain.reply_states import ClosedPhase, RunningPhase
from chat.errors import NotFound, NotStored, RoundtableError, internal_error
from chat.events import Event, MessageDeleted, PersonChanged, ReplyGrew, ReplyOpened, RoomDeleted, StopAsked
from chat.jobs.answer import Answer, options_of
from chat.jobs.asking import Asker, Question
from chat.jobs.hands import FINISH, Hands
from chat.jobs.job_spans import in_job
from chat.jobs.live_replies import Effects, LiveReplies, LiveReply
from chat.jobs.status_feed import StatusFeed
from chat.jobs.stopping import SEE_SECONDS
from chat.jobs.team_run import Bounds, Near, TeamRuns
from chat.llm.base import ChatMessage, Chunk, PhaseChunk, TextChunk
from chat.llm.cancelling import Cancelled, CancelToken
from chat.logs import facts
from chat.publishing import Publisher
from chat.services import job_rows, replies
from chat.services.prompts import build_prompt
from chat.tracing import beneath, current

log = logging.getLogger(__name__)
WAITING = ("queued", "routing")
IN_LINE_SECONDS = 1.0  # that one job is waited for until it stands in its line, when several are taken up


@dataclass
class _Run:
    """One job in this process: how it is stopped, and how it ended up being stopped."""

    job: replies.ReplyJob
    live: LiveReply = field(init=False)
    cancel: CancelToken = field(default_factory=CancelToken)
    answer: Answer = field(default_factory=Answer)
    phase: RunningPhase | None = None  # as the row has it; None while it only waits
    reading: dict[str, Any] | None = None  # the account of what the model is given to read
    interrupted: bool = False
    goes_on: bool = False  # stopped, but the backend was not seen to have stopped
    is_elsewhere: bool = False  # somebody else has it, or has ended it: what comes of it is not ours to tell
    has_place: threading.Event = field(default_factory=threading.Event)

    @property
    def claimed(self) -> bool:
        return self.phase is not None


class ReplyJobs:
    """All reply jobs of this process."""

    def __init__(
        self,
        db: Database,
        asker: Asker,
        feed: StatusFeed,
        publisher: Publisher,
        background: Background,
        bounds: Bounds = Bounds(),  # noqa: B008  it is frozen
        near: Near = lambda job: (),
        *,
        is_alone: bool = True,
    ) -> None:
        """Unless it `is_alone`, other processes have jobs of the same database in their hands."""
        self._db, self._asker, self._feed = db, asker, feed
        self._near, self._hands = near, Hands(db, publisher, background, is_alone)
        self._team = TeamRuns(db, asker, background, bounds, near)
        self._publisher, self._background = publisher, background
        self.live = LiveReplies()
        self._runs: dict[str, _Run] = {}
        self.is_accepting = True

    def on_event(self, event: Event) -> None:
        """Takes up what is opened, and ends what nobody is there for any more; a subscriber."""
        if isinstance(event, ReplyOpened):
            beneath(event.trace)(self.begin)(event.job_id)
        elif isinstance(event, MessageDeleted):
            # No backend has the question of a job that still waits: so none gets it.
            self._stop_all(lambda run: run.job.question == event.deleted.id and not run.claimed)
        elif isinstance(event, StopAsked):
            if run := self._runs.get(event.job_id):
                run.cancel.cancel()
        elif isinstance(event, RoomDeleted):
            self._stop_all(lambda run: run.job.room_id == event.room.id)
        elif isinstance(event, PersonChanged) and event.deactivated:
            self._stop_all(lambda run: run.job.user_id == event.user.id)

    def _stop_all(self, is_concerned: Callable[[_Run], bool]) -> None:
        for run in list(self._runs.values()):
            if is_concerned(run):
                run.cancel.cancel()

    def begin(self, job_id: str) -> None:
        """Runs a waiting job in the background. While the server is stopping it stays a row, for the next start."""
        if self.is_accepting:
            self._begin(job_id)

    def take_up(self, job_ids: Sequence[str]) -> None:
        """Runs waiting jobs: each stands in line before the next one comes. One whose room is gone by then is none."""
        for job_id in job_ids:
            if not self.is_accepting:
                return
            with suppress(NotFound):
                self._begin(job_id).has_place.wait(IN_LINE_SECONDS)

    def _begin(self, job_id: str) -> _Run:
        with self._db.read() as read:
            run = _Run(replies.get_job(read, job_id))
        job = run.job
        run.live = LiveReply(job.message_id, job.room_id, self._effects(run), job.begun)
        self._runs[job_id] = run
        self._feed.report(run.live, PhaseChunk("queued"), run.answer, model=job.model.name)
        self.live.add(run.live)
        self._background.spawn(lambda: in_job(job.id)(self._run)(run))
        return run

    def _effects(self, run: _Run) -> Effects:
        return Effects(
            send=lambda chunk: self._publisher.publish([ReplyGrew(chunk)]),
            save=lambda text: self._save(run, text),
            background=self._background,
        )

    def stop(self, job_id: str) -> bool:
        """Stops a job in whatever phase: closes the connection to its backend. False if it has ended already.

        A reply that is open although nothing runs for it (its end could not be written) is closed as interrupted.
        """
        run = self._runs.get(job_id)
        if run:
            run.cancel.cancel()
            return True
        if self._hands.others_have(job_id):
            self._hands.ask_to_stop(job_id)
            return True
        return self._hands.close(job_id, "interrupted")

    def is_running(self, job_id: str) -> bool:
        """Here, or in another process."""
        return job_id in self._runs or self._hands.others_have(job_id)

    def beat(self) -> None:
        """Says of all jobs that a backend has, in one write, that they are being worked on.

        Among several processes also of those that wait, and those that were closed meanwhile are given up.
        """
        held = [run for run in self._runs.values() if run.claimed or not self._hands.is_alone]
        if held:
            still_open = job_rows.beat(self._db, [run.job.id for run in held])
            for run in held:
                if run.job.id not in still_open:
                    run.cancel.cancel()

    def shut_down(self) -> None:
        """Takes no more jobs and ends the running ones as interrupted; waiting ones stay for the next start."""
        self.is_accepting = False
        for run in list(self._runs.values()):
            run.interrupted = True
            run.cancel.cancel()

    def running(self) -> int:
        return len(self._runs)

    def _run(self, run: _Run) -> None:
        began = time.monotonic()
        error: wire.ErrorBody | None = None
        try:
            self._consume(run)
            phase: ClosedPhase = "done"
        except Cancelled as cancelled:
            phase = "interrupted" if run.interrupted else "stopped"
            # A server that stops does not wait for others to do so.
            run.goes_on = not run.interrupted and cancelled.wait_end(SEE_SECONDS)
        except RoundtableError as failure:
            phase, error = "failed", failure.body(run.job.id)
        except Exception:
            log.exception("the job failed")
            phase, error = "failed", internal_error(run.job.id)
        try:
            if not run.is_elsewhere:
                self._close(run, phase, error)
        finally:
            run.has_place.set()
            del self._runs[run.job.id]
            self.live.remove(run.live)
            model, backend = run.job.model.name, run.answer.backend
            if run.is_elsewhere:
                self._feed.leave(run.live)
            else:
                self._feed.end(run.live, phase, error, model=model, backend=backend, goes_on=run.goes_on)
            took = round(time.monotonic() - began, 3)
            told = facts(phase=phase, seconds=took, model=model, backend=backend or "")
            current().note({"roundtable.phase": phase})
            log.info("the job ended as %s after %.1f s", phase, took, extra=told)

    def _consume(self, run: _Run) -> None:
        is_run = run.job.run is not None
        chunks = self._team.answer(lambda: run.job, run.cancel) if is_run else self._ask(run)
        for chunk in chunks:
            run.answer.take(chunk)
            if isinstance(chunk, PhaseChunk | TextChunk):
                run.has_place.set()
                # First: what people see of a phase does not wait for a disk.
                self._feed.report(run.live, chunk, run.answer, model=run.job.model.name)
                self._note(run, chunk)
            if isinstance(chunk, TextChunk):
                run.live.append(chunk.text)

    def _ask(self, run: _Run) -> Iterator[Chunk]:
        return self._asker.ask(self._question(run), run.cancel)

    def _question(self, run: _Run) -> Question:
        job = run.job
        near = self._near(job)
        with self._db.read() as read:
            reading = build_prompt(read, job, self._asker.context_length(job.model.name), near=near)
        run.reading = reading.account
        return Question(
            model=job.model.id,
            messages=tuple(ChatMessage(turn.role, turn.content) for turn in reading.prompt.turns),
            user_id=job.user_id,
            scope=f"room:{job.room_id}",
            options=options_of(job.options),
            template=reading.template,
            bypass_cache=job.bypass_cache,
            room_id=job.room_id,
            reply_id=job.message_id,
            job_id=job.id,
            continues=bool(job.begun),
        )

    def _note(self, run: _Run, chunk: PhaseChunk | TextChunk) -> None:
        """The row says how far it is, so that a crash tells apart what waited and what had begun.

        It is claimed as soon as a backend has the question. That text comes is written with the text.
        """
        phase = _row_phase(chunk)
        if phase is None or phase == run.phase or (run.claimed and phase == "generating"):
            return
        if run.claimed:
            with suppress(NotStored):  # the answer is worth more than this note
                replies.note_phase(self._db, run.job, phase)
        else:
            claimed = replies.start_job(self._db, run.job, phase, run.reading)
            if claimed is None:
                run.is_elsewhere = self._hands.others_have(run.job.id)
                raise Cancelled
            run.job = claimed
        run.phase = phase

    def _save(self, run: _Run, text: str) -> None:
        """Ends a run whose reply was closed by somebody else: nothing that it writes counts any more."""
        if not replies.save_text(self._db, run.job, text):
            run.cancel.cancel()

    def _close(self, run: _Run, phase: ClosedPhase, error: wire.ErrorBody | None) -> None:
        """Closes the row and then says so; not of a job that waits for the next start of the server, or is not ours."""
        run.live.close()
        if phase == "interrupted" and self._waits_on(run):
            run.is_elsewhere = True
            self._hands.let_go(run.job.id)
            return
        facts: dict[str, Any] = {
            **run.answer.facts(),
            "finish": FINISH.get(phase, run.answer.finish),
            "goes_on": run.goes_on,
        }
        facts["error"] = error.model_dump() if error else None
        run.is_elsewhere = not self._hands.end(run.job, phase, run.live.text, facts)
        if not run.is_elsewhere:
            run.live.send_final()

    def _waits_on(self, run: _Run) -> bool:
        """Whether it had only waited when the server stopped, or can go on from what its agents have found."""
        if not run.claimed:
            return True
        return run.job.run is not None and not run.live.text and replies.wait_again(self._db, run.job)


def _row_phase(chunk: PhaseChunk | TextChunk) -> RunningPhase | None:
    """None while no backend has the question."""
    if isinstance(chunk, TextChunk) or chunk.phase == "generating":
        return "generating"
    if chunk.phase in WAITING:
        return None
    return "loading" if chunk.phase == "loading" else "prompt"
