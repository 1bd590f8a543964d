"""What agents did for one reply, step by step: stored and announced together, and read afterwards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, func, insert, select

from chat import wire
from chat.db.ids import iso
from chat.db.tables import jobs, messages, run_steps
from chat.db.unit_of_work import Reader, UnitOfWork
from chat.domain import team_words
from chat.domain.agents import PLANNER, WRITER
from chat.domain.reply_states import OPEN_PHASES, ClosedPhase
from chat.errors import NotFound
from chat.events import AgentActed
from chat.services.access import require_room


@dataclass(frozen=True, slots=True)
class Run:
    """Where the steps of a run belong."""

    id: str
    message_id: str
    room_id: str


def add_step(
    uow: UnitOfWork, run: Run, agent: str, action: wire.ActionKind, detail: str, data: dict[str, Any] | None = None
) -> None:
    """The next step; the room hears of it after the commit. `data` is what a later attempt goes on from."""
    before = uow.scalar(select(func.max(run_steps.c.step)).where(run_steps.c.run_id == run.id)) or 0
    row = {
        "run_id": run.id,
        "step": before + 1,
        "message_id": run.message_id,
        "room_id": run.room_id,
        "agent": agent,
        "action": action,
        "detail": detail,
        "data": data,
        "created_at": uow.now,
    }
    uow.record(AgentActed(_action_of(uow.execute(insert(run_steps).values(row).returning(run_steps)).one())))


def end_run(
    uow: UnitOfWork, run: Run, phase: ClosedPhase, facts: dict[str, Any], missed: Sequence[str], *, is_back: bool
) -> str:
    """The last steps of a run whose reply is closed. Gives the run that the reply's text is of.

    That is an earlier one where this one has given none and the old answer `is_back`. A complete answer replaces it.
    `missed` are the names of those who wrote meanwhile and have no answer now, once for each message.
    """
    error = facts.get("error") or {}
    action, words = _LAST[phase]
    for agent in _at_work(list_steps(uow, run.id)):
        add_step(uow, run, agent, action, words)
    if phase == "done":
        add_step(uow, run, WRITER, "finished", "")
        forget_steps(uow, run.message_id, but=run.id)
    else:
        told = (error.get("message") or words, team_words.missed(missed))
        add_step(uow, run, WRITER, action, "\n".join(filter(None, told)))
    return (is_back and _find_finished(uow, run)) or run.id


_LAST: dict[ClosedPhase, tuple[wire.ActionKind, str]] = {
    "done": ("skipped", "The answer was written without it."),
    "stopped": ("skipped", "Stopped."),
    "failed": ("failed", "The run failed."),
    "interrupted": ("failed", "The server stopped in the middle of it."),
}


def _at_work(steps: Iterable[Row[Any]]) -> list[str]:
    """Agents that have started and come to no end."""
    last = {step.agent: step.action for step in steps if step.agent not in (PLANNER, WRITER)}
    return [agent for agent, action in last.items() if action == "started"]


def _find_finished(tx: Reader, run: Run) -> str | None:
    finished = select(run_steps.c.run_id).where(
        run_steps.c.message_id == run.message_id, run_steps.c.agent == WRITER, run_steps.c.action == "finished"
    )
    found: str | None = tx.scalar(finished.order_by(run_steps.c.created_at.desc()).limit(1))
    return found


def has_open_run(tx: Reader, room_id: str) -> bool:
    """Whether agents are at work in the room for an answer that has not begun to be written."""
    replies = select(messages.c.reply).join(jobs, jobs.c.message_id == messages.c.id)
    open_here = tx.all(replies.where(jobs.c.room_id == room_id, jobs.c.state.in_(OPEN_PHASES)))
    runs = [row.reply["run"] for row in open_here if row.reply.get("run")]
    return any(all(step.agent != WRITER for step in list_steps(tx, run)) for run in runs)


def list_steps(tx: Reader, run_id: str) -> list[Row[Any]]:
    return list(tx.all(select(run_steps).where(run_steps.c.run_id == run_id).order_by(run_steps.c.step)))


def forget_steps(uow: UnitOfWork, message_id: str, *, but: str | None = None) -> None:
    """The reply was deleted, or has an answer of another run."""
    of_message = delete(run_steps).where(run_steps.c.message_id == message_id)
    uow.execute(of_message if but is None else of_message.where(run_steps.c.run_id != but))


def get_run(tx: Reader, user_id: str, ref: str, run_id: str) -> wire.RunAnswer:
    """For who may read the room. Raises `NotFound`, also for a run of another room."""
    room = require_room(tx, user_id, ref, "read")
    steps = [step for step in list_steps(tx, run_id) if step.room_id == room.id]
    if not steps:
        raise NotFound("There is no such run in this room, or it has not begun.", field="run")
    message = tx.first(select(messages).where(messages.c.id == steps[0].message_id))
    is_over = message is None or message.reply.get("run") != run_id or message.reply_phase not in OPEN_PHASES
    return wire.RunAnswer(
        room=room.id,
        run_id=run_id,
        reply_id=steps[0].message_id,
        is_over=is_over,
        actions=[_action_of(step) for step in steps],
    )


def _action_of(row: Row[Any]) -> wire.AgentAction:
    return wire.AgentAction(
        room=row.room_id,
        run_id=row.run_id,
        reply_id=row.message_id,
        agent=row.agent,
        action=row.action,
        detail=row.detail,
        step=row.step,
        timestamp=iso(row.created_at),
    )
