"""Messages of people: posted exactly once, however often they are sent."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import bindparam, insert, update

from chat import wire
from chat.db.ids import iso, new_id
from chat.db.prepared import Prepared, Record
from chat.db.tables import messages
from chat.db.unit_of_work import Database, Reader, UnitOfWork
from chat.domain.mentions import find_mentions
from chat.domain.text import parse_text
from chat.errors import Conflict, InvalidInput, RoundtableError
from chat.events import MessagePosted
from chat.services.access import require_room
from chat.services.mentions import note_mentions
from chat.services.message_views import find_quote, message_of, messages_query, person_author
from chat.services.reading import move_mark
from chat.services.replies import Ask, AskedModel, open_reply
from chat.services.room_log import next_numbers
from chat.services.stored_templates import keep_used
from chat.services.templates import Used, options_for, require_use

_SAME_KEY = Prepared(
    messages_query().where(messages.c.author_id == bindparam("author"), messages.c.client_id == bindparam("key"))
)
_COLUMNS = ("id", "room_id", "seq", "rev", "author_id", "client_id", "content", "reply_to", "created_at")
_INSERT = Prepared(insert(messages), _COLUMNS)


@dataclass(frozen=True, slots=True)
class AskRules:
    """What posting needs to know about models, as functions of the model engine.

    `find_model(handle)` is the model that a mention or a picker means, or None. `take(user_id)` counts one question
    against the person's limit and raises `TooFast`. `default()` is the model of a room that answers everything.
    """

    find_model: Callable[[str], AskedModel | None]
    default: Callable[[], AskedModel]
    take: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Posted:
    """`created` is False when the same `client_id` had been posted before: nothing was done twice."""

    message: wire.Message
    created: bool
    notice: RoundtableError | None = None
    reply: wire.Message | None = None

    def notice_body(self) -> wire.ErrorBody | None:
        """The notice as it stands in an answer."""
        return self.notice.body() if self.notice else None


def send_message(
    db: Database,
    rules: AskRules,
    user: wire.User,
    request: wire.SendMessage,
    *,
    max_chars: int,
    must_answer: bool = False,
) -> Posted:
    """Stores the message and opens the reply that it asks for, in one transaction.

    Raises `TooFast` before anything is stored when a model is asked by name too often; in a room where a model answers
    everything the message is stored all the same and `notice` says why there is no reply. With `must_answer` a notice
    is raised instead: a question that nobody will answer is not stored.
    """
    content = parse_text(request.content, max_chars)
    with db.write() as uow:
        room = require_room(uow, user.id, request.room, "post")
        earlier = _find_earlier(uow, user.id, room.id, request.client_id, content)
        if earlier:
            return Posted(earlier, created=False)
        used = require_use(uow, user.id, request, content, room.id)
        ask, notice = _ask_of(rules, user, room, content, request, used, must_answer=must_answer)
        if notice and must_answer:
            raise notice
        message = post_message(uow, user, room, request, content, used.use if used else None)
        reply = open_reply(uow, room.id, ask, question=message.id) if ask else None
    return Posted(message, created=True, notice=notice, reply=reply)


def _ask_of(
    rules: AskRules,
    user: wire.User,
    room: Record,
    content: str,
    request: wire.SendMessage,
    used: Used | None,
    *,
    must_answer: bool,
) -> tuple[Ask | None, RoundtableError | None]:
    """Which model the message asks, after counting it against the person's limit.

    A template always asks one: its own, else the room's; what must be answered asks the server's default.
    """
    template = used.template if used else None
    named = _named_model(rules, content, request.model) or (template and _template_model(rules, room, template))
    named = named or (rules.default() if must_answer else None)
    if room.reply_policy == "off" and named:
        return None, InvalidInput("Models are switched off in this room, so none will answer.")
    model = named or (_room_model(rules, room) if room.reply_policy == "always" else None)
    if model is None:
        return None, None
    try:
        rules.take(user.id)
    except RoundtableError as refusal:
        if named:
            raise
        return None, refusal
    options = options_for(template, request.options)
    return Ask(
        model, user.id, options, bypass_cache=request.bypass_cache, template=template.id if template else None
    ), None


def _template_model(rules: AskRules, room: Record, template: wire.Template) -> AskedModel:
    return (template.model and rules.find_model(template.model)) or _room_model(rules, room)


def _room_model(rules: AskRules, room: Record) -> AskedModel:
    """The first of the room's own models that there is, or else the server's default."""
    return next((model for handle in room.models if (model := rules.find_model(handle))), None) or rules.default()


def _named_model(rules: AskRules, content: str, picked: str | None) -> AskedModel | None:
    if picked:
        return rules.find_model(picked) or AskedModel(picked, picked)
    return next((model for handle in find_mentions(content) if (model := rules.find_model(handle))), None)


def _find_earlier(tx: Reader, user_id: str, room_id: str, client_id: str, content: str) -> wire.Message | None:
    """What this person posted under the same key. Raises `Conflict` if that was something else."""
    rows = tx.run(_SAME_KEY, {"author": user_id, "key": client_id})
    if not rows:
        return None
    (row,) = rows
    if row.room_id != room_id or (row.content != content and row.edited_at is None and row.deleted_at is None):
        raise Conflict("This client_id was used for another message; use a new one.", field="client_id")
    return message_of(tx, row)


def post_message(
    uow: UnitOfWork,
    user: wire.User,
    room: Record,
    request: wire.SendMessage,
    content: str,
    use: wire.TemplateUse | None = None,
) -> wire.Message:
    """Writes the row, its mentions and the author's reading mark, and records `MessagePosted`."""
    quote = _require_quote(uow, room.id, request.reply_to) if request.reply_to else None
    seq, rev = next_numbers(uow, room.id)
    message = wire.Message(
        id=new_id(),
        room=room.id,
        seq=seq,
        rev=rev,
        author=person_author(user),
        content=content,
        client_id=request.client_id,
        status="delivered",
        reply_to=request.reply_to,
        quote=quote,
        created_at=iso(uow.now),
        template=use,
    )
    row = {
        "id": message.id,
        "room_id": room.id,
        "seq": seq,
        "rev": rev,
        "author_id": user.id,
        "client_id": request.client_id,
        "content": content,
        "reply_to": request.reply_to,
        "created_at": uow.now,
    }
    uow.run(_INSERT, row)
    if use:
        uow.execute(update(messages).where(messages.c.id == message.id).values(template=use.model_dump()))
        keep_used(uow, use)
    move_mark(uow, room.id, user.id, seq)
    note_mentions(uow, message)
    uow.record(MessagePosted(message))
    return message


def _require_quote(tx: Reader, room_id: str, message_id: str) -> wire.Quote:
    quote = find_quote(tx, room_id, message_id)
    if quote is None:
        raise InvalidInput("The message that this replies to is not in this room.", field="reply_to")
    return quote
