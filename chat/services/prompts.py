"""What a model is given to read for a reply, with the account of it, which `contexts` shows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, desc, select

from chat import wire
from chat.db.prepared import Record
from chat.db.tables import members, messages, rooms, users
from chat.db.unit_of_work import Reader
from chat.domain.agents import TEAM
from chat.domain.conversation import (
    MAX_MESSAGES,
    Around,
    Line,
    Prompt,
    build_conversation,
    context_chars,
    joined_system,
    system_text,
)
from chat.domain.templates import Rendered
from chat.errors import Conflict, InvalidInput, NotFound
from chat.services.agents import agent_ref, find_room_agent
from chat.services.interjections import written_since
from chat.services.message_views import agent_author, messages_of, messages_query, readable_by_models
from chat.services.recalling import with_memory
from chat.services.replies import ReplyJob, require_question
from chat.services.templates import key_of, rendered, require_shared_use


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

    It reads what people have written since the run began, too, up to the message `until` (its seq), and the question
    last: the newest is what is there however small the context.
    """

    told: str
    until: int = 0
    agent: wire.Agent | None = None


def build_prompt(
    tx: Reader, job: ReplyJob, context_tokens: int | None, part: Part | None = None, near: Sequence[str] = ()
) -> Reading:
    """What the model will see: the room's messages up to the question, within the context, and what it has begun.

    Before them stand the room's note, and those of the messages `near` (ids, the nearest first) that have room.
    Raises `NotFound` for an agent that is not in the room any more.
    """
    reply = tx.first(select(messages).where(messages.c.id == job.message_id))
    room = tx.first(select(rooms).where(rooms.c.id == job.room_id))
    if reply is None or room is None:
        raise NotFound("The message to answer is gone.")
    question_seq = require_question(tx, reply.reply_to)
    seqs = messages.c.seq <= question_seq
    if part:
        seqs |= written_since(job.run, job.missed, question_seq, part.until)
    query = messages_query().where(readable_by_models(job.room_id), seqs)
    shown = messages_of(tx, tx.all(query.order_by(desc(messages.c.seq)).limit(MAX_MESSAGES)))[::-1]
    shown.sort(key=lambda message: message.id == reply.reply_to)
    agent, told = (part.agent, part.told) if part else (_speaker(tx, job), "")
    asked = Given(job.model.name, context_tokens, reply.reply_to, agent, job.begun, told, job.options, near)
    return build_reading(tx, room, shown, asked)


@dataclass(frozen=True, slots=True)
class Given:
    """Who is asked what (a message's id), how much that model can read, and what it is given beside the messages."""

    model: str
    context_tokens: int | None
    question: str
    agent: wire.Agent | None = None
    begun: str = ""
    told: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    near: Sequence[str] = ()


def build_reading(tx: Reader, room: Row[Any] | Record, shown: Sequence[wire.Message], asked: Given) -> Reading:
    """The prompt of these messages of a room, with what it remembers."""
    agent = asked.agent
    texts = _texts(tx, shown, asked)
    lines = [Line(m.author.name, texts[m.id].prompt, _is_own(m.author, agent)) for m in shown]
    names = (room.name, agent.name if agent else asked.model, _people(tx, room.id))
    system = agent.system if agent else ""
    of_question = texts[asked.question].system if asked.question in texts else ""
    told = joined_system(system, of_question)

    def build(recalled: str) -> Prompt:
        around = Around(recalled, asked.told)
        return build_conversation(*names, lines, asked.context_tokens, asked.begun, told, around)

    prompt, memory = with_memory(tx, room.id, shown, asked.near, build)
    seen = shown[len(shown) - len(prompt.sizes) :]
    account = {
        "system": joined_system(system_text(*names), system),
        "system_chars": len(prompt.turns[0].content),
        "messages": [[message.seq, size] for message, size in zip(seen, prompt.sizes, strict=True)],
        "begun": prompt.begun,
        "told": len(asked.told),
        "budget": prompt.budget,
        "context": asked.context_tokens,
        "options": asked.options,
        **memory,
    }
    return Reading(prompt, key_of(shown[-1].template), account)


def _texts(tx: Reader, shown: Sequence[wire.Message], asked: Given) -> dict[str, Rendered]:
    """What is read of each message. Templates make long texts of short ones: what has no room is not made at all."""
    left = context_chars(asked.context_tokens)
    texts = {}
    for message in reversed(shown):
        if message.id == asked.question:
            text = _asked_by(tx, asked.agent, message)
        else:
            text = text_asked(tx, message) if left > 0 else Rendered("", message.content)
        texts[message.id] = text
        left -= len(text.prompt)
    return texts


def _speaker(tx: Reader, job: ReplyJob) -> wire.Agent | None:
    """For whom the model speaks, as it is now."""
    if job.agent is None or job.run:
        return None
    agent = find_room_agent(tx, job.room_id, job.agent.id)
    if agent is None:
        raise NotFound(f"@{job.agent.handle} is not in this room any more. Put it back, or ask somebody else.")
    if not agent.is_on:
        raise Conflict(f"@{agent.handle} is switched off. Switch it on, or ask somebody else.")
    return agent


def _is_own(author: wire.Author, agent: wire.Agent | None) -> bool:
    """Whether the speaker itself wrote it. What others did is read as theirs, also where a model wrote it for them."""
    if author.kind == "model":
        return agent is None
    return author.kind == "agent" and author.id == agent_author(agent_ref(agent) if agent else TEAM).id


def _asked_by(tx: Reader, agent: wire.Agent | None, question: wire.Message) -> Rendered:
    """The question, in the agent's template where the message brings none; as it is if that is not there any more."""
    if agent is None or agent.template is None or question.template:
        return text_asked(tx, question)
    try:
        used = require_shared_use(tx, agent.template, question.content, agent.room)
    except InvalidInput:
        return text_asked(tx, question)
    return rendered(tx, used.use, question.content)


def _people(tx: Reader, room_id: str) -> list[str]:
    names = (
        select(users.c.display_name)
        .join(members, members.c.user_id == users.c.id)
        .where(members.c.room_id == room_id)
        .order_by(members.c.joined_at)
    )
    return [row.display_name for row in tx.all(names.limit(20))]


def text_asked(tx: Reader, message: wire.Message) -> Rendered:
    """What a model reads of a message."""
    return rendered(tx, message.template, message.content) if message.template else Rendered("", message.content)
