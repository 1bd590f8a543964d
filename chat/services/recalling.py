"""What a prompt holds beside the newest messages: the room's note, and older ones that may belong to the question."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from chat import wire
from chat.db.tables import messages
from chat.db.unit_of_work import Reader
from chat.domain.conversation import Line, Prompt, spoken
from chat.domain.noting import recalled
from chat.services.message_views import messages_of, messages_query, readable_by_models
from chat.services.room_memory import find_note


def with_memory(
    tx: Reader, room_id: str, shown: Sequence[wire.Message], near: Sequence[str], build: Callable[[str], Prompt]
) -> tuple[Prompt, dict[str, Any]]:
    """The prompt that `build` makes of what stands before the messages, and the account of that, without any text."""
    note = find_note(tx, room_id)
    text = note.whole if note.is_on else ""
    budget = build("").budget
    memory = recalled(text, (), budget)
    prompt = build(memory.text)
    if near:
        first = shown[len(shown) - len(prompt.sizes)].seq
        memory = recalled(text, _passages(tx, room_id, near, first), budget)
        prompt = build(memory.text)
    read = {"version": note.version, "chars": memory.note_chars, "from_seq": note.from_seq, "up_to_seq": note.up_to_seq}
    account = {"note": read if text else None, "passages": [list(one) for one in memory.passages]}
    return prompt, {**account, "recalled": len(memory.text)}


def _passages(tx: Reader, room_id: str, near: Sequence[str], before: int) -> list[tuple[int, str]]:
    """Of these messages those that are older than what is read anyway, as they are now, the nearest first."""
    which = (readable_by_models(room_id), messages.c.seq < before, messages.c.id.in_(near))
    found = sorted(messages_of(tx, tx.all(messages_query().where(*which))), key=lambda m: near.index(m.id))
    lines = [Line(message.author.name, message.content, from_model=False) for message in found]
    return list(zip((message.seq for message in found), spoken(lines), strict=True))


def seen_note(tx: Reader, room_id: str, read: dict[str, Any] | None) -> wire.SeenNote | None:
    """The note that went into a prompt, as its account tells of it."""
    return wire.SeenNote(**read, changed=find_note(tx, room_id).version != read["version"]) if read else None


def messages_at(tx: Reader, room_id: str, seqs: Iterable[int]) -> list[wire.Message]:
    """In their order; also those that were deleted."""
    query = messages_query().where(messages.c.room_id == room_id, messages.c.seq.in_(list(seqs)))
    return messages_of(tx, tx.all(query.order_by(messages.c.seq)))
