"""How a stored message is shown: the one query that reads messages, and the rows' wire values."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from sqlalchemy import Row, Select, bindparam, desc, func, select

from chat import wire
from chat.db.ids import iso, iso_or_none
from chat.db.prepared import Prepared, Record
from chat.db.tables import members, messages, reactions, users
from chat.db.unit_of_work import Reader
from chat.domain.read_marks import ReadMarks
from chat.domain.reply_states import CLOSED_PHASES, WORDLESS_PHASES, status_of
from chat.domain.text import begin_of
from chat.errors import NotFound

_quoted, _quoted_author = messages.alias("quoted"), users.alias("quoted_author")
_QUOTE = (
    _quoted.c.id.label("quoted_id"),
    _quoted.c.seq.label("quoted_seq"),
    _quoted.c.author_id.label("quoted_author_id"),
    _quoted.c.model.label("quoted_model"),
    _quoted.c.reply_phase.label("quoted_phase"),
    _quoted.c.reply.label("quoted_reply"),
    _quoted.c.deleted_at.label("quoted_deleted_at"),
    func.substr(_quoted.c.content, 1, 400).label("quoted_content"),  # more than is shown: blanks are taken out
    _quoted_author.c.username.label("quoted_username"),
    _quoted_author.c.display_name.label("quoted_display_name"),
    _quoted_author.c.deactivated_at.label("quoted_deactivated_at"),
    _quoted_author.c.is_bot.label("quoted_is_bot"),
    _quoted.c.author_name.label("quoted_author_name"),
)
_MESSAGES = (
    select(messages, users.c.username, users.c.display_name, users.c.deactivated_at, users.c.is_bot, *_QUOTE)
    .outerjoin(users, users.c.id == messages.c.author_id)
    .outerjoin(_quoted, _quoted.c.id == messages.c.reply_to)
    .outerjoin(_quoted_author, _quoted_author.c.id == _quoted.c.author_id)
)
_QUOTED = select(*_QUOTE).outerjoin(_quoted_author, _quoted_author.c.id == _quoted.c.author_id)
_HIGHEST_MARKS = Prepared(
    select(members.c.user_id, members.c.furthest_read_seq)
    .where(members.c.room_id == bindparam("room"))
    .order_by(desc(members.c.furthest_read_seq))
    .limit(2)
)


def messages_query() -> Select[Any]:
    """Messages with their authors' names and quotes; the caller adds the condition, the order and the limit."""
    return _MESSAGES


def readable_by_models(room_id: str) -> Any:
    """The condition for the messages of a room that a model may be given to read."""
    is_settled = messages.c.reply_phase.is_(None) | messages.c.reply_phase.in_(CLOSED_PHASES)
    return (messages.c.room_id == room_id) & messages.c.deleted_at.is_(None) & is_settled & (messages.c.content != "")


def messages_of(tx: Reader, rows: Sequence[Row[Any]]) -> list[wire.Message]:
    """The wire values of rows of `messages_query`, all of one room, in their order.

    One more query for all their reactions, and one for the room's reading marks.
    """
    if not rows:
        return []
    found = reactions_of(tx, [row.id for row in rows])
    marks = get_read_marks(tx, rows[0].room_id)
    return [_view(row, found.get(row.id, []), marks) for row in rows]


def message_of(tx: Reader, row: Row[Any]) -> wire.Message:
    return messages_of(tx, [row])[0]


def get_message(tx: Reader, message_id: str) -> wire.Message:
    """Asks nobody whether it may be shown. Raises `NotFound`."""
    row = tx.first(_MESSAGES.where(messages.c.id == message_id))
    if row is None:
        raise NotFound("There is no such message.", field="message")
    return message_of(tx, row)


def get_read_marks(tx: Reader, room_id: str) -> ReadMarks:
    return ReadMarks(tuple((row.user_id, row.furthest_read_seq) for row in tx.run(_HIGHEST_MARKS, {"room": room_id})))


def reactions_of(tx: Reader, message_ids: Sequence[str]) -> dict[str, list[wire.Reaction]]:
    """By message, those that have any: emoji by their first use, people in the order in which they reacted."""
    if not message_ids:
        return {}
    found: dict[str, dict[str, wire.Reaction]] = {}
    for row in tx.all(select(reactions).where(reactions.c.message_id.in_(message_ids)).order_by(reactions.c.rev)):
        by_emoji = found.setdefault(row.message_id, {})
        by_emoji.setdefault(row.emoji, wire.Reaction(emoji=row.emoji, users=[])).users.append(row.user_id)
    return {message_id: list(by_emoji.values()) for message_id, by_emoji in found.items()}


