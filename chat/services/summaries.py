"""What of a room is to be noted next, and the note that a model made of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, desc, func, select

from chat import wire
from chat.db.tables import jobs, messages, room_memories, rooms
from chat.db.unit_of_work import Database, Reader
from chat.domain.conversation import MAX_MESSAGES, Line, Turn, context_chars, newest_that_fit, spoken
from chat.domain.noting import kept_note, note_question, oldest_that_fit, room_for_messages, room_for_newest
from chat.services.message_views import messages_of, messages_query, readable_by_models
from chat.services.room_memory import Note, find_note, put_note

AT_ONCE = 200  # messages that are read for one piece
FARTHEST = 400  # messages back, where a note is begun


@dataclass(frozen=True, slots=True)
class Piece:
    """Messages that the note does not tell of yet, and the question by which a model adds them.

    `read` are their seqs and revs, by which is seen whether they were changed meanwhile.
    """

    room_id: str
    before: Note
    question: list[Turn]
    read: list[tuple[int, int]]


def list_outgrown(tx: Reader) -> list[str]:
    """Rooms in which a model was asked lately and that, at a glance, may have more messages than a prompt holds."""
    noted = func.coalesce(room_memories.c.up_to_seq, 0)
    asked = select(jobs.c.room_id).where(jobs.c.room_id == rooms.c.id).exists()
    query = select(rooms.c.id).outerjoin(room_memories, room_memories.c.room_id == rooms.c.id)
    return [row.id for row in tx.all(query.where(rooms.c.last_seq - noted > MAX_MESSAGES // 2, asked))]


def room_models(tx: Reader, room_id: str) -> list[str]:
    """The handles of the room's own models."""
    return list(tx.scalar(select(rooms.c.models).where(rooms.c.id == room_id)) or ())


def next_piece(tx: Reader, room_id: str, context_tokens: int | None) -> Piece | None:
    """What is to be noted now; None while all that the note does not tell of goes into a prompt.

    When something has fallen out, half of what is in goes along, so that a note is made once for many messages.
    """
    room = tx.first(
        select(rooms).where(rooms.c.id == room_id, rooms.c.archived_at.is_(None), rooms.c.deleted_at.is_(None))
    )
    note = find_note(tx, room_id)
    if room is None or room.reply_policy == "off" or not note.is_on:
        return None
    newest = _newest_in_prompt(tx, room_id, context_tokens)
    behind = _behind(tx, room_id, note.up_to_seq, newest[len(newest) // 2].seq) if newest else []
    if not behind or behind[0].seq >= newest[0].seq:
        return None
    if len(behind) > FARTHEST:  # the note would have a hole
        note = _begun_anew(note)
        behind = behind[1:]
    return _piece(room, note, behind[:AT_ONCE], context_tokens)


def _newest_in_prompt(tx: Reader, room_id: str, context_tokens: int | None) -> list[wire.Message]:
    """Those that a prompt has room for, whatever else is in it, oldest first."""
    rows = tx.all(
        messages_query().where(readable_by_models(room_id)).order_by(desc(messages.c.seq)).limit(MAX_MESSAGES)
    )
    shown = messages_of(tx, rows)[::-1]
    budget = room_for_newest(context_chars(context_tokens))
    return newest_that_fit(shown, lambda message: len(message.author.name) + 2 + len(message.content), budget)


def _behind(tx: Reader, room_id: str, after: int, before: int) -> list[wire.Message]:
    """Those between two seqs, oldest first; if they are more than FARTHEST, one more than that."""
    between = (readable_by_models(room_id), messages.c.seq > after, messages.c.seq < before)
    rows = tx.all(messages_query().where(*between).order_by(desc(messages.c.seq)).limit(FARTHEST + 1))
    return messages_of(tx, rows)[::-1]


def _begun_anew(note: Note) -> Note:
    return replace(note, text="", from_seq=note.from_seq if note.kept else 0)


def _piece(room: Row[Any], note: Note, shown: Sequence[wire.Message], context_tokens: int | None) -> Piece:
    said = spoken([Line(message.author.name, message.content, from_model=False) for message in shown])
    budget = room_for_messages(room.name, note.kept, note.text, context_tokens)
    fitting = oldest_that_fit(said, budget)
    read = [(message.seq, message.rev) for message in shown[: len(fitting)]]
    return Piece(room.id, note, note_question(room.name, note.kept, note.text, fitting), read)


def keep_summary(db: Database, piece: Piece, answer: str, model: str) -> bool:
    """Writes what a model made of a piece; not if it was for another note, or if a message in it has changed."""
    with db.write() as uow:
        if not _is_current(uow, piece):
            return False
        first, last = piece.read[0][0], piece.read[-1][0]
        made = {"text": kept_note(answer), "from_seq": piece.before.from_seq or first, "up_to_seq": last}
        put_note(uow, piece.room_id, piece.before, {**made, "model": model, "made_at": uow.now})
        return True


def _is_current(tx: Reader, piece: Piece) -> bool:
    """Whether room, note and messages are as they were when it was read."""
    is_there = tx.first(select(rooms.c.id).where(rooms.c.id == piece.room_id, rooms.c.deleted_at.is_(None))) is not None
    is_same = is_there and find_note(tx, piece.room_id).version == piece.before.version
    first, last = piece.read[0][0], piece.read[-1][0]
    between = (readable_by_models(piece.room_id), messages.c.seq >= first, messages.c.seq <= last)
    rows = tx.all(select(messages.c.seq, messages.c.rev).where(*between).order_by(messages.c.seq))
    return is_same and [(row.seq, row.rev) for row in rows] == piece.read
