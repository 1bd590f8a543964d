"""Replies that are being written now: their text so far, sent on merged and saved now and then."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from chat import wire
from chat.background import Background

SEND_EVERY = 1 / 30  # seconds; more often than this nobody sees, and every send costs each member of the room
SAVE_EVERY = 0.45  # seconds; with the step of SEND_EVERY a crash costs half a second at most


@dataclass(frozen=True, slots=True)
class Effects:
    """What a live reply does to the world, so that a test can watch it."""

    send: Callable[[wire.LlmChunk], None]
    save: Callable[[str], None]
    background: Background
    clock: Callable[[], float] = time.monotonic


class LiveReply:
    """One reply's growing text. Offsets count characters, so that a client can tell a repeat from a gap."""

    def __init__(self, reply_id: str, room_id: str, effects: Effects, text: str = "") -> None:
        """`text` is what is there already, and known to everybody."""
        self.reply_id, self.room_id = reply_id, room_id
        self.status: wire.LlmStatus | None = None
        self.text = text
        self.pieces = 0
        self.first_text_at: float | None = None
        self._effects = effects
        self._sent = self._saved = len(text)
        self._sent_at = self._saved_at = effects.clock()
        self._pumping = self._closed = False

    def append(self, text: str) -> None:
        if self.first_text_at is None:
            self.first_text_at = self._effects.clock()
        self.text += text
        self.pieces += 1
        if not self._pumping:
            self._pumping = True
            self._effects.background.spawn(self._pump)

    def pieces_per_second(self) -> float | None:
        """Pieces of text per second so far; most backends send one token a piece, so it is an estimate of tokens."""
        if self.first_text_at is None or self.pieces < 2:
            return None
        return self.pieces / max(self._effects.clock() - self.first_text_at, 0.001)

    def _pump(self) -> None:
        """Sends and saves until nothing is left to do; the next `append` starts it again."""
        try:
            while not self._closed and self._saved < len(self.text):
                since = self._effects.clock() - self._sent_at if self._sent < len(self.text) else 0.0
                self._effects.background.sleep(max(0.0, SEND_EVERY - since))
                self._step()
        finally:
            self._pumping = False

    def _step(self) -> None:
        if self._closed:
            return
        self.send_rest()
        if self._effects.clock() - self._saved_at >= SAVE_EVERY:
            text, self._saved_at = self.text, self._effects.clock()
            self._effects.save(text)
            self._saved = len(text)

    def send_rest(self) -> None:
        """Sends what has not been sent yet."""
        if self._sent < len(self.text):
            offset, self._sent = self._sent, len(self.text)
            self._sent_at = self._effects.clock()
            self._effects.send(self._chunk(self.text[offset:], offset, is_final=False))

    def close(self) -> None:
        """No more text will come, and nothing is sent or saved in the background any more."""
        self.send_rest()
        self._closed = True

    def send_final(self) -> None:
        self._effects.send(self._chunk("", len(self.text), is_final=True))

    def _chunk(self, text: str, offset: int, *, is_final: bool) -> wire.LlmChunk:
        data = wire.ChunkData(chunk=text, is_final=is_final)
        return wire.LlmChunk(room=self.room_id, reply_id=self.reply_id, data=data, offset=offset)


class LiveReplies:
    """All of them, for those who come in the middle."""

    def __init__(self) -> None:
        self._by_id: dict[str, LiveReply] = {}

    def add(self, reply: LiveReply) -> None:
        self._by_id[reply.reply_id] = reply

    def remove(self, reply: LiveReply) -> None:
        """Forgets this run of it; one that was opened again meanwhile stays."""
        if self._by_id.get(reply.reply_id) is reply:
            del self._by_id[reply.reply_id]

    def in_room(self, room_id: str) -> list[wire.ActiveReply]:
        """Text so far and status of every reply that runs in a room."""
        return [
            wire.ActiveReply(reply_id=r.reply_id, text=r.text, offset=len(r.text), status=r.status)
            for r in list(self._by_id.values())
            if r.room_id == room_id and r.status is not None
        ]
