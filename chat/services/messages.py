"""Messages of people: posted exactly once, however often they are sent."""

from dataclasses import dataclass

from sqlalchemy import bindparam, insert, update

from chat import wire
from chat.db.ids import iso, new_id
from chat.db.prepared import Prepared, Record
from chat.db.tables import messages
from chat.db.unit_of_work import Database, Reader, UnitOfWork
from chat.domain.text import parse_text
from chat.errors import Conflict, InvalidInput, RoundtableError
from chat.events import MessagePosted
from chat.services.access import require_room
from chat.services.addressees import AskRules, find_asks
from chat.services.mentions import note_mentions
from chat.services.message_views import account_author, find_quote, message_of, messages_query
from chat.services.outgoing_hooks import queue_deliveries
from chat.services.reading import move_mark
from chat.services.replies import open_reply
from chat.services.room_log import next_numbers
from chat.services.stored_templates import keep_used
from chat.services.templates import require_use

_SAME_KEY = Prepared(
    messages_query().where(messages.c.author_id == bindparam("author"), messages.c.client_id == bindparam("key"))
)
_COLUMNS = ("id", "room_id", "seq", "rev", "author_id", "client_id", "content", "reply_to", "created_at")
_INSERT = Prepared(insert(messages), _COLUMNS)


@dataclass(frozen=True, slots=True)
class Posted:
    """`created` is False when the same `client_id` had been posted before: nothing was done twice."""

    message: wire.Message
    created: bool
    notice: RoundtableError | None = None
    replies: tuple[wire.Message, ...] = ()

    @property
    def reply(self) -> wire.Message | None:
        """The first of them."""
        return self.replies[0] if self.replies else None

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
    """Stores the message and opens the replies that it asks for, in one transaction.

    Raises `TooFast` before anything is stored when a model is asked by name too often; in a room where a model answers
    everything the message is stored all the same and `notice` says why there is no reply. With `must_answer` a notice
    is raised instead: a question that nobody will answer is not stored.
    """
    content = parse_text(request.content, max_chars)
    with db.write() as uow:
        room = require_room(uow, user.id, request.room, "post")
        earlier = find_earlier(uow, user.id, room.id, request.client_id, content)
        if earlier:
            return Posted(earlier, created=False)
        used = require_use(uow, user.id, request, content, room.id)
        template = used.template if used else None
        asks, notice = find_asks(uow, rules, user, room, content, request, template, must_answer=must_answer)
        if notice and must_answer:
            raise notice
        message = post_message(uow, user, room, request, content, used.use if used else None)
        opened = tuple(open_reply(uow, room.id, ask, question=message.id) for ask in asks)
    return Posted(message, created=True, notice=notice, replies=opened)


def find_earlier(tx: Reader, user_id: str, room_id: str, client_id: str, content: str) -> wire.Message | None:
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
    own_name: str | None = None,
) -> wire.Message:
    """Writes the row, its mentions and the author's reading mark, and records `MessagePosted`.

    A bot has no mark, or it would have read everything for all; `own_name` is what it calls itself.
    """
    quote = _require_quote(uow, room.id, request.reply_to) if request.reply_to else None
    seq, rev = next_numbers(uow, room.id)
    message = wire.Message(
        id=new_id(),
        room=room.id,
        seq=seq,
        rev=rev,
        author=account_author(user, own_name),
        content=content,
        client_id=request.client_id,
        status="delivered",
        reply_to=request.reply_to,
        quote=quote,
        created_at=iso(uow.now),
        template=use,
    )
    values = (message.id, room.id, seq, rev, user.id, request.client_id, content, request.reply_to, uow.now)
    uow.run(_INSERT, dict(zip(_COLUMNS, values, strict=True)))
    if use:
        keep_used(uow, use)
    rare = {"template": use.model_dump() if use else None, "author_name": own_name}
    if any(rare.values()):
        uow.execute(update(messages).where(messages.c.id == message.id).values(rare))
    if not user.is_bot:  # a program that answers what is posted to it would answer itself
        move_mark(uow, room.id, user.id, seq)
        queue_deliveries(uow, room.id, message.id, "message")
    note_mentions(uow, message)
    uow.record(MessagePosted(message))
    return message


def _require_quote(tx: Reader, room_id: str, message_id: str) -> wire.Quote:
    quote = find_quote(tx, room_id, message_id)
    if quote is None:
        raise InvalidInput("The message that this replies to is not in this room.", field="reply_to")
    return quote
