"""Replies of models: a message row that is opened empty, appended to, and closed exactly once."""

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from sqlalchemy import Row, desc, insert, select, update

from chat import wire
from chat.db.ids import iso, new_id
from chat.db.tables import jobs, messages
from chat.db.unit_of_work import Database, Reader, UnitOfWork
from chat.domain.reply_states import OPEN_PHASES, WORDLESS_PHASES, ClosedPhase, RunningPhase
from chat.errors import Conflict, InvalidInput, NotFound
from chat.events import MessagePosted, ReplyOpened
from chat.services import job_rows
from chat.services.access import hold_room, is_active, require_message, require_stop
from chat.services.interjections import list_missed
from chat.services.job_rows import claim, is_mine, mark
from chat.services.message_views import agent_author, find_quote, model_author
from chat.services.outgoing_hooks import queue_deliveries
from chat.services.readings import keep_reading, settle_readings
from chat.services.room_log import announce_change, change_message, next_numbers
from chat.services.room_memory import forget_in_note
from chat.services.run_steps import Run, end_run
from chat.tracing import current

MOST_ATTEMPTS = 3  # at one run, when the server keeps stopping in the middle of it


@dataclass(frozen=True, slots=True)
class AskedModel:
    """`id` says which one on which backend, `name` is what people read."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to a model: by whom, with which options, past the cache or not, through which template.

    `agent` is for whom the model speaks; `is_run`: several agents of the room work for it first.
    """

    model: AskedModel
    user_id: str
    options: dict[str, Any] = field(default_factory=dict)
    bypass_cache: bool = False
    template: wire.Template | None = None
    agent: wire.AgentRef | None = None
    is_run: bool = False


@dataclass(frozen=True, slots=True)
class ReplyJob:
    """What the job needs to run, without the conversation (see `prompts`); `question` is a message's id.

    `begun` is the text that the model is to go on from. `attempt` is the row's when this was read: whoever has an older
    one may not write for it any more. `missed` are the messages (ids) that an earlier run for it has left unanswered.
    """

    id: str
    message_id: str
    room_id: str
    user_id: str
    model: AskedModel
    options: dict[str, Any]
    bypass_cache: bool
    question: str | None = None
    attempt: int = 0
    begun: str = ""
    agent: wire.AgentRef | None = None
    run: str | None = None
    missed: tuple[str, ...] = ()


def open_reply(uow: UnitOfWork, room_id: str, ask: Ask, *, question: str) -> wire.Message:
    """An empty reply row under its own seq, and the job that will fill it; the room hears of both after the commit."""
    seq, rev = next_numbers(uow, room_id)
    info = wire.ReplyInfo(
        model=ask.model.name,
        phase="queued",
        requested_by=ask.user_id,
        question=question,
        template=ask.template.id if ask.template else None,
        template_title=ask.template.title if ask.template else None,
        agent=ask.agent,
        run=new_id() if ask.is_run else None,
    )
    reply = wire.Message(
        id=new_id(),
        room=room_id,
        seq=seq,
        rev=rev,
        author=agent_author(ask.agent) if ask.agent else model_author(ask.model.name),
        content="",
        client_id=f"reply:{question}:{seq}",
        status="sending",
        reply_to=question,
        quote=find_quote(uow, room_id, question),
        created_at=iso(uow.now),
        llm=info,
    )
    uow.execute(
        insert(messages).values(
            id=reply.id,
            room_id=room_id,
            seq=seq,
            rev=rev,
            client_id=reply.client_id,
            content="",
            reply_to=question,
            model=ask.model.name,
            reply_phase="queued",
            reply=stored_info(info),
            created_at=uow.now,
        )
    )
    uow.record(MessagePosted(reply))
    add_job(uow, reply.id, room_id, ask)
    return reply


def stored_info(info: wire.ReplyInfo) -> dict[str, Any]:
    return info.model_dump(exclude={"model", "phase"})


def add_job(uow: UnitOfWork, message_id: str, room_id: str, ask: Ask) -> None:
    job_id = new_id()
    uow.execute(
        insert(jobs).values(
            id=job_id,
            message_id=message_id,
            room_id=room_id,
            user_id=ask.user_id,
            model=ask.model.id,
            options=ask.options,
            bypass_cache=ask.bypass_cache,
            state="queued",
            created_at=uow.now,
        )
    )
    uow.record(ReplyOpened(job_id, current().trace))


def get_job(tx: Reader, job_id: str) -> ReplyJob:
    of_reply = (messages.c.model.label("name"), messages.c.reply_to, messages.c.content, messages.c.reply)
    named = select(jobs, *of_reply).join(messages, messages.c.id == jobs.c.message_id)
    row = tx.first(named.where(jobs.c.id == job_id))
    if row is None:
        raise NotFound("There is no such job.")
    model = AskedModel(row.model, row.name)
    ids = (row.id, row.message_id, row.room_id, row.user_id)
    reply = row.reply
    begun = row.content if reply.get("continued") else ""
    agent = wire.AgentRef(**reply["agent"]) if reply.get("agent") else None
    said = (agent, reply.get("run"), tuple(reply.get("missed", ())))
    return ReplyJob(*ids, model, row.options, row.bypass_cache, row.reply_to, row.attempt, begun, *said)


def find_open_text(tx: Reader, message_id: str) -> str | None:
    """What is stored of the text of a reply that is being written; None of one that has ended or is gone."""
    is_open = (messages.c.id == message_id) & messages.c.reply_phase.in_(OPEN_PHASES)
    found: str | None = tx.scalar(select(messages.c.content).where(is_open))
    return found


