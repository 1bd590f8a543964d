"""What a model is given to read for a reply, and afterwards the account of it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, desc, func, select

from chat import wire
from chat.db.ids import iso
from chat.db.tables import members, messages, rooms, users
from chat.db.unit_of_work import Reader
from chat.domain.agents import TEAM
from chat.domain.conversation import (
    CHARS_PER_TOKEN,
    DEFAULT_CONTEXT,
    MAX_MESSAGES,
    Line,
    Prompt,
    build_conversation,
    joined_system,
    system_text,
)
from chat.domain.reply_states import CLOSED_PHASES
from chat.domain.templates import Rendered
from chat.domain.text import begin_of
from chat.errors import InvalidInput, NotFound
from chat.services.access import require_message
from chat.services.agents import agent_ref, find_room_agent
from chat.services.message_views import agent_author, messages_of, messages_query
from chat.services.readings import find_reading
from chat.services.replies import ReplyJob, require_question
from chat.services.templates import key_of, rendered, require_shared_use

MANY = 2**53
MOST_COUNTED = 1000  # messages that were left out: beyond that nobody needs to know how many


@dataclass(frozen=True, slots=True)
class Reading:
    """A prompt, the key of the question's template, and the account of both as it is stored.

    There is no text of a message in that, so that a deleted one is gone.
    """

    prompt: Prompt
    template: str | None
    account: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """What a model does in a run: as `agent` or for the run itself, `told` what, after the messages.

    It reads what people wrote since the question, too, up to the message `until` (its seq).
    """

    told: str
    until: int = 0
    agent: wire.Agent | None = None


def build_prompt(tx: Reader, job: ReplyJob, context_tokens: int | None, part: Part | None = None) -> Reading:
    """What the model will see: the room's messages up to the question, within the context, and what it has begun.

    Raises `NotFound` for an agent that is not in the room any more.
    """
    reply = tx.first(select(messages).where(messages.c.id == job.message_id))
    room = tx.first(select(rooms).where(rooms.c.id == job.room_id))
    if reply is None or room is None:
        raise NotFound("The message to answer is gone.")
    question_seq = require_question(tx, reply.reply_to)
    seqs = messages.c.seq <= question_seq
    if part:
        seqs |= _since(question_seq, part.until)
    query = messages_query().where(_readable(job.room_id), seqs)
    shown = messages_of(tx, tx.all(query.order_by(desc(messages.c.seq)).limit(MAX_MESSAGES)))[::-1]
    agent = part.agent if part else _speaker(tx, job)
    asked = {m.id: _asked_by(tx, agent, m) if m.id == reply.reply_to else _asked(tx, m) for m in shown}
    lines = [Line(m.author.name, asked[m.id].prompt, _is_own(m.author, agent)) for m in shown]
    names = (room.name, agent.name if agent else job.model.name, _people(tx, job.room_id))
    of_question = asked[reply.reply_to].system if reply.reply_to in asked else ""
    system, told = agent.system if agent else "", part.told if part else ""
    more = {"begun": job.begun, "system": joined_system(system, of_question), "told": told}
    prompt = build_conversation(*names, lines, context_tokens, **more)
    seen = shown[len(shown) - len(prompt.sizes) :]
    account = {
        "system": joined_system(system_text(*names), system),
        "system_chars": len(prompt.turns[0].content),
        "messages": [[message.seq, size] for message, size in zip(seen, prompt.sizes, strict=True)],
        "begun": prompt.begun,
        "told": len(told),
        "budget": prompt.budget,
        "context": context_tokens,
        "options": job.options,
    }
    return Reading(prompt, key_of(shown[-1].template), account)


def _speaker(tx: Reader, job: ReplyJob) -> wire.Agent | None:
    """For whom the model speaks, as it is now."""
    if job.agent is None or job.run:
        return None
    agent = find_room_agent(tx, job.room_id, job.agent.id)
    if agent is None:
        raise NotFound(f"@{job.agent.handle} is not in this room any more. Put it back, or ask somebody else.")
    return agent


def _is_own(author: wire.Author, agent: wire.Agent | None) -> bool:
    """Whether the speaker itself wrote it. What others did is read as theirs, also where a model wrote it for them."""
    if author.kind == "model":
        return agent is None
    return author.kind == "agent" and author.id == agent_author(agent_ref(agent) if agent else TEAM).id


def _asked_by(tx: Reader, agent: wire.Agent | None, question: wire.Message) -> Rendered:
    """The question, in the agent's template where the message brings none; as it is if that is not there any more."""
    if agent is None or agent.template is None or question.template:
        return _asked(tx, question)
    try:
        used = require_shared_use(tx, agent.template, question.content, agent.room)
    except InvalidInput:
        return _asked(tx, question)
    return rendered(tx, used.use, question.content)