def _view(row: Row[Any], reacted: list[wire.Reaction], marks: ReadMarks) -> wire.Message:
    """A deleted message keeps its place but not its text."""
    return wire.Message(
        id=row.id,
        room=row.room_id,
        seq=row.seq,
        rev=row.rev,
        author=author_of(row.model, row.reply, writer_of(row)),
        content=_shown_text(row.content, row.deleted_at, row.reply_phase, row.reply),
        client_id=row.client_id,
        status=_status_of(row, marks),
        reply_to=row.reply_to,
        quote=None if row.quoted_id is None else quote_of(row),
        created_at=iso(row.created_at),
        edited_at=iso_or_none(row.edited_at),
        deleted_at=iso_or_none(row.deleted_at),
        pinned_at=iso_or_none(row.pinned_at),
        pinned_by=row.pinned_by,
        reactions=reacted,
        template=None if row.template is None else wire.TemplateUse(**row.template),
        llm=None if row.model is None else wire.ReplyInfo(**row.reply, model=row.model, phase=row.reply_phase),
    )


def _status_of(row: Row[Any], marks: ReadMarks) -> wire.MessageStatus:
    if row.model is not None:
        return status_of(row.reply_phase)
    return "read" if marks.read_by_others(row.author_id) >= row.seq else "delivered"


def find_quote(tx: Reader, room_id: str, message_id: str) -> wire.Quote | None:
    """A message as another one of the same room quotes it; None if it is not in that room."""
    row = tx.first(_QUOTED.where(_quoted.c.id == message_id, _quoted.c.room_id == room_id))
    return None if row is None else quote_of(row)


def quote_of(row: Row[Any]) -> wire.Quote:
    """The quote in a row that has the columns of one."""
    return wire.Quote(
        id=row.quoted_id,
        seq=row.quoted_seq,
        author=author_of(
            row.quoted_model,
            row.quoted_reply,
            Writer(
                row.quoted_author_id,
                row.quoted_username,
                row.quoted_display_name,
                row.quoted_deactivated_at,
                row.quoted_is_bot,
                row.quoted_author_name,
            ),
        ),
        content=begin_of(_shown_text(row.quoted_content, row.quoted_deleted_at, row.quoted_phase, row.quoted_reply)),
        deleted=row.quoted_deleted_at is not None,
    )


def _shown_text(
    content: str, deleted_at: int | None, phase: wire.ReplyPhase | None, reply: dict[str, Any] | None
) -> str:
    """A text that is to be replaced is hidden; one that the model goes on from stays."""
    is_replaced = phase in WORDLESS_PHASES and not (reply or {}).get("continued")
    return "" if deleted_at or is_replaced else content


class Writer(NamedTuple):
    """The account that a message is of, all empty for one of a model; `own_name` is what a bot called itself there."""

    id: str | None
    username: str
    display_name: str
    deactivated_at: int | None
    is_bot: bool
    own_name: str | None


def writer_of(row: Record) -> Writer:
    """Of a row with the columns of a message and of its author."""
    return Writer(row.author_id, row.username, row.display_name, row.deactivated_at, row.is_bot, row.author_name)


def author_of(model: str | None, reply: dict[str, Any] | None, writer: Writer) -> wire.Author:
    if model is not None:
        agent = (reply or {}).get("agent")
        return agent_author(wire.AgentRef(**agent)) if agent else model_author(model)
    if writer.id is None:
        return wire.Author(id="", kind="person", handle="gone", name="Somebody who left")
    return wire.Author(
        id=writer.id,
        kind="bot" if writer.is_bot else "person",
        handle=writer.username,
        name=writer.own_name or writer.display_name,
        deactivated=writer.deactivated_at is not None,
    )


def account_author(user: wire.User, own_name: str | None = None) -> wire.Author:
    """Somebody who writes now, who is not deactivated."""
    kind: Literal["bot", "person"] = "bot" if user.is_bot else "person"
    return wire.Author(id=user.id, kind=kind, handle=user.username, name=own_name or user.display_name)


def agent_author(agent: wire.AgentRef) -> wire.Author:
    return wire.Author(id=f"agent:{agent.id}", kind="agent", handle=agent.handle, name=agent.name)


def model_author(model: str) -> wire.Author:
    """A model speaks under its own name; its handle is what one types after @."""
    return wire.Author(id=f"model:{model}", kind="model", handle=model.removesuffix(":latest").lower(), name=model)
