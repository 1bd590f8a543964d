"""Equal questions at several processes are computed once: one process computes, the others wait for the kept answer."""

from collections.abc import Callable, Iterator

from chat.llm.base import CachedChunk, Chunk, PhaseChunk, TextChunk
from chat.llm.cache import ResponseCache
from chat.llm.cancelling import CancelToken

LOOK_EVERY = 0.2  # seconds


# The way to let go of what is claimed by its name; None while another process has it.
Claim = Callable[[str], Callable[[], None] | None]


def claim_alone(_name: str) -> Callable[[], None]:
    """Where there is no other process."""
    return lambda: None


class Sharing:
    """Without a `claim` this process is the only one."""

    def __init__(self, cache: ResponseCache, claim: Claim | None = None) -> None:
        self.cache, self._claim = cache, claim

    def once(
        self, key: str, flight: str, token: CancelToken, compute: Callable[[], Iterator[Chunk]]
    ) -> Iterator[Chunk]:
        """What `compute` gives, or the answer under `key` that another process has computed meanwhile.

        One that fails, or whose answer is not kept, lets the next one try. `flight` names the question.
        """
        if self._claim is None or not self.cache.is_on:
            yield from compute()
            return
        waits = False
        while (let_go := self._claim(f"flight:{flight}")) is None:
            if not waits:
                yield PhaseChunk("queued")
            waits = True
            token.wait(LOOK_EVERY)
        try:
            if kept := self.cache.get(key):  # since we looked, or while we waited
                self.cache.use.hit(kept)
                yield from (CachedChunk(kept.age_seconds), TextChunk(kept.text), kept.done)
            else:
                yield from compute()
        finally:
            let_go()
