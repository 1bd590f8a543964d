"""Reading: moving one's own mark, and what the authors of the messages learn from it."""

from typing import Any

from sqlalchemy import Row, bindparam, case, desc, select, update

from chat.db.prepared import Prepared
from chat.db.tables import members, messages
from chat.db.unit_of_work import Database, UnitOfWork
from chat.domain.read_marks import ReadMarks
from chat.events import MessageRead, RoomRead
from chat.services.access import require_room
from chat.services.message_views import get_read_marks
from chat.services.room_views import get_room_view

SEARCHED = 1000  # places below a new mark in which a message is looked for that is read now

_MINE = update(members).where(members.c.room_id == bindparam("room"), members.c.user_id == bindparam("user"))
_further = case((members.c.furthest_read_seq < bindparam("seq"), bindparam("seq")), else_=members.c.furthest_read_seq)
_MOVE = Prepared(_MINE.values(last_read_seq=bindparam("seq"), furthest_read_seq=_further))
_MOVE_BACK = Prepared(_MINE.values(last_read_seq=bindparam("seq")))
_NEWEST = (
    select(messages.c.id, messages.c.client_id)
    .where(messages.c.room_id == bindparam("room"), messages.c.author_id == bindparam("author"))
    .where(messages.c.seq > bindparam("above"), messages.c.seq <= bindparam("mark"))
    .order_by(desc(messages.c.seq))
    .limit(1)
)


def mark_read(db: Database, user_id: str, ref: str, seq: int) -> None:
    """Moves one's own reading mark forward, never back, never past the last message."""
    with db.write() as uow:
        room = require_room(uow, user_id, ref, "read")
        mark = min(seq, room.last_seq)
        if mark <= room.last_read_seq:
            return
        before = get_read_marks(uow, room.id)
        move_mark(uow, room.id, user_id, mark)
        uow.record(RoomRead(user_id, get_room_view(uow, user_id, room.id)))
        read = _find_newly_read(uow, room.id, user_id, before, mark)
        if read is not None:
            uow.record(MessageRead(room.id, read.id, read.client_id))


def mark_unread(db: Database, user_id: str, ref: str, seq: int) -> None:
    """Moves one's own reading mark back to before the message `seq`. What others were told of it stays."""
    with db.write() as uow:
        room = require_room(uow, user_id, ref, "read")
        if seq > room.last_read_seq:
            return
        uow.run(_MOVE_BACK, {"room": room.id, "user": user_id, "seq": seq - 1})
        uow.record(RoomRead(user_id, get_room_view(uow, user_id, room.id)))


def move_mark(uow: UnitOfWork, room_id: str, user_id: str, seq: int) -> None:
    """Announces nothing: whoever posts has read everything before, and their message says so."""
    uow.run(_MOVE, {"room": room_id, "user": user_id, "seq": seq})


def _find_newly_read(uow: UnitOfWork, room_id: str, reader: str, before: ReadMarks, mark: int) -> Row[Any] | None:
    """The newest message that nobody but its author had read before and that `reader` has read now.

    Posting moves the author's mark to the own message. So above everybody's second highest mark all messages of members
    are by one author, whose mark is the highest: nobody else's can change.
    """
    author, _ = before.highest[0]
    above = before.read_by_others(author)
    if author == reader or mark <= above:
        return None
    parameters = {"room": room_id, "author": author, "above": max(above, mark - SEARCHED), "mark": mark}
    return uow.first(_NEWEST, parameters)
