"""The note of a room's older messages: seen by its members, changed by its owners, and gone with what it tells of."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update

from chat import wire
from chat.db.ids import iso_or_none
from chat.db.tables import room_memories, users
from chat.db.unit_of_work import Database, Reader, UnitOfWork
from chat.domain.noting import MAX_KEPT
from chat.domain.text import parse_text
from chat.errors import Conflict, InvalidInput
from chat.events import RoomMemoryChanged
from chat.services.access import may_in_room, require_room
from chat.services.audit import note as note_in_log

_NOTHING = {"text": "", "model": None, "made_at": None}
_NOTHING_KEPT = {"kept": "", "kept_up_to": 0, "is_doubtful": False, "edited_by": None, "edited_at": None}


@dataclass(frozen=True, slots=True)
class Note:
    """A row of `room_memories`, or what holds of a room that has none."""

    is_on: bool = True
    version: int = 0
    kept: str = ""
    text: str = ""
    from_seq: int = 0
    kept_up_to: int = 0
    up_to_seq: int = 0
    is_doubtful: bool = False
    model: str | None = None
    made_at: int | None = None
    edited_by: str | None = None
    edited_at: int | None = None

    @property
    def whole(self) -> str:
        return "\n\n".join(filter(None, (self.kept, self.text)))

    def covers(self, seq: int) -> bool:
        return self.from_seq <= seq <= self.up_to_seq


def find_note(tx: Reader, room_id: str) -> Note:
    """Asks nobody whether it may be shown."""
    row = tx.first(select(room_memories).where(room_memories.c.room_id == room_id))
    fields = row._asdict() if row else {}
    fields.pop("room_id", None)
    return Note(**fields)


def put_note(uow: UnitOfWork, room_id: str, before: Note, changes: dict[str, Any]) -> None:
    """Writes the next version, and tells the room."""
    values = {**changes, "version": before.version + 1}
    if uow.execute(update(room_memories).where(room_memories.c.room_id == room_id).values(values)).rowcount == 0:
        uow.execute(insert(room_memories).values(room_id=room_id, **values))
    is_doubtful = bool(changes.get("is_doubtful", before.is_doubtful))
    change = wire.MemoryChanged(room=room_id, version=values["version"], is_doubtful=is_doubtful)
    uow.record(RoomMemoryChanged(change))


def get_memory(tx: Reader, user_id: str, ref: str) -> wire.RoomMemory:
    """For the members of the room."""
    room = require_room(tx, user_id, ref, "read")
    note = find_note(tx, room.id)
    return wire.RoomMemory(
        room=room.id,
        is_on=note.is_on,
        version=note.version,
        kept=note.kept,
        made=note.text,
        from_seq=note.from_seq,
        up_to_seq=note.up_to_seq,
        is_doubtful=note.is_doubtful,
        model=note.model,
        made_at=iso_or_none(note.made_at),
        edited_by=tx.scalar(select(users.c.display_name).where(users.c.id == note.edited_by)),
        edited_at=iso_or_none(note.edited_at),
        can_change=may_in_room(tx, user_id, room.id, "note"),
        max_chars=MAX_KEPT,
    )


def change_memory(db: Database, user_id: str, ref: str, wanted: wire.ChangeMemory) -> wire.RoomMemory:
    """Gives the note the words of a person, or switches it on or off; what is so already is left alone.

    Raises `Conflict` if it is not the version any more that they have seen.
    """
    with db.write() as uow:
        room = require_room(uow, user_id, ref, "note")
        note = find_note(uow, room.id)
        changes: dict[str, Any] = {}
        if wanted.text is not None:
            changes = _edited(note, wanted, user_id, uow.now)
        if wanted.is_on is not None and wanted.is_on != note.is_on:
            changes["is_on"] = wanted.is_on
        if changes:
            put_note(uow, room.id, note, changes)
            note_in_log(uow, "memory_changed", room.id, room.name, _told(changes))
        return get_memory(uow, user_id, room.id)


def _edited(note: Note, wanted: wire.ChangeMemory, user_id: str, now: int) -> dict[str, Any]:
    """All of it is the person's from here on; nothing if they have changed nothing and nothing was in doubt."""
    if wanted.version is None:
        raise InvalidInput("Say which version of the note you have changed.", field="version")
    if wanted.version != note.version:
        raise Conflict("The note has changed meanwhile. Look at it again, then make your change.", field="version")
    text = parse_text(wanted.text, MAX_KEPT, field="text") if wanted.text and wanted.text.strip() else ""
    if text == note.whole and not note.is_doubtful:
        return {}
    mine = {"kept": text, "kept_up_to": note.up_to_seq, "edited_by": user_id, "edited_at": now}
    return {**_NOTHING, **mine, "is_doubtful": False}


def _told(changes: dict[str, Any]) -> str:
    switched = {True: "on", False: "off"}.get(changes.get("is_on", ""), "")
    return ", ".join(filter(None, ("edited" if "kept" in changes else "", switched)))


def clear_memory(db: Database, user_id: str, ref: str) -> wire.RoomMemory:
    """Forgets all of it. While it is on, a model writes another one from what is there now."""
    with db.write() as uow:
        room = require_room(uow, user_id, ref, "note")
        note = find_note(uow, room.id)
        if note.kept or note.text or note.up_to_seq:
            put_note(uow, room.id, note, {**_NOTHING, **_NOTHING_KEPT, "from_seq": 0, "up_to_seq": 0})
            note_in_log(uow, "memory_changed", room.id, room.name, "cleared")
        return get_memory(uow, user_id, room.id)


def forget_in_note(uow: UnitOfWork, room_id: str, seq: int) -> None:
    """A message has another text, or none: what a model noted of it goes, with all else that it noted.

    What people noted stays, and is in doubt if the message may be in there.
    """
    note = find_note(uow, room_id)
    if not note.covers(seq):
        return
    if seq > note.kept_up_to:
        back = {"up_to_seq": note.kept_up_to} if note.kept_up_to else {"up_to_seq": 0, "from_seq": 0}
        put_note(uow, room_id, note, {**_NOTHING, **back})
    elif note.kept and not note.is_doubtful:
        put_note(uow, room_id, note, {"is_doubtful": True})
