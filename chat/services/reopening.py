"""Replies that are asked for again, in their place: for another answer, or for the rest of one."""

from typing import Any

from sqlalchemy import Row, desc, select

from chat import wire
from chat.db.ids import new_id
from chat.db.tables import jobs
from chat.db.unit_of_work import Database, Reader, UnitOfWork
from chat.domain.reply_states import OPEN_PHASES
from chat.errors import Conflict, InvalidInput
from chat.services.access import require_message
from chat.services.replies import Ask, AskedModel, add_job, require_question, stored_info
from chat.services.room_log import announce_change, change_message


def reopen_reply(db: Database, user_id: str, request: wire.Regenerate) -> wire.Message:
    """Asks the same question again in the same place.

    Raises `Conflict` while the reply is still being written, and when it or its question was deleted. The text
    stays in the row, unseen, until there is another: if the model fails now, the old answer comes back.
    """
    with db.write() as uow:
        message = _require_settled_reply(uow, user_id, request.message)
        return _open_again(uow, message, user_id, bypass_cache=request.bypass_cache)


def continue_reply(db: Database, user_id: str, request: wire.ContinueReply) -> wire.Message:
    """Asks the same question again for the rest of an answer that was cut off; its text stays and grows.

    Raises `Conflict` as `reopen_reply` does, and when the answer is complete or has no text.
    """
    with db.write() as uow:
        message = _require_settled_reply(uow, user_id, request.message)
        finish = message.reply["finish"]
        if finish == "stop" or (message.reply_phase == "done" and finish != "length"):
            raise Conflict("This reply is complete. Ask again for another one.", field="message")
        if not message.content:
            raise Conflict("There is no text to go on from. Ask again.", field="message")
        return _open_again(uow, message, user_id, bypass_cache=True, continued=True)


def _open_again(
    uow: UnitOfWork, message: Row[Any], user_id: str, *, bypass_cache: bool, continued: bool = False
) -> wire.Message:
    question = message.reply["question"]
    require_question(uow, question)
    info = wire.ReplyInfo(
        model=message.model,
        phase="queued",
        requested_by=user_id,
        question=question,
        template=message.reply.get("template"),
        template_title=message.reply.get("template_title"),
        continued=continued,
        agent=message.reply.get("agent"),
        run=_next_run(message, continued=continued),
        missed=message.reply.get("missed", []),
    )
    change_message(uow, message, {"reply_phase": "queued", "reply": stored_info(info)})
    reopened = announce_change(uow, message.id)
    before = uow.first(select(jobs).where(jobs.c.message_id == message.id).order_by(desc(jobs.c.id)))
    model = AskedModel(before.model if before else message.model, message.model)
    add_job(uow, message.id, message.room_id, Ask(model, user_id, before.options if before else {}, bypass_cache))
    return reopened


def _next_run(message: Row[Any], *, continued: bool) -> str | None:
    """What goes on is the same run; another answer comes of another one."""
    run: str | None = message.reply.get("run")
    return run if continued or run is None else new_id()


def _require_settled_reply(tx: Reader, user_id: str, message_id: str) -> Row[Any]:
    message, _ = require_message(tx, user_id, message_id, "ask")
    if message.model is None:
        raise InvalidInput("Only a model's reply can be asked for again.", field="message")
    if message.deleted_at is not None:
        raise Conflict("This reply was deleted.", field="message")
    if message.reply_phase in OPEN_PHASES:
        raise Conflict("This reply is still being written; stop it first.", field="message")
    return message
