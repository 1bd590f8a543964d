"""What all adapters do with an answer's text: the phase `generating` at its beginning, its speed at its end."""

import time
from collections.abc import Iterator

from chat.llm.base import Chunk, PhaseChunk, ReasoningChunk, TextChunk, ToolCallChunk


class Writing:
    """One answer as it is written. `has_text` says whether people have seen any of it, thoughts included.

    Pieces are held back until `flush`, which is to be called whenever the backend's next words are not here yet: a fast
    one's words come many at once, and what is done with them is then done once.
    """

    def __init__(self) -> None:
        self.has_text = False
        self._is_generating = False
        self._began_at: float | None = None
        self._held: list[str] = []
        self._held_as: type[TextChunk] | type[ReasoningChunk] = TextChunk

    def text(self, text: object) -> Iterator[Chunk]:
        """Takes a piece of the answer; nothing of an empty one, or of what is no text."""
        if isinstance(text, str) and text:
            if not self._is_generating or self._held_as is not TextChunk:
                yield from self._generating()
            self._held.append(text)

    def goes_on(self, text: object) -> bool:
        """Takes one more piece of the answer as nearly all are; False for any other, of which nothing is taken."""
        is_one_more = self._is_generating and self._held_as is TextChunk and isinstance(text, str) and text != ""
        if is_one_more:
            self._held.append(str(text))
        return is_one_more

    def tool_call(self, call: ToolCallChunk) -> Iterator[Chunk]:
        """The chunks for a piece of a call."""
        yield from self.flush()
        yield from self._generating()
        id_, name = (told and _whole_characters(told) for told in (call.id, call.name))
        yield ToolCallChunk(call.index, id_, name, _whole_characters(call.arguments))

    def reasoning(self, text: object) -> Iterator[Chunk]:
        """Takes a piece of thought, which comes before the phase `generating`."""
        if isinstance(text, str) and text:
            if self._held_as is not ReasoningChunk:
                yield from self.flush()
                self._held_as = ReasoningChunk
            self._begin()
            self._held.append(text)

    def flush(self) -> Iterator[Chunk]:
        """What was held back, as one chunk."""
        if self._held:
            yield self._held_as(_whole_characters("".join(self._held)))
            self._held.clear()

    def tokens_per_second(self, tokens: int | None) -> float | None:
        """The speed by our own clock, from the first piece until now."""
        if not tokens or tokens < 2 or self._began_at is None:
            return None
        seconds = time.monotonic() - self._began_at
        return round((tokens - 1) / seconds, 2) if seconds > 0 else None

    def _generating(self) -> Iterator[Chunk]:
        if self._held_as is not TextChunk:
            yield from self.flush()
            self._held_as = TextChunk
        self._begin()
        if not self._is_generating:
            self._is_generating = True
            yield PhaseChunk("generating")

    def _begin(self) -> None:
        self.has_text = True
        if self._began_at is None:
            self._began_at = time.monotonic()


def _whole_characters(text: str) -> str:
    """Half a surrogate pair, which JSON can spell, is no character: neither a database nor a socket would take it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