def require_question(tx: Reader, message_id: str) -> int:
    """The seq of the message that a reply answers. Raises `Conflict` when it was deleted."""
    question = tx.first(select(messages.c.seq, messages.c.deleted_at).where(messages.c.id == message_id))
    if question is None or question.deleted_at is not None:
        raise Conflict("The question was deleted, so there is nothing to answer.", field="message")
    return int(question.seq)


def start_job(
    db: Database, job: ReplyJob, phase: RunningPhase, reading: dict[str, Any] | None = None
) -> ReplyJob | None:
    """Claims a waiting job once; None if it is not waiting any more (stopped meanwhile, or claimed elsewhere).

    `reading` is what the model is given to read, as `prompts` says it.
    """
    with db.write() as uow:
        attempt = claim(uow, job.id, phase)
        if attempt is None:
            return None
        if reading:
            keep_reading(uow, job.id, job.message_id, reading)
        uow.execute(update(messages).where(messages.c.id == job.message_id).values(reply_phase=phase))
    return replace(job, attempt=attempt)


def note_phase(db: Database, job: ReplyJob, phase: RunningPhase) -> None:
    """The model loads, or reads; nothing if the attempt is over."""
    with db.write() as uow:
        if mark(uow, job.id, job.attempt, phase):
            uow.execute(update(messages).where(messages.c.id == job.message_id).values(reply_phase=phase))


def save_text(db: Database, job: ReplyJob, text: str) -> bool:
    """Keeps the text so far of a reply that is being written, so that a crash loses at most half a second of it.

    False if the attempt is over: somebody else has closed the reply, and perhaps opened it again.
    """
    with db.write() as uow:
        if not mark(uow, job.id, job.attempt, "generating"):
            return False
        written = update(messages).where(messages.c.id == job.message_id)
        uow.execute(written.values(content=text, reply_phase="generating"))
    return True


def close_reply(
    db: Database, job: ReplyJob, phase: ClosedPhase, text: str | None, facts: dict[str, Any]
) -> wire.Message | None:
    """Ends a reply, once: None if it, or this attempt at it, had ended already. `facts` are ReplyInfo's.

    Without text, what is stored stays: what was saved before a crash, or the answer that was to be replaced.
    """
    with db.write() as uow:
        return _close(uow, job, phase, text, facts)


def stop_waiting(uow: UnitOfWork, user_id: str) -> None:
    """Whoever is deactivated is answered no more: what has not begun ends as if it had been stopped, whoever has it."""
    for job_id in job_rows.list_waiting(uow, user_id):
        _close(uow, get_job(uow, job_id), "stopped", None, {"finish": "stopped"})


def _close(
    uow: UnitOfWork, job: ReplyJob, phase: ClosedPhase, text: str | None, facts: dict[str, Any]
) -> wire.Message | None:
    hold_room(uow, job.room_id)  # before the job's row: in the order of all others
    ended = update(jobs).where(is_mine(job.id, job.attempt, OPEN_PHASES)).values(state=phase, ended_at=uow.now)
    row = uow.first(select(messages).where(messages.c.id == job.message_id))
    if uow.execute(ended).rowcount == 0 or row is None:
        return None
    is_back = not text and _is_replaced(row)
    comes_back: dict[str, Any] = {"finish": "stop"} if is_back else {}
    settle_readings(uow, job.id, job.message_id, is_replaced=not is_back)
    if run := row.reply.get("run"):
        has_answer = phase == "done" or bool(text) or (row.content != "" and not _is_replaced(row))
        missed = [] if has_answer else list_missed(uow, row)
        names = [message.author.name for message in missed]
        ended_run = end_run(uow, Run(run, row.id, row.room_id), phase, facts, names, is_back=is_back)
        comes_back |= {"run": ended_run, "missed": [message.id for message in missed]}
    values: dict[str, Any] = {"reply_phase": phase, "reply": {**row.reply, **facts, **comes_back}}
    if text or phase == "done":
        values["content"] = text or ""
    change_message(uow, row, values)
    forget_in_note(uow, row.room_id, row.seq)
    queue_deliveries(uow, row.room_id, row.id, "reply")
    return announce_change(uow, job.message_id)


def _is_replaced(row: Row[Any]) -> bool:
    """Whether the text in the row is an older answer's, which is whole as far as anybody can tell."""
    return bool(row.content) and row.reply_phase in WORDLESS_PHASES and not row.reply.get("continued")


def require_reply(tx: Reader, user_id: str, message_id: str, action: Literal["ask", "stop"]) -> str:
    """The id of the newest job of a reply, for who may stop it or ask again.

    Raises `InvalidInput` for a person's message.
    """
    message, room = require_message(tx, user_id, message_id, action)
    if message.model is None:
        raise InvalidInput("This message was not written by a model.", field="message")
    if action == "stop":
        require_stop(tx, user_id, message, room)
    job_id = tx.scalar(select(jobs.c.id).where(jobs.c.message_id == message_id).order_by(desc(jobs.c.id)).limit(1))
    return str(job_id)


def wait_again(db: Database, job: ReplyJob) -> bool:
    """Puts a run that has not begun to write its answer back in line: what its agents have found is stored.

    False if this attempt has ended, if it has been tried too often already, or if who asked is deactivated.
    """
    if job.attempt >= MOST_ATTEMPTS:
        return False
    with db.write() as uow:
        if not is_active(uow, job.user_id):
            return False
        phase = uow.scalar(select(messages.c.reply_phase).where(messages.c.id == job.message_id))
        if phase not in WORDLESS_PHASES or job.begun or not job_rows.wait_again(uow, job.id, job.attempt):
            return False
        uow.execute(update(messages).where(messages.c.id == job.message_id).values(reply_phase="queued"))
    return True
