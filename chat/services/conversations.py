"""Conversations of programs: what was said under a name, kept within bounds, for nobody but its account."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, and_, cast, delete, desc, func, insert, or_, select, update

from chat import wire
from chat.db.ids import iso, new_id
from chat.db.tables import conversation_turns, conversations
from chat.db.unit_of_work import Database, Reader, UnitOfWork
from chat.domain.conversation import newest_that_fit
from chat.domain.memory import KEPT_CHARS, KEPT_CONVERSATIONS, KEPT_TURNS, from_question
from chat.errors import InvalidInput, NotFound

PAGE_MAX = 200
_TURNS = conversation_turns.c
_CALLS = func.coalesce(func.length(cast(_TURNS.tool_calls, Text)), 0)


@dataclass(frozen=True, slots=True)
class ConversationName:
    """Which conversation of an account: `name` is chosen by a program, `end_user` is somebody who uses that."""

    user_id: str
    name: str
    project: str = ""
    end_user: str = ""


@dataclass(frozen=True, slots=True)
class Remembered:
    """`id` is None while there is no such conversation."""

    id: str | None
    system: list[str]
    turns: list[wire.ConversationTurn]


@dataclass(frozen=True, slots=True)
class Spoken:
    """One turn to remember."""

    role: str
    content: str
    tool_calls: list[wire.ToolAsked] | None = None
    tool_call_id: str | None = None


def recall(tx: Reader, name: ConversationName) -> Remembered:
    """All that is kept of a conversation; nothing if there is none."""
    row = tx.first(select(conversations).where(_is_called(name)))
    return Remembered(row.id, list(row.system), _turns_of(tx, row.id)) if row else Remembered(None, [], [])


def remember(db: Database, name: ConversationName, known: str | None, system: list[str], turns: list[Spoken]) -> None:
    """Adds turns at the end. `known` is the id that `recall` gave: a conversation deleted since then stays deleted."""
    with db.write() as uow:
        row = uow.first(select(conversations.c.id).where(_is_called(name)))
        if known and (row is None or row.id != known):
            return
        conversation = str(row.id) if row else _begin(uow, name)
        changed = {"last_seq": conversations.c.last_seq + len(turns), "updated_at": uow.now, "system": system}
        counted = update(conversations).where(conversations.c.id == conversation).values(changed)
        last = int(uow.execute(counted.returning(conversations.c.last_seq)).scalar_one())
        rows = [_row(turn, conversation, last - len(turns) + 1 + place, uow.now) for place, turn in enumerate(turns)]
        uow.execute(insert(conversation_turns), rows)
        _forget_oldest(uow, conversation)


def list_conversations(
    tx: Reader,
    user_id: str,
    *,
    conversation: str | None = None,
    project: str | None = None,
    user: str | None = None,
    before: str | None = None,
    limit: int = 50,
) -> wire.Conversations:
    """A page of one's own, last used first, all or those that are called so."""
    wanted = {conversations.c.name: conversation, conversations.c.project: project, conversations.c.end_user: user}
    query = select(conversations).where(conversations.c.user_id == user_id)
    query = query.where(*(column == value for column, value in wanted.items() if value is not None))
    if before is not None:
        query = query.where(_is_before(before))
    newest = query.order_by(desc(conversations.c.updated_at), desc(conversations.c.id))
    most = max(1, min(limit, PAGE_MAX))
    found = tx.all(newest.limit(most + 1))
    page = found[:most]
    after = f"{page[-1].updated_at}-{page[-1].id}" if len(found) > most else None
    return wire.Conversations(conversations=_views(tx, page), next=after)


def get_conversation(tx: Reader, user_id: str, conversation: str) -> wire.ConversationAnswer:
    """All that is kept of one's own conversation. Raises `NotFound`."""
    row = tx.first(select(conversations).where(_is_own(user_id, conversation)))
    if row is None:
        raise _missing()
    (view,) = _views(tx, [row])
    return wire.ConversationAnswer(conversation=view, system=list(row.system), turns=_turns_of(tx, row.id))


