"""Replies that another process is writing, for those who open their room here in the middle."""

from dataclasses import dataclass

from chat import events, wire
from chat.db.unit_of_work import Reader
from chat.domain.reply_states import CLOSED_PHASES
from chat.services import replies


@dataclass(slots=True)
class _Heard:
    """Its text from the character `begin` on; what is before that is in the row."""

    room: str
    status: wire.LlmStatus
    begin: int = 0
    text: str = ""


class HeardReplies:
    """`hear` is told what other processes tell, `on_event` everything that is let out to sockets."""

    def __init__(self) -> None:
        self._by_id: dict[str, _Heard] = {}

    def hear(self, event: events.Event) -> None:
        match event:
            case events.ReplyProgressed(wire.LlmStatus(reply_id=str(reply_id), room=str(room)) as status):
                if status.phase in ("done", "stopped", "failed"):
                    self._by_id.pop(reply_id, None)
                else:
                    self._by_id.setdefault(reply_id, _Heard(room, status)).status = status
            case events.ReplyGrew(wire.LlmChunk(reply_id=str(reply_id)) as chunk):
                if heard := self._by_id.get(reply_id):
                    _grow(heard, chunk)

    def on_event(self, event: events.Event) -> None:
        """However a reply has ended, and whoever says so: its process may be dead."""
        match event:
            case events.MessageChanged(wire.Message(id=reply_id, llm=wire.ReplyInfo(phase=phase))):
                if phase in CLOSED_PHASES:
                    self._by_id.pop(reply_id, None)
            case events.RoomDeleted(room, _):
                self._by_id = {reply_id: heard for reply_id, heard in self._by_id.items() if heard.room != room.id}

    def in_room(self, read: Reader, room_id: str) -> list[wire.ActiveReply]:
        """Text so far and status of every reply that another process writes there: of its end we may hear later."""
        here = [(reply_id, heard) for reply_id, heard in list(self._by_id.items()) if heard.room == room_id]
        stored = [(reply_id, heard, replies.find_open_text(read, reply_id)) for reply_id, heard in here]
        return [_shown(reply_id, heard, text) for reply_id, heard, text in stored if text is not None]


def _grow(heard: _Heard, chunk: wire.LlmChunk) -> None:
    known = chunk.offset - heard.begin
    if 0 <= known <= len(heard.text):
        heard.text = heard.text[:known] + chunk.data.chunk
    else:  # the first that we hear of it, or something was missed
        heard.begin, heard.text = chunk.offset, chunk.data.chunk


def _shown(reply_id: str, heard: _Heard, stored: str) -> wire.ActiveReply:
    text = heard.text
    if heard.begin or not text:
        text = stored[: heard.begin] + heard.text if len(stored) >= heard.begin else stored
    return wire.ActiveReply(reply_id=reply_id, text=text, offset=len(text), status=heard.status)
