"""The note of a room's older messages."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from chat.wire.types import In, Out


class RoomMemory(Out):
    """What models read of the room's older messages: `kept`, which people wrote, and `made`, which a model added.

    It tells of the messages from `from_seq` to `up_to_seq` (both 0: of none). `version` grows with each change.
    `is_doubtful`: since people wrote it, one of these messages was edited or deleted, and `kept` may still tell of it.
    `model` and `made_at` are of `made`, `edited_by` (a name) and `edited_at` of `kept`. Not `is_on`: no model is given
    it, and none adds to it.
    """

    room: str
    is_on: bool
    version: int
    kept: str
    made: str
    from_seq: int
    up_to_seq: int
    is_doubtful: bool
    model: str | None
    made_at: str | None
    edited_by: str | None
    edited_at: str | None
    can_change: bool
    max_chars: int


class RoomMemoryAnswer(Out):
    memory: RoomMemory


class ChangeMemory(In):
    """`text` becomes all of the note, in the words of whoever sends it, if it still is the `version` that they saw."""

    text: Annotated[str, StringConstraints(max_length=8_000)] | None = None
    version: int | None = None
    is_on: bool | None = None


class MemoryChanged(Out):
    """There is another note, or none: whoever shows it asks again. `is_doubtful` as in `RoomMemory`."""

    type: Literal["memory_changed"] = "memory_changed"
    room: str
    version: int
    is_doubtful: bool