def list_later(tx: Reader, room_id: str, question_seq: int) -> list[wire.Message]:
    """What people have written since the question."""
    query = messages_query().where(_readable(room_id), _since(question_seq, MANY)).order_by(messages.c.seq)
    return messages_of(tx, tx.all(query.limit(MAX_MESSAGES)))


def _since(seq: int, until: int) -> Any:
    return (messages.c.seq > seq) & (messages.c.seq <= until) & messages.c.author_id.is_not(None)


def _readable(room_id: str) -> Any:
    """The messages of a room that a model may read."""
    is_settled = messages.c.reply_phase.is_(None) | messages.c.reply_phase.in_(CLOSED_PHASES)
    return (messages.c.room_id == room_id) & messages.c.deleted_at.is_(None) & is_settled & (messages.c.content != "")


def _people(tx: Reader, room_id: str) -> list[str]:
    names = (
        select(users.c.display_name)
        .join(members, members.c.user_id == users.c.id)
        .where(members.c.room_id == room_id)
        .order_by(members.c.joined_at)
    )
    return [row.display_name for row in tx.all(names.limit(20))]


def _asked(tx: Reader, message: wire.Message) -> Rendered:
    """What a model reads of a message."""
    return rendered(tx, message.template, message.content) if message.template else Rendered("", message.content)


def get_context(tx: Reader, user_id: str, message_id: str) -> wire.ReplyContext | None:
    """The account of what the model read for a reply, for whoever may read it; None if no model has read anything yet.

    Raises `InvalidInput` for a person's message.
    """
    reply, _ = require_message(tx, user_id, message_id, "read")
    if reply.model is None:
        raise InvalidInput("This message was not written by a model.", field="message")
    found = None if reply.deleted_at else find_reading(tx, message_id)
    return _context_of(tx, reply, *found) if found else None


def _context_of(tx: Reader, reply: Row[Any], account: dict[str, Any], at: int) -> wire.ReplyContext:
    sizes = dict(account["messages"])
    query = messages_query().where(messages.c.room_id == reply.room_id, messages.c.seq.in_(sizes))
    shown = messages_of(tx, tx.all(query.order_by(messages.c.seq)))
    question = next((message for message in shown if message.id == reply.reply_to), None)
    asked = _asked(tx, question).system if question and not question.deleted_at else ""
    told = account.get("told", 0)
    chars = account["system_chars"] + sum(sizes.values()) + account["begun"] + told
    return wire.ReplyContext(
        message=reply.id,
        at=iso(at),
        system=joined_system(account["system"], asked),
        system_chars=account["system_chars"],
        messages=[_seen(message, sizes[message.seq], at) for message in shown],
        begun_chars=account["begun"],
        told_chars=told,
        left_out=_count_before(tx, reply.room_id, min(sizes)),
        left_out_because="too many" if len(sizes) >= MAX_MESSAGES else "too long",
        chars=chars,
        budget_chars=account["budget"],
        context_tokens=account["context"] or DEFAULT_CONTEXT,
        is_context_assumed=account["context"] is None,
        estimated_tokens=round(chars / CHARS_PER_TOKEN),
        options=wire.GenerationOptions(**account["options"]).model_dump(exclude_none=True),
    )


def _seen(message: wire.Message, chars: int, at: int) -> wire.SeenMessage:
    return wire.SeenMessage(
        id=message.id,
        seq=message.seq,
        author=message.author,
        content=begin_of(message.content),
        chars=chars,
        deleted=message.deleted_at is not None,
        changed=message.edited_at is not None and message.edited_at > iso(at),
    )


def _count_before(tx: Reader, room_id: str, seq: int) -> int:
    some = select(messages.c.id).where(_readable(room_id), messages.c.seq < seq).limit(MOST_COUNTED).subquery()
    return int(tx.scalar(select(func.count()).select_from(some)))
