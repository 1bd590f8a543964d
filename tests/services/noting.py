"""A room with many messages, and the note that is made of them."""

from chat import wire
from chat.db.ids import new_id
from chat.domain.conversation import MAX_MESSAGES
from chat.events import RoomMemoryChanged
from chat.services import room_memory, summaries
from chat.services.access import require_room
from chat.services.messages import post_message
from tests.services.den import Den

TOKENS = 100_000


def say_many(den: Den, count: int = MAX_MESSAGES + 10, room: str = "") -> list[wire.Message]:
    """In one unit, which is quicker."""
    with den.db.write() as uow:
        place = require_room(uow, den.mira.id, room or den.room, "post")
        requests = [
            wire.SendMessage(room=place.id, content=f"remark {n}", client_id=new_id()) for n in range(1, count + 1)
        ]
        return [post_message(uow, den.mira, place, request, request.content) for request in requests]


def note_of(den: Den, person: wire.User | None = None, room: str = "") -> wire.RoomMemory:
    with den.db.read() as read:
        return room_memory.get_memory(read, (person or den.ada).id, room or den.room)


def piece_of(den: Den, tokens: int | None = TOKENS, room: str = "") -> summaries.Piece | None:
    with den.db.read() as read:
        return summaries.next_piece(read, room or den.room, tokens)


def make(den: Den, answer: str, room: str = "") -> summaries.Piece:
    """A model adds what comes next to the note."""
    piece = piece_of(den, room=room)
    assert piece and summaries.keep_summary(den.db, piece, answer, "llama3")
    return piece


def edit(den: Den, text: str, person: wire.User | None = None) -> wire.RoomMemory:
    wanted = wire.ChangeMemory(text=text, version=note_of(den).version)
    return room_memory.change_memory(den.db, (person or den.ada).id, den.room, wanted)


def switch(den: Den, *, is_on: bool) -> wire.RoomMemory:
    return room_memory.change_memory(den.db, den.ada.id, den.room, wire.ChangeMemory(is_on=is_on))


def told(den: Den) -> list[wire.MemoryChanged]:
    return [event.change for event in den.heard if isinstance(event, RoomMemoryChanged)]