def delete_conversation(db: Database, user_id: str, conversation: str) -> None:
    """Forgets one's own conversation for good. Raises `NotFound`."""
    with db.write() as uow:
        if not uow.execute(delete(conversations).where(_is_own(user_id, conversation))).rowcount:
            raise _missing()


def _is_called(name: ConversationName) -> Any:
    return and_(
        conversations.c.user_id == name.user_id,
        conversations.c.name == name.name,
        conversations.c.project == name.project,
        conversations.c.end_user == name.end_user,
    )


def _is_own(user_id: str, conversation: str) -> Any:
    return and_(conversations.c.id == conversation, conversations.c.user_id == user_id)


def _is_before(cursor: str) -> Any:
    time, _, last = cursor.partition("-")
    if not (time.isascii() and time.isdigit() and len(time) < 16):
        raise InvalidInput("before: take it from “next” of the page before.", field="before")
    used = conversations.c.updated_at
    return or_(used < int(time), and_(used == int(time), conversations.c.id < last))


def _missing() -> NotFound:
    return NotFound("There is no such conversation. GET /api/conversations lists yours.")


def _begin(uow: UnitOfWork, name: ConversationName) -> str:
    """A new conversation; if there are too many, the one goes that was not used for longest."""
    own = select(conversations.c.id).where(conversations.c.user_id == name.user_id)
    used_last = own.order_by(desc(conversations.c.updated_at), desc(conversations.c.id))
    over = used_last.offset(KEPT_CONVERSATIONS - 1).limit(KEPT_CONVERSATIONS)
    uow.execute(delete(conversations).where(conversations.c.id.in_(over)))
    made = {"id": new_id(), "user_id": name.user_id, "name": name.name, "project": name.project}
    times = {"created_at": uow.now, "updated_at": uow.now}
    uow.execute(insert(conversations).values(**made, end_user=name.end_user, **times))
    return made["id"]


def _forget_oldest(uow: UnitOfWork, conversation: str) -> None:
    here = _TURNS.conversation_id == conversation
    sizes = select(_TURNS.seq, _TURNS.role, (func.length(_TURNS.content) + _CALLS).label("chars")).where(here)
    newest = list(uow.all(sizes.order_by(desc(_TURNS.seq)).limit(KEPT_TURNS)))[::-1]
    fitting = newest_that_fit(newest, lambda row: int(row.chars), KEPT_CHARS)
    kept = from_question(fitting, lambda row: bool(row.role == "user")) or fitting
    uow.execute(delete(conversation_turns).where(here, _TURNS.seq < kept[0].seq))


def _turns_of(tx: Reader, conversation: str) -> list[wire.ConversationTurn]:
    rows = tx.all(select(conversation_turns).where(_TURNS.conversation_id == conversation).order_by(_TURNS.seq))
    return [
        wire.ConversationTurn(
            role=row.role,
            content=row.content,
            tool_calls=[wire.ToolAsked.model_validate(call) for call in row.tool_calls] if row.tool_calls else None,
            tool_call_id=row.tool_call_id,
            created_at=iso(row.created_at),
        )
        for row in rows
    ]


def _views(tx: Reader, rows: Sequence[Any]) -> list[wire.Conversation]:
    shown = _TURNS.conversation_id.in_([row.id for row in rows])
    counts = select(_TURNS.conversation_id, func.count().label("kept")).where(shown).group_by(_TURNS.conversation_id)
    turns = {row.conversation_id: row.kept for row in tx.all(counts)}
    return [
        wire.Conversation(
            id=row.id,
            conversation_id=row.name,
            project=row.project,
            user=row.end_user,
            turns=turns.get(row.id, 0),
            created_at=iso(row.created_at),
            updated_at=iso(row.updated_at),
        )
        for row in rows
    ]


def _row(turn: Spoken, conversation: str, seq: int, now: int) -> dict[str, Any]:
    calls = [call.model_dump() for call in turn.tool_calls] if turn.tool_calls else None
    told = {"role": turn.role, "content": turn.content, "tool_calls": calls, "tool_call_id": turn.tool_call_id}
    return {"conversation_id": conversation, "seq": seq, **told, "created_at": now}
