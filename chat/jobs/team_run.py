"""A run: a plan, agents side by side, and a writer, as one stream of chunks like any other answer.

Each step is stored before the next begins, so that a later attempt goes on from it. A phase comes before each: with it
whoever follows takes the job, and only who has the job may store.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from chat.background import Background
from chat.db.unit_of_work import Database
from chat.domain import plans, team_words
from chat.domain.agents import AUTO, PLANNER
from chat.errors import Conflict, ModelError, ModelTimeout
from chat.jobs.answer import options_of
from chat.jobs.asking import Asker, Question
from chat.jobs.side_by_side import End, SideBySide
from chat.llm.base import ChatMessage, Chunk, PhaseChunk
from chat.llm.cancelling import Cancelled, CancelToken
from chat.services import runs
from chat.services.agents import list_working_agents
from chat.services.prompts import Part, Reading, build_prompt
from chat.services.replies import ReplyJob
from chat.wire import Agent

Near = Callable[[ReplyJob], Sequence[str]]  # ids of older messages that may belong to its question
PLAN_SHARE = 0.25  # of the time
_BEFORE = {"loading": 1, "routing": 2, "queued": 3}  # a model reads


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of one run: how many agents, for how long in all before the answer is written, and tokens of each of them."""

    agents: int = 4
    seconds: float = 600.0
    tokens: int = 800


@dataclass
class _Work:
    """One run in this process. `job()` is the job as this attempt has it; `near` is what `Near` gave for it."""

    job: Callable[[], ReplyJob]
    cancel: CancelToken
    ends_at: float
    near: Sequence[str]

    def left(self) -> float:
        return max(0.0, self.ends_at - time.monotonic())


