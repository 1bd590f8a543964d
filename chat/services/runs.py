"""A run as its job does it: how far it is, and each step stored by the attempt that has the job, by no other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chat import wire
from chat.db.unit_of_work import Database, Reader, UnitOfWork
from chat.domain import team_words
from chat.domain.agents import PLANNER, WRITER
from chat.domain.conversation import context_chars
from chat.domain.plans import Plan, Task
from chat.services.interjections import list_interjections
from chat.services.job_rows import mark
from chat.services.prompts import Part, Reading, build_prompt
from chat.services.readings import replace_reading
from chat.services.replies import ReplyJob, require_question
from chat.services.run_steps import Run, add_step, list_steps


@dataclass(frozen=True, slots=True)
class Progress:
    """What is stored of a run: its tasks, None before there is a plan, and what became of those that have ended."""

    tasks: tuple[Task, ...] | None
    findings: dict[str, str]
    failures: dict[str, str]

    @property
    def left(self) -> list[Task]:
        return [task for task in self.tasks or () if task.agent not in (*self.findings, *self.failures)]


@dataclass(frozen=True, slots=True)
class Later:
    """What people wrote since the question: by whom, and up to which message."""

    names: tuple[str, ...]
    until: int


def get_progress(tx: Reader, job: ReplyJob) -> Progress:
    tasks: tuple[Task, ...] | None = None
    findings, failures = dict[str, str](), dict[str, str]()
    for step in list_steps(tx, run_of(job).id):
        if step.action == "planned":
            tasks = tuple(Task(**task) for task in step.data["tasks"])
        elif step.action == "finding":
            findings[step.agent] = step.detail
        elif step.action in ("failed", "skipped") and step.agent != WRITER:
            failures[step.agent] = step.detail
    return Progress(tasks, findings, failures)


def run_of(job: ReplyJob) -> Run:
    return Run(job.run or "", job.message_id, job.room_id)


def store_plan(db: Database, job: ReplyJob, plan: Plan, most: int, trouble: str | None) -> bool:
    """False, as from all that store a step, if the attempt is over."""
    with db.write() as uow:
        if not _is_alive(uow, job):
            return False
        data = {"tasks": [{"agent": task.agent, "text": task.text} for task in plan.tasks]}
        add_step(uow, run_of(job), PLANNER, "planned", team_words.planned(plan, trouble), data)
        for agent in plan.over:
            add_step(uow, run_of(job), agent, "skipped", team_words.over_bound(most))
    return True


def begin_agents(db: Database, job: ReplyJob, tasks: list[Task]) -> Later | None:
    """These agents are asked now."""
    with db.write() as uow:
        if not _is_alive(uow, job):
            return None
        later = _later(uow, job)
        for task in tasks:
            add_step(uow, run_of(job), task.agent, "started", team_words.started(task.text, later.names))
    return later


def store_end(db: Database, job: ReplyJob, agent: str, action: wire.ActionKind, detail: str) -> bool:
    """What an agent has found, or why nothing."""
    with db.write() as uow:
        if not _is_alive(uow, job):
            return False
        add_step(uow, run_of(job), agent, action, detail)
    return True


def begin_writing(
    db: Database, job: ReplyJob, findings: Mapping[str, str], context_tokens: int | None, near: Sequence[str] = ()
) -> Reading | None:
    """The answer is written now. What people write from here on is a question of its own again."""
    told = team_words.writer_told(findings, context_chars(context_tokens) // 2)
    with db.write() as uow:
        if not _is_alive(uow, job):
            return None
        later = _later(uow, job)
        reading = build_prompt(uow, job, context_tokens, Part(told, later.until), near)
        add_step(uow, run_of(job), WRITER, "started", team_words.writing(len(findings), later.names))
        replace_reading(uow, job.id, job.message_id, reading.account)
    return reading


def _later(tx: Reader, job: ReplyJob) -> Later:
    question = require_question(tx, job.question or "")
    later = list_interjections(tx, job.room_id, job.run, job.missed, question)
    return Later(tuple(message.author.name for message in later), later[-1].seq if later else question)


def _is_alive(uow: UnitOfWork, job: ReplyJob) -> bool:
    return mark(uow, job.id, job.attempt, "prompt")
