"""How a stored message is shown: the one query that reads messages, and the row's wire value."""

from typing import Any

from sqlalchemy import Row, Select, select

from chat import wire
from chat.db.ids import iso, iso_or_none
from chat.db.tables import messages, users
from chat.domain.reply_states import WORDLESS_PHASES, status_of


def messages_query() -> Select[Any]:
    """Messages with their authors' names; the caller adds the condition, the order and the limit."""
    return select(messages, users.c.username, users.c.display_name).outerjoin(users, users.c.id == messages.c.author_id)


def message_of(row: Row[Any]) -> wire.Message:
    """The wire value of a row of `messages_query`. A deleted message keeps its place but not its text."""
    return wire.Message(
        id=row.id,
        room=row.room_id,
        seq=row.seq,
        rev=row.rev,
        author=_author_of(row),
        content="" if row.deleted_at or row.reply_phase in WORDLESS_PHASES else row.content,
        client_id=row.client_id,
        status="delivered" if row.model is None else status_of(row.reply_phase),
        reply_to=row.reply_to,
        created_at=iso(row.created_at),
        edited_at=iso_or_none(row.edited_at),
        deleted_at=iso_or_none(row.deleted_at),
        llm=None if row.model is None else wire.ReplyInfo(**row.reply, model=row.model, phase=row.reply_phase),
    )


def _author_of(row: Row[Any]) -> wire.Author:
    if row.model is not None:
        return model_author(row.model)
    if row.author_id is None:
        return wire.Author(id="", kind="person", handle="gone", name="Somebody who left")
    return wire.Author(id=row.author_id, kind="person", handle=row.username, name=row.display_name)


def person_author(user: wire.User) -> wire.Author:
    return wire.Author(id=user.id, kind="person", handle=user.username, name=user.display_name)


def model_author(model: str) -> wire.Author:
    """A model speaks under its own name; its handle is what one types after @."""
    return wire.Author(id=f"model:{model}", kind="model", handle=model.removesuffix(":latest").lower(), name=model)