class TeamRuns:
    def __init__(self, db: Database, asker: Asker, background: Background, bounds: Bounds, near: Near) -> None:
        self._db, self._asker, self._bounds, self._near = db, asker, bounds, near
        self._side_by_side = SideBySide(asker, background)

    def answer(self, job: Callable[[], ReplyJob], cancel: CancelToken) -> Iterator[Chunk]:
        """Goes on where an earlier attempt was. Raises as `Asker.ask` does, or `ModelError` if no agent answered."""
        work = _Work(job, cancel, time.monotonic() + self._bounds.seconds, self._near(job()))
        if self._progress(work).tasks is None:
            yield from self._plan(work)
        yield from self._ask_agents(work)
        yield from self._write(work)

    def _plan(self, work: _Work) -> Iterator[Chunk]:
        agents = self._agents(work)
        if not agents:
            raise Conflict(
                "There are no agents in this room any more, or all are switched off. Put some in, and ask again."
            )
        asked = {
            PLANNER: self._question(work, Part(team_words.planner_told(list(agents.values()), self._bounds.agents)))
        }
        end = End()
        late = ModelTimeout("It took too long.")
        for _, chunk in self._side_by_side.ask(asked, work.cancel, work.left() * PLAN_SHARE, late):
            if isinstance(chunk, PhaseChunk):
                yield _as_prelude(chunk, "Planning who looks into what")
            end = chunk if isinstance(chunk, End) else end
        yield PhaseChunk("prompt", message="Planning who looks into what")
        handles, most = list(agents), self._bounds.agents
        plan = plans.everybody(handles, most) if end.error else plans.parse_plan(end.text, handles, most)
        trouble = end.error.message if end.error else None
        _require(runs.store_plan(self._db, work.job(), plan, most, trouble))

    def _ask_agents(self, work: _Work) -> Iterator[Chunk]:
        progress = self._progress(work)
        if not progress.left:
            return
        yield PhaseChunk("prompt", message=team_words.at_work([task.agent for task in progress.left]))
        agents = self._agents(work)
        gone = [task.agent for task in progress.left if task.agent not in agents]
        for agent in gone:
            _require(
                runs.store_end(
                    self._db, work.job(), agent, "skipped", "It is not in this room any more, or switched off."
                )
            )
        tasks = [task for task in progress.left if task.agent not in gone]
        later = _require(runs.begin_agents(self._db, work.job(), tasks))
        questions = {}
        for task in tasks:
            part = Part(team_words.agent_told(task.text), later.until, agents[task.agent])
            questions[task.agent] = self._question(work, part)
        phases: dict[str, PhaseChunk] = dict.fromkeys(questions, PhaseChunk("queued"))
        late = ModelTimeout(f"It took longer than the {self._bounds.seconds:.0f} seconds that a run has.")
        for agent, chunk in self._side_by_side.ask(questions, work.cancel, work.left(), late):
            if isinstance(chunk, End):
                del phases[agent]
                self._store_end(work, agent, chunk)
            elif isinstance(chunk, PhaseChunk):
                phases[agent] = chunk
            if phases and isinstance(chunk, PhaseChunk | End):
                furthest = min(phases.values(), key=lambda phase: _BEFORE.get(phase.phase, 0))
                yield _as_prelude(furthest, team_words.at_work(list(phases)))

    def _store_end(self, work: _Work, agent: str, end: End) -> None:
        if end.error or not end.text:
            reason = end.error.message if end.error else team_words.NO_ANSWER
            _require(runs.store_end(self._db, work.job(), agent, "failed", reason))
        else:
            _require(runs.store_end(self._db, work.job(), agent, "finding", end.text))

    def _write(self, work: _Work) -> Iterator[Chunk]:
        progress = self._progress(work)
        if not progress.findings:
            raise ModelError(team_words.all_failed(progress.failures))
        yield PhaseChunk("prompt", message="Putting the findings together")
        job = work.job()
        context = self._context(job.model.id)
        reading = _require(runs.begin_writing(self._db, job, progress.findings, context, work.near))
        yield from self._asker.ask(_asked(job, reading, job.model.id, job.options), work.cancel)

    def _agents(self, work: _Work) -> dict[str, Agent]:
        """Those of the room that can be asked now, by their handles."""
        with self._db.read() as read:
            return {agent.handle: agent for agent in list_working_agents(read, work.job().room_id)}

    def _progress(self, work: _Work) -> runs.Progress:
        with self._db.read() as read:
            return runs.get_progress(read, work.job())

    def _question(self, work: _Work, part: Part) -> Question:
        """What an agent or the planner is asked; their answers are short, whatever the asker wants of the last one."""
        job = work.job()
        model = job.model.id if part.agent is None or part.agent.model == AUTO else part.agent.model
        most = min(self._bounds.tokens, job.options.get("max_tokens") or self._bounds.tokens)
        options = {name: value for name, value in job.options.items() if name != "stop"} | {"max_tokens": most}
        job = replace(job, begun="")
        with self._db.read() as read:
            reading = build_prompt(read, job, self._context(model), part, work.near)
        return _asked(job, reading, model, options)

    def _context(self, model: str) -> int | None:
        try:
            return self._asker.context_for(model)
        except ModelError:  # which asking it will raise again
            return None


def _asked(job: ReplyJob, reading: Reading, model: str, options: dict[str, Any]) -> Question:
    return Question(
        model=model,
        messages=tuple(ChatMessage(turn.role, turn.content) for turn in reading.prompt.turns),
        user_id=job.user_id,
        scope=f"room:{job.room_id}",
        options=options_of(options),
        template=reading.template,
        bypass_cache=job.bypass_cache,
        room_id=job.room_id,
        reply_id=job.message_id,
        job_id=job.id,
        continues=bool(job.begun),
    )


def _as_prelude(chunk: PhaseChunk, message: str) -> Chunk:
    """What the room sees while no word of the answer is there: that text comes elsewhere is not told."""
    if chunk.phase in _BEFORE:
        return chunk
    return PhaseChunk("prompt", message=message)


T = TypeVar("T")


def _require(stored: T | None) -> T:
    """Ends an attempt that has lost its job."""
    if not stored:
        raise Cancelled
    return stored
