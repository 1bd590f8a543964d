"""Several questions that are asked at the same time, as one stream of what comes of them."""

import queue
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from chat.background import Background
from chat.errors import ModelError, RoundtableError
from chat.jobs.asking import Asker, Question
from chat.jobs.stopping import SEE_SECONDS
from chat.llm.base import Chunk, TextChunk
from chat.llm.cancelling import Cancelled, CancelToken


@dataclass(frozen=True, slots=True)
class End:
    """What came of one question: its text, or why there is none. `goes_on`: its backend may still be at it."""

    text: str = ""
    error: RoundtableError | None = None
    goes_on: bool = False


@dataclass
class _Asked:
    """The questions that have no end yet, and where all they say arrives. None wakes whoever waits there."""

    tokens: dict[str, CancelToken]
    inbox: "queue.Queue[tuple[str, Chunk | End] | None]" = field(default_factory=queue.Queue)
    goes_on: bool = False

    def take(self, seconds: float | None) -> tuple[str, Chunk | End] | None:
        """The next that arrives; None when woken, or when nothing has come in time."""
        try:
            arrived = self.inbox.get(timeout=seconds)
        except queue.Empty:
            return None
        if arrived and isinstance(arrived[1], End):
            self.tokens.pop(arrived[0], None)
            self.goes_on = self.goes_on or arrived[1].goes_on
        return arrived

    def cancel(self, reason: ModelError | None = None) -> None:
        for token in list(self.tokens.values()):
            token.cancel(reason)

    def wait_end(self, seconds: float) -> bool:
        """Until all have ended; whether a backend may still be at it then."""
        give_up = time.monotonic() + seconds
        while self.tokens and time.monotonic() < give_up:
            self.take(max(0.0, give_up - time.monotonic()))
        return bool(self.tokens) or self.goes_on


class SideBySide:
    def __init__(self, asker: Asker, background: Background) -> None:
        self._asker, self._background = asker, background

    def ask(
        self, questions: Mapping[str, Question], cancel: CancelToken, seconds: float, too_late: ModelError
    ) -> Iterator[tuple[str, Chunk | End]]:
        """Who says what, by the names of the questions, each until its `End`.

        Those that have none after so many seconds end with `too_late`. Raises what `cancel` says, and then, or when it
        is closed, ends them all at their backends.
        """
        asked = _Asked({name: CancelToken() for name in questions})
        for name, question in questions.items():
            self._background.spawn(partial(self._ask, name, question, asked.tokens[name], asked))
        forget = cancel.on_cancel(lambda: asked.inbox.put(None))
        try:
            yield from _arriving(asked, cancel, seconds, too_late)
        except Cancelled as cancelled:
            asked.cancel()
            cancelled.wait_end = asked.wait_end
            raise
        finally:
            forget()
            asked.cancel()

    def _ask(self, name: str, question: Question, token: CancelToken, asked: _Asked) -> None:
        texts: list[str] = []
        end = End(error=ModelError("Something went wrong on the server."))
        try:
            for chunk in self._asker.ask(question, token):
                if isinstance(chunk, TextChunk):
                    texts.append(chunk.text)
                asked.inbox.put((name, chunk))
            end = End("".join(texts).strip())
        except Cancelled as cancelled:
            end = End(goes_on=cancelled.wait_end(SEE_SECONDS))
        except RoundtableError as failure:
            end = End(error=failure)
        finally:
            asked.inbox.put((name, end))


def _arriving(
    asked: _Asked, cancel: CancelToken, seconds: float, too_late: ModelError
) -> Iterator[tuple[str, Chunk | End]]:
    ends_at: float | None = time.monotonic() + seconds
    while asked.tokens:
        arrived = asked.take(None if ends_at is None else max(0.0, ends_at - time.monotonic()))
        cancel.raise_if_cancelled()
        if arrived:
            yield arrived
        elif ends_at is not None and time.monotonic() >= ends_at:
            ends_at = None
            asked.cancel(too_late)
